"""Invitations: a link or a printed code, made from the row's id with a key outside the database, so that the row opens nothing.

An invitation is good once, for some days, and until it is withdrawn or another one is made for the same person.
"""

from __future__ import annotations

import base64
import hmac
import uuid
from datetime import datetime, timedelta
from enum import StrEnum

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Department
from exchange.accounts.columns import keyed_hash
from exchange.accounts.errors import Conflict, InvitationOver
from exchange.accounts.models import Invitation, Person, Way

GOOD_FOR = {Way.LINK: timedelta(days=3), Way.MAIL: timedelta(days=3), Way.PRINTED: timedelta(days=14)}
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32: no I, L, O, U
_CODE_LENGTH = 12  # 60 bits
_MISREAD = str.maketrans({"I": "1", "L": "1", "O": "0"})


class InvitationState(StrEnum):
    """What has become of an invitation."""

    EXPIRED = "EXPIRED"
    OPEN = "OPEN"
    USED = "USED"
    WITHDRAWN = "WITHDRAWN"


def state_of(invitation: Invitation, *, now: datetime) -> InvitationState:
    """Its state at `now`."""
    if invitation.used_at is not None:
        return InvitationState.USED
    if invitation.withdrawn_at is not None:
        return InvitationState.WITHDRAWN
    return InvitationState.OPEN if invitation.expires_at > now else InvitationState.EXPIRED


@transaction.atomic
def make_invitation(person: Person, *, department: Department | None, invited_by: Person | None, way: Way = Way.LINK) -> Invitation:
    """A new invitation in place of every earlier one. Raises Conflict for somebody who has a password."""
    _require_no_password(person)
    now = timezone.now()
    Invitation.objects.open().filter(person=person).update(withdrawn_at=now)
    made = Invitation(person=person, department=department, invited_by=invited_by, way=way, made_at=now, expires_at=now + GOOD_FOR[way])
    made.code_blind = _blind(code_of(made))
    made.save(force_insert=True)
    return made


def invitation_path(person: Person) -> str:
    """The path of the page on which this person chooses a password. For whom the program added, the first one is made here.

    Raises Conflict when there is a password already, InvitationOver when the newest invitation is no longer good.
    """
    _require_no_password(person)
    newest = Invitation.objects.filter(person=person).first() or make_invitation(person, department=None, invited_by=None)
    if state_of(newest, now=timezone.now()) is not InvitationState.OPEN:
        raise InvitationOver(_("This invitation is over: invite the person again."))
    return path_of(newest)


def path_of(invitation: Invitation) -> str:
    """The path that this invitation opens."""
    return reverse("account_invitation", args=[invitation.person_id, _token(invitation)])


def code_of(invitation: Invitation) -> str:
    """The code to print: 12 characters in groups of four."""
    number = int.from_bytes(keyed_hash("accounts.invitation.code", invitation.pk.hex), "big")
    digits = [_ALPHABET[(number >> (5 * place)) & 31] for place in range(_CODE_LENGTH)]
    return "-".join("".join(digits[start : start + 4]) for start in range(0, _CODE_LENGTH, 4))


def find_invitation(person_id: uuid.UUID, token: str) -> Invitation | None:
    """The invitation whose link this is, in whatever state; None for a link that was never made."""
    for invitation in Invitation.objects.filter(person=person_id).select_related("person")[:20]:
        if hmac.compare_digest(_token(invitation), token):
            return invitation
    return None


def find_by_code(code: str) -> Invitation | None:
    """The invitation whose printed code this is, however it is spaced and written; None for one that was never made."""
    typed = "".join(character for character in code.upper().translate(_MISREAD) if character in _ALPHABET)[:_CODE_LENGTH]
    written = "-".join(typed[start : start + 4] for start in range(0, _CODE_LENGTH, 4))
    return Invitation.objects.filter(code_blind=_blind(written)).select_related("person").first()


def invited_person(person_id: uuid.UUID, token: str) -> Person | None:
    """The person whom this link invites; None when it is not, or no longer, good."""
    found = find_invitation(person_id, token)
    if found is None or state_of(found, now=timezone.now()) is not InvitationState.OPEN:
        return None
    person: Person = found.person
    return None if person.has_usable_password() or not person.is_active else person


def _token(invitation: Invitation) -> str:
    return base64.urlsafe_b64encode(keyed_hash("accounts.invitation.link", invitation.pk.hex)).decode("ascii").rstrip("=")


def _blind(code: str) -> bytes:
    return keyed_hash("accounts.invitation.find", code)


def _require_no_password(person: Person) -> None:
    if person.has_usable_password():
        raise Conflict(_("This person has a password already."))
