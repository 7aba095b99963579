"""What an officer says is still missing: the one complete list, and the questions for which a paper can be handed in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from exchange.affairs.models import Case, SupplementNotice
from exchange.affairs.reading import missing_of


@dataclass(frozen=True)
class Missing:
    """The notice of an application: what an officer wrote, each line by itself."""

    lines: tuple[str, ...]
    sent_at: datetime
    answered_at: datetime | None

    @property
    def is_open(self) -> bool:
        """Whether it waits for the person."""
        return self.answered_at is None


def notice_of(case: Case) -> Missing | None:
    """The notice; None where there is none. A line that is a requirement's code is its title."""
    notice = SupplementNotice.objects.filter(case=case).first()
    return Missing(tuple(missing_of(case)), notice.sent_at, notice.answered_at) if notice else None
