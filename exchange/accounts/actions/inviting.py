"""Invitations: made with roles, sent again, withdrawn, accepted. Each is one transaction and one entry in the log."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from catalog.models import Department
from exchange.accounts import outbox
from exchange.accounts.actions.people import add_person, close_role, grant_role, require_good
from exchange.accounts.errors import Conflict, Invalid, InvitationOver
from exchange.accounts.invitations import code_of, make_invitation
from exchange.accounts.managing import require_all_managed, require_end_ahead, require_other
from exchange.accounts.models import Channel, Invitation, Membership, PeopleEvent, Person, Role, Way
from exchange.accounts.recording import record_change


@dataclass(frozen=True)
class InvitationTerms:
    """How somebody is invited: at least one role, until when (None: open), and how the invitation travels.

    `address` is a mail address, needed for Way.MAIL; it is sealed in the outbox until the mail has left, and kept nowhere.
    """

    roles: tuple[Role, ...]
    valid_until: datetime | None = None
    way: Way = Way.LINK
    address: str = ""


@transaction.atomic
def invite_person(
    username: str, *, names: dict[str, str], department: Department, terms: InvitationTerms, acting_user: Person | None
) -> Invitation:
    """Add a person with roles who cannot sign in until the invitation is accepted. Raises NotAllowed, RolesApart, Invalid."""
    _require_terms(terms)
    first, *more = terms.roles
    person = add_person(username, names=names, department=department, role=first, acting_user=acting_user)
    for role in more:
        grant_role(person, department=department, role=role, acting_user=acting_user)
    if terms.valid_until is not None:
        Membership.objects.filter(person=person).update(valid_until=terms.valid_until)
    return _sent(person, department, acting_user, terms)


@transaction.atomic
def invite_again(person: Person, *, acting_user: Person, way: Way = Way.LINK, address: str = "") -> Invitation:
    """A new invitation in place of the earlier one, or of a password that was forgotten: it is taken away, which ends all sessions.

    Only by somebody who manages every role that the person plays: else an administrator could take over a person who
    also works elsewhere. Raises NotAllowed, Invalid.
    """
    require_other(acting_user, person)
    memberships = require_all_managed(acting_user, person)
    terms = InvitationTerms((Role(memberships[0].role),), way=way, address=address)
    _require_terms(terms)
    Person.objects.filter(pk=person.pk).update(password=make_password(None), sign_outs=F("sign_outs") + 1)
    person.refresh_from_db()
    department = memberships[0].department
    record_change(PeopleEvent.INVITED_AGAIN, person, department=department, acting_user=acting_user, way=way)
    return _sent(person, department, acting_user, terms)


@transaction.atomic
def withdraw_invitation(person: Person, *, acting_user: Person | None) -> None:
    """Take an invitation back that was not accepted, with the roles that it came with. Raises NotAllowed, Conflict."""
    if acting_user is not None:
        require_other(acting_user, person)
        require_all_managed(acting_user, person)
    invitation = Invitation.objects.open().filter(person=person).select_related("person", "department").first()
    if invitation is None:
        raise Conflict(_("There is no invitation to withdraw."))
    close_invitation(invitation, acting_user=acting_user)


def close_invitation(invitation: Invitation, *, acting_user: Person | None) -> None:
    """The same in the caller's transaction, who has judged whether it may be. Raises Conflict for one that was accepted."""
    person = invitation.person
    taken = Invitation.objects.open().filter(pk=invitation.pk).update(withdrawn_at=timezone.now())
    if person.has_usable_password() or not taken:
        raise Conflict(_("There is no invitation to withdraw."))
    for membership in person.memberships.not_ended(timezone.now()).select_related("department", "person"):
        close_role(membership, acting_user=acting_user)
    Person.objects.filter(pk=person.pk).update(is_active=False)
    record_change(PeopleEvent.INVITATION_WITHDRAWN, person, department=invitation.department, acting_user=acting_user)


@transaction.atomic
def set_first_password(person: Person, *, password: str) -> None:
    """Accept an invitation: the invited person chooses a password. Raises Invalid; InvitationOver when it was accepted before."""
    require_good(person.username or "", password)
    now = timezone.now()
    used = Invitation.objects.open().filter(person=person, expires_at__gt=now).update(used_at=now)
    waiting = Person.objects.filter(pk=person.pk, password=person.password, is_active=True)
    if not used or person.has_usable_password() or not waiting.update(password=make_password(password)):
        raise InvitationOver(_("This invitation was accepted already, or is over: sign in, or ask for a new one."))
    record_change(PeopleEvent.INVITATION_ACCEPTED, person, department=None, acting_user=person)


def _sent(person: Person, department: Department, acting_user: Person | None, terms: InvitationTerms) -> Invitation:
    made = make_invitation(person, department=department, invited_by=acting_user, way=terms.way)
    if terms.way is Way.MAIL:
        context = {"code": code_of(made), "username": person.username or ""}
        outbox.send(outbox.Address(Channel.MAIL, terms.address), "invitation", context=context)
    return made


def _require_terms(terms: InvitationTerms) -> None:
    faults = [] if terms.roles else [Fault("roles", "required", _("Choose at least one role."))]
    if terms.way is Way.MAIL:
        try:
            validate_email(terms.address)
        except ValidationError as error:
            faults.append(Fault("address", "format", error.messages[0]))
    if faults:
        raise Invalid(_("The invitation cannot be sent like this."), faults=faults)
    require_end_ahead(terms.valid_until)
