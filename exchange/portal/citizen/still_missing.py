"""What an officer says is still missing: the one complete list, with what can be done about each line."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.models import Case
from exchange.portal.citizen.pieces import Piece

_ANSWERED = frozenset({EvidenceState.UPLOADED, EvidenceState.COMMITTED, EvidenceState.FETCHED})


@dataclass(frozen=True)
class Missing:
    """The notice. `lines`: the requirements that it names; `others`: what it says besides."""

    lines: tuple[Piece, ...]
    others: tuple[str, ...]
    sent_at: datetime
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for the person."""
        return self.answered_at is None

    @property
    def is_complete(self) -> bool:
        """Whether every line has been met by something new."""
        return all(piece.state in _ANSWERED for piece in self.lines)


def notice_of(case: Case, pieces: Sequence[Piece]) -> Missing | None:
    """The notice of an application; None where there is none."""
    from exchange.affairs.reading import missing_of

    notice = getattr(case, "notice", None)
    if notice is None:
        return None
    named = missing_of(notice)
    known = {piece.code: piece for piece in pieces}
    lines = tuple(known[name] for name in named if name in known)
    return Missing(lines, tuple(name for name in named if name not in known), notice.sent_at, notice.answered_at)
