"""Who may be signed in as with one click in the demonstration: named residents, whose accounts it makes and binds, and staff.

Doors ask `settings.DEMO` first; nothing here is reached outside the demonstration.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from exchange.accounts.actions import bind, open_account
from exchange.accounts.errors import Missing
from exchange.accounts.models import Method, Person
from exchange.accounts.subject import Assurance, Subject
from exchange.jurisdictions import load_residents
from exchange.jurisdictions.reading import read_document

DEMONSTRATION = "demonstration"


@dataclass(frozen=True)
class Resident:
    """A named, invented resident: how the account is called, and what the story shows, each `{en, zh}`."""

    key: str
    name: dict[str, str]
    shows: dict[str, str]
    subject: Subject

    @property
    def username(self) -> str:
        """The sign-in name of the resident's account."""
        return f"resident-{self.key}"


@dataclass(frozen=True)
class SignIn:
    """What the jurisdiction's demonstration offers: residents by key, staff as {role: sign-in name}, and the tour's resident and matter."""

    residents: dict[str, Resident]
    staff: dict[str, str]
    tour_resident: str
    tour_matter: str


def sign_in() -> SignIn:
    """What the page /demo offers."""
    return _sign_in(Path(settings.JURISDICTION_DIR))


def resident_account(key: str) -> Person:
    """The account of a named resident, made and bound (method DEMO) when it is not. Safe to call again. Raises Missing."""
    resident = sign_in().residents.get(key)
    if resident is None:
        raise Missing(_("The demonstration has no such resident."))
    with transaction.atomic():
        person = Person.objects.filter(username=resident.username).first()
        if person is None:
            person = open_account(resident.username, password=None, names=resident.name, acting_system=DEMONSTRATION)
    bind(person, subject=resident.subject, method=Method.DEMO, assurance=Assurance.LOW, acting_system=DEMONSTRATION)
    return person  # type: ignore[no-any-return]


def staff_account(role: str) -> Person:
    """The account that plays `role` (officer, clerk, auditor, authority). Raises Missing where the city has none."""
    person = Person.objects.active().filter(username=sign_in().staff.get(role, "")).first()
    if person is None:
        raise Missing(_("The demonstration has nobody in this role."))
    return person  # type: ignore[no-any-return]


@cache
def _sign_in(folder: Path) -> SignIn:
    path = folder / "demonstration" / "sign_in.yaml"
    if not path.exists():  # a jurisdiction without a demonstration offers nobody
        return SignIn({}, {}, "", "")
    read: dict[str, Any] = read_document(path, "sign_in")
    known = load_residents(folder)
    residents = {key: _resident(key, known[key]) for key in read["residents"] if key in known}
    return SignIn(residents, read["staff"], read["tour"]["resident"], read["tour"]["matter"])


def _resident(key: str, told: dict[str, Any]) -> Resident:
    first = told["identifiers"][0]
    return Resident(key, told["name"], told["shows"], Subject(first["kind"], first["id"]))
