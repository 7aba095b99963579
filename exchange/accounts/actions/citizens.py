"""Accounts that citizens open for themselves. They are bound to nobody, so they open nothing until their holder proves who it is."""

from __future__ import annotations

import re
from typing import Any

from django.contrib.auth.hashers import make_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from audit.proof.canonical import document_hash
from exchange.accounts.errors import Invalid
from exchange.accounts.models import Person

_USERNAME = re.compile(r"[\w.+-]{3,60}")
_LIKE_AN_IDENTIFIER = re.compile(r"\d{6}")


@transaction.atomic
def open_account(username: str, *, password: str | None, names: dict[str, str] | None = None, acting_system: str) -> Person:
    """Open an account that is bound to nobody; without `password` it is signed in to by other ways only.

    A sign-in name must not look like an identifier or a phone number: it stands on pages. Raises Invalid with every fault.
    """
    faults = [*_name_faults(username), *_password_faults(password)]
    if faults:
        raise Invalid(_("The account cannot be made like this."), faults=faults)
    shown = names or {}
    try:
        with transaction.atomic():
            person: Person = Person.objects.create(
                username=username, name_en=shown.get("en", ""), name_zh=shown.get("zh", ""), password=make_password(password)
            )
    except IntegrityError as error:
        raise Invalid(
            _("The account cannot be made like this."), faults=[Fault("username", "unique", _("Choose another name."))]
        ) from error
    change: dict[str, Any] = {"event": "opened", "person": str(person.pk), "by": acting_system}
    trail.record({"type": "account", "event": "opened", "acting": acting_system, "count": 1}, message={"change": document_hash(change)})
    return person


def _name_faults(username: str) -> list[Fault]:
    if not _USERNAME.fullmatch(username):
        return [Fault("username", "format", _("Use 3 to 60 letters, digits or . + - _, without spaces."))]
    if _LIKE_AN_IDENTIFIER.search(username):
        return [Fault("username", "identifier", _("Do not use a phone or identity number as your sign-in name."))]
    return []


def _password_faults(password: str | None) -> list[Fault]:
    if password is None:
        return []
    try:
        validate_password(password)
    except ValidationError as error:
        return [Fault("password", "strength", message) for message in error.messages]
    return []
