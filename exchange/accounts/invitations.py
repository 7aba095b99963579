"""Invitations: a link that an administrator hands over, with which an officer chooses the first password.

The link holds a random account id and a token (HMAC, Django's password reset generator with a salt of its own); it
ends with the password that it sets, and after PASSWORD_RESET_TIMEOUT.
"""

from __future__ import annotations

import uuid

from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.urls import reverse
from django.utils.translation import gettext as _

from exchange.accounts.errors import Conflict
from exchange.accounts.models import Person


class _Tokens(PasswordResetTokenGenerator):
    key_salt = "exchange.accounts.invitations"


_tokens = _Tokens()


def invitation_path(person: Person) -> str:
    """The path of the page on which this person chooses a password. Raises Conflict when there is one already."""
    if person.has_usable_password():
        raise Conflict(_("This person has a password already."))
    return reverse("account_invitation", args=[person.pk, _tokens.make_token(person)])


def invited_person(person_id: uuid.UUID, token: str) -> Person | None:
    """The person whom this link invites; None when it is not, or no longer, good."""
    person: Person | None = Person.objects.active().filter(pk=person_id).first()
    if person is None or person.has_usable_password() or not _tokens.check_token(person, token):
        return None
    return person
