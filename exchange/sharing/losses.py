"""Who loses what when an agreement stops: shown before anybody suspends or revokes it."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, Sum

from audit.models import EntryIndex
from exchange.sharing.models import Agreement

DAYS = 30


@dataclass(frozen=True)
class StoppedMatter:
    """A service matter that asks under the agreement, and how many open cases wait on it."""

    code: str
    titles: dict[str, str]
    open_cases: int


@dataclass(frozen=True)
class Losses:
    """What stops with an agreement. `exchanges` and `subjects` are those of the last DAYS days."""

    systems: tuple[str, ...]
    items: tuple[str, ...]
    facts: tuple[str, ...]
    exchanges: int
    subjects: int
    days: int = DAYS
    matters: tuple[StoppedMatter, ...] = field(default=())

    @property
    def open_cases(self) -> int:
        """Cases that would have to wait or find another way."""
        return sum(matter.open_cases for matter in self.matters)


Matters = Callable[[Agreement], Iterable[StoppedMatter]]
_counters: dict[str, Matters] = {}


def register(name: str, matters: Matters) -> None:
    """A room above says which matters rest on an agreement; called when the hub starts."""
    _counters[name] = matters


def losses_of(agreement: Agreement, now: datetime) -> Losses:
    """Everything that would stop; the calls are counted from the log's index."""
    since_ms = int((now - timedelta(days=DAYS)).timestamp() * 1000)
    rows = EntryIndex.objects.filter(agreement=agreement.agreement_id, type="exchange", time_ms__gte=since_ms).order_by()
    counted: Any = rows.aggregate(calls=Count("entry"), subjects=Sum("count"))
    text = agreement.document
    return Losses(
        systems=tuple(text["systems"]),
        items=tuple(text["items"]),
        facts=tuple(fact["fact"] for fact in text["facts"]),
        exchanges=counted["calls"],
        subjects=counted["subjects"] or 0,
        matters=tuple(matter for counter in _counters.values() for matter in counter(agreement)),
    )
