"""A change to a person's roles stands twice: as a line of the person's history, and as one entry of the log that names nobody.

The entry says who and whom by the random ids of their accounts, never by name.
"""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from audit import trail
from audit.proof.canonical import document_hash
from catalog.models import Department
from exchange.accounts import standing_in
from exchange.accounts.models import PeopleChange, PeopleEvent, Person

PROGRAM = "program"


def record_change(
    event: PeopleEvent,
    person: Person,
    *,
    department: Department | None,
    acting_user: Person | None,
    about: str = "",
    acting_system: str = PROGRAM,
    **what: str | int,
) -> None:
    """Write both in the caller's transaction. `about` is the role, dataset, matter, key or person that it is about."""
    by = str(acting_user.pk) if acting_user else acting_system
    code = department.code if department else ""
    route: dict[str, Any] = {"type": "people", "event": event.value, "department": code, "person": str(person.pk), "acting": by, "count": 1}
    change: dict[str, Any] = {"person": str(person.pk), "by": by, "event": event.value, "about": about}
    written = trail.record({**route, **what}, message={"change": document_hash(change)})
    PeopleChange.objects.create(
        department=department,
        person=person,
        event=event,
        about=about,
        by=acting_user,
        deputy_of=standing_in.holder() if acting_user else None,
        at=timezone.now(),
        leaf=written.leaf,
    )
