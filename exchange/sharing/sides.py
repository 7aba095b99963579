"""On which side of a request or an agreement a person stands, and which steps that person may take now."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit.proof.acts.scope import OWNER_CHECK
from catalog.models import Dataset, Department
from exchange.accounts.acting import departments_as, departments_of, is_steward, roles_in
from exchange.accounts.hands import hands_of
from exchange.accounts.models import Role
from exchange.sharing.errors import FourEyes, NotThatSide, StateChanged
from exchange.sharing.lifecycle import (
    AGREEMENT,
    AGREEMENT_SIDES,
    HOLDER,
    PART,
    PART_SIDES,
    AgreementEvent,
    AgreementState,
    PartEvent,
    PartState,
    Side,
    agreement_events,
    part_events,
)
from exchange.sharing.models import Agreement, RequestPart


def part_sides(person: Any, department: Department, part: RequestPart) -> frozenset[Side]:
    """The sides on which `person` stands when acting for `department`."""
    return _sides(person, department, requester=part.request.requester_id, dataset=part.dataset)


def agreement_sides(person: Any, department: Department, agreement: Agreement) -> frozenset[Side]:
    """The same for an agreement; its parties are those of the signed text."""
    return _sides(person, department, requester=agreement.requester_id, dataset=agreement.dataset)


def require_part_step(person: Any, department: Department, part: RequestPart, event: PartEvent) -> Side:
    """The side on which the person takes this step. Raises NotThatSide (403), StateChanged (409), FourEyes (403)."""
    here = part_sides(person, department, part)
    fitting = sorted(here & PART_SIDES[event])
    if not fitting:
        raise NotThatSide(_("Your role in this department does not take this step."), step=event.value)
    if PartState(part.state) not in PART[event][0]:
        raise StateChanged(_("It is %(state)s now, and this step is no longer possible.") % {"state": part.state}, state=part.state)
    if event is PartEvent.RETURN:
        fitting = [side for side in fitting if HOLDER[PartState(part.state)] is side]
        if not fitting:
            raise NotThatSide(_("It lies with somebody else now; only they can return it."), step=event.value)
    require_part_four_eyes(person, part, event)
    return fitting[0]


def require_part_four_eyes(person: Any, part: RequestPart, event: PartEvent) -> None:
    """Whoever asked neither checks nor decides; whoever checked does not decide; no department decides its own asking.

    A person and whoever stands in for that person count as one.
    """
    hands = hands_of(person)
    asked = hands.did(part.request.created_by_id, part.request.created_at) or hands.did(part.submitted_by_id, part.submitted_at)
    if event in _CHECKS and asked:
        raise FourEyes(_("You made this request: a colleague must check it."))
    if event in _DECISIONS and (asked or hands.did(part.checked_by_id, part.checked_at)):
        raise FourEyes(_("You asked for this or checked it: another officer must decide."))
    if event in _SECOND and hands.did(part.first_approved_by_id, part.first_approved_at):
        raise FourEyes(_("You approved this first: another officer of your department must confirm it."))
    own = part.dataset.provider_id == part.request.requester_id
    if event in _DECISIONS and own and part.request.purpose_id != OWNER_CHECK:
        raise FourEyes(_("A department does not decide about its own request."))


def reads_thread(person: Any, part: RequestPart) -> bool:
    """Whether the person belongs to a party of the part: its requester, its owner, or the authority's reviewers."""
    parties = {part.request.requester_id, part.dataset.provider_id}
    return bool(parties & departments_of(person)) or settings.AUTHORITY_DEPARTMENT in departments_as(person, Role.REVIEWER)


def require_thread(person: Any, part: RequestPart) -> None:
    """Return for those who may read the messages of a part. Raises NotThatSide."""
    if not reads_thread(person, part):
        raise NotThatSide(_("Only the requester, the owner and the authority read these messages."), step="read")


def require_agreement_step(person: Any, department: Department, agreement: Agreement, event: AgreementEvent) -> Side:
    """The side on which the person takes this step. Raises NotThatSide (403), StateChanged (409), FourEyes (403)."""
    fitting = sorted(agreement_sides(person, department, agreement) & AGREEMENT_SIDES[event])
    if not fitting:
        raise NotThatSide(_("Your role in this department does not take this step."), step=event.value)
    if AgreementState(agreement.state) not in AGREEMENT[event][0]:
        text = _("The agreement is %(state)s now, and this step is no longer possible.")
        raise StateChanged(text % {"state": agreement.state}, state=agreement.state)
    if event is AgreementEvent.SIGN:
        require_other_signer(person, agreement)
    return fitting[0]


def require_other_signer(person: Any, agreement: Agreement) -> None:
    """Whoever approved or checked does not sign for the requester too."""
    part = agreement.part
    hands = hands_of(person)
    checked = part is not None and (
        hands.did(part.checked_by_id, part.checked_at) or hands.did(part.first_approved_by_id, part.first_approved_at)
    )
    if checked or hands.did(agreement.approved_by_id, agreement.created_at):
        raise FourEyes(_("You approved or checked this: another officer of the requester must sign."))


def part_steps(person: Any, department: Department, part: RequestPart) -> list[PartEvent]:
    """Steps that this person may take on this part now, sorted; for pages and the API's allowed actions."""
    events = part_events(PartState(part.state), part_sides(person, department, part))
    internal = {PartEvent.GRANT_UNDER_OFFER, PartEvent.APPROVE_FIRST}
    return sorted(event for event in events - internal if not _refused(require_part_four_eyes, person, part, event))


def agreement_steps(person: Any, department: Department, agreement: Agreement) -> list[AgreementEvent]:
    """Steps that this person may take on this agreement now, sorted."""
    here = agreement_sides(person, department, agreement)
    events = set(agreement_events(AgreementState(agreement.state), here))
    if _refused(require_other_signer, person, agreement) or agreement.waits_for_provider:
        events.discard(AgreementEvent.SIGN)
    if not agreement.waits_for_provider:
        events.discard(AgreementEvent.PROVIDE_SIGNATURE)
    mine = {side.value.lower() for side in here}
    if not mine & set(agreement.suspended_by):
        events.discard(AgreementEvent.RESUME)
    if mine and mine <= set(agreement.suspended_by):
        events.discard(AgreementEvent.SUSPEND)
    return sorted(events)


_CHECKS = frozenset({PartEvent.CHECK, PartEvent.GRANT_UNDER_OFFER, PartEvent.RETURN})
_SECOND = frozenset({PartEvent.CONFIRM, PartEvent.SEND_BACK})
_DECISIONS = _SECOND | {PartEvent.APPROVE, PartEvent.APPROVE_FIRST, PartEvent.REFUSE}


def _sides(person: Any, department: Department, *, requester: str, dataset: Dataset) -> frozenset[Side]:
    roles = roles_in(person, department)
    found = set()
    if department.code == requester and Role.OFFICER in roles:
        found.add(Side.REQUESTER)
    if department.code == dataset.provider_id and (Role.OFFICER in roles or is_steward(person, dataset)):
        found.add(Side.PROVIDER)
    if department.code == settings.AUTHORITY_DEPARTMENT and Role.REVIEWER in roles:
        found.add(Side.AUTHORITY)
    return frozenset(found)


def _refused(rule: Any, *arguments: Any) -> bool:
    try:
        rule(*arguments)
    except FourEyes:
        return True
    return False
