"""How one former material of one decided case was met. Pure: plain values in, one word and its entries out.

A proof is spared only where every piece of evidence that replaces it was answered by an exchange whose entry stands in
the log. A paper that was brought, a promise, an officer's own finding: each counts as what it is. Doubt counts as not met.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum

ABOLISHED = "ABOLISHED"
FETCHED = "FETCHED"
OFFICER_ANSWERED = "OFFICER_ANSWERED"


class How(StrEnum):
    """How a material was met."""

    SPARED = "SPARED"
    ABOLISHED = "ABOLISHED"
    PROMISED = "PROMISED"
    BROUGHT = "BROUGHT"
    TOLD = "TOLD"
    BY_OFFICER = "BY_OFFICER"
    FAILED = "FAILED"


@dataclass(frozen=True)
class Piece:
    """One piece of evidence: its state, why, and the leaf hash of the exchange that answered it (None: none did)."""

    state: str
    reason: str = ""
    leaf: bytes | None = None


@dataclass(frozen=True)
class MaterialMet:
    """How a material was met, and the leaf hashes of the entries that bear it out."""

    how: How
    leaves: tuple[bytes, ...] = ()


def met(disposition: str, pieces: Sequence[Piece], *, is_logged: Callable[[bytes], bool]) -> MaterialMet:
    """How a material with this disposition was met by these pieces."""
    if disposition == ABOLISHED:
        return MaterialMet(How.ABOLISHED)
    states = {piece.state for piece in pieces}
    if "UPLOADED" in states:
        return MaterialMet(How.BROUGHT)
    if "COMMITTED" in states:
        return MaterialMet(How.PROMISED)
    if states != {FETCHED}:
        return MaterialMet(How.FAILED)
    if any(piece.reason == OFFICER_ANSWERED for piece in pieces):
        return MaterialMet(How.BY_OFFICER)
    return _by_exchange(pieces, is_logged)


def _by_exchange(pieces: Sequence[Piece], is_logged: Callable[[bytes], bool]) -> MaterialMet:
    leaves = tuple(dict.fromkeys(piece.leaf for piece in pieces if piece.leaf))
    if not leaves:
        return MaterialMet(How.TOLD)
    if all(piece.leaf for piece in pieces) and all(is_logged(leaf) for leaf in leaves):
        return MaterialMet(How.SPARED, leaves)
    return MaterialMet(How.FAILED)
