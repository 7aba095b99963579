"""Which keys somebody knew who has left: to be replaced, because nobody can take back what a person has seen."""

from __future__ import annotations

from typing import Any

from catalog.models import Department, Key
from exchange.accounts.models import PeopleChange, PeopleEvent

_HANDLED = (PeopleEvent.KEY_CERTIFIED, PeopleEvent.KEY_REVOKED)


def keys_handled_by(person: Any, department: Department) -> list[str]:
    """The ids of the department's keys in force that `person` certified or handed in, sorted."""
    handled = PeopleChange.objects.filter(person=person, department=department, event__in=_HANDLED).values("about")
    return sorted(Key.objects.in_force().filter(department=department, keyid__in=handled).values_list("keyid", flat=True))


def keys_to_replace(department: Department) -> frozenset[str]:
    """The ids of the department's keys in force that somebody handled whose service has ended since."""
    changes = PeopleChange.objects.filter(department=department, event__in=(*_HANDLED, PeopleEvent.SERVICE_ENDED))
    left: set[Any] = set()
    found = set()
    for person, event, about in changes.order_by("-at", "-id").values_list("person", "event", "about"):
        if event == PeopleEvent.SERVICE_ENDED:
            left.add(person)
        elif person in left:
            found.add(about)
    return frozenset(Key.objects.in_force().filter(department=department, keyid__in=found).values_list("keyid", flat=True))
