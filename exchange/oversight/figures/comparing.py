"""Compares the rows of the figures with a recount, without changing either."""

from __future__ import annotations

from collections import Counter
from typing import Any

from exchange.oversight.figures.counting import counted_anew
from exchange.oversight.models import CountedCase, SparedProof

_CASE = ("case_id", "matter", "decided_on", "working_days", "at_once", "outcome")
_PROOF = ("case_id", "matter", "material", "disposition", "met", "decided_on", "leaves")


def differences() -> int:
    """How many rows are wrong, missing or too many."""
    wanted: Counter[Any] = Counter()
    for lot in counted_anew():
        wanted.update(_row(item.case, _CASE) for item in lot)
        wanted.update(_row(proof, _PROOF) for item in lot for proof in item.proofs)
    stored: Counter[Any] = Counter(_row(row, _CASE) for row in CountedCase.objects.all())
    stored.update(_row(row, _PROOF) for row in SparedProof.objects.all())
    return ((wanted - stored) + (stored - wanted)).total()


def _row(row: Any, names: tuple[str, ...]) -> tuple[Any, ...]:
    values = (getattr(row, name) for name in names)
    return tuple(bytes(value) if isinstance(value, memoryview) else value for value in values)
