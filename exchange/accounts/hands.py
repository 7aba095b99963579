"""Four eyes belong to two people who do not stand in for each other: who counts as one with whom, and for what."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import F, Q
from django.utils import timezone


@dataclass(frozen=True)
class Hands:
    """A person, and everybody who was the person's deputy or holder, each with the moment until which they count as one."""

    person: uuid.UUID
    others: Mapping[uuid.UUID, datetime]

    def did(self, who: uuid.UUID | None, at: datetime | None) -> bool:
        """Whether what `who` did at `at` counts as done by this person. Without a time it counts."""
        if who is None or who == self.person:
            return who is not None
        until = self.others.get(who)
        return until is not None and (at is None or at < until)

    def now(self, at: datetime) -> list[uuid.UUID]:
        """The others with whom the person counts as one at this moment."""
        return [other for other, until in self.others.items() if at < until]

    def done(self, who: str, at: str) -> Q:
        """The same as a condition on rows, whose columns `who` and `at` say by whom and when."""
        found = Q(**{who: self.person})
        for other, until in self.others.items():
            found |= Q(**{who: other}) & (Q(**{f"{at}__lt": until}) | Q(**{f"{at}__isnull": True}))
        return found


def names_of(person: Any) -> frozenset[str]:
    """Sign-in names and ids of the person, and of everybody with whom the person counts as one now: to find them where they are named."""
    from exchange.accounts.models import Person

    ids = (person.pk, *hands_of(person).now(timezone.now()))
    rows = Person.objects.filter(pk__in=ids).values_list("username", flat=True)
    return frozenset({*map(str, ids), *(name for name in rows if name)})


def hands_of(person: Any, *, at: datetime | None = None) -> Hands:
    """With whom `person` counts as one: for all that either did before a deputyship between them, begun by now, was over."""
    from exchange.accounts.models import Deputyship

    begun = Deputyship.objects.filter(Q(holder=person.pk) | Q(deputy=person.pk), valid_from__lte=at or timezone.now())
    others: dict[uuid.UUID, datetime] = {}
    for holder, deputy, until in begun.filter(valid_until__gt=F("valid_from")).values_list("holder", "deputy", "valid_until"):
        other = deputy if holder == person.pk else holder
        others[other] = max(until, others.get(other, until))
    return Hands(person.pk, others)
