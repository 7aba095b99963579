"""Lead each planned request as far as it shall come, every step by the person whose step it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.conf import settings

from audit.errors import Fault
from catalog.models import Dataset, Department, Purpose
from exchange.accounts.models import Person
from exchange.demonstration.building import staff
from exchange.demonstration.building.plans import IN_FORCE, IS_SIGNED, PLANS, Goal, Plan
from exchange.demonstration.building.plans.plan import SAID
from exchange.demonstration.building.roll import APPROVER, ASKER, REVIEWER
from exchange.sharing import actions
from exchange.sharing.actions import RequestWords
from exchange.sharing.lifecycle import AgreementState, PartState
from exchange.sharing.models import Agreement, RequestPart, SharingRequest

_TAKES_A_DECISION = frozenset({Goal.PROPOSED, Goal.REFUSED}) | IS_SIGNED


def agree() -> None:
    """Bring every plan to its goal, or to being in force where it shall end later."""
    for plan in PLANS:
        lead(plan)


def end_showpieces() -> None:
    """Suspend and revoke what shall be so, if it is still in force."""
    for plan in IN_FORCE:
        if plan.goal in _ENDINGS:
            agreement = agreement_of(plan)
            if agreement.state == AgreementState.IN_FORCE:
                _end(plan, agreement)


def agreement_of(plan: Plan) -> Agreement:
    """The agreement that a plan led to."""
    return Agreement.objects.get(part__request__requester=plan.requester, part__request__reason=plan.reason)


def lead(plan: Plan) -> None:
    """Take the steps that are left; a request that somebody has taken elsewhere since is left where it is."""
    part = _part(plan)
    while step := _NEXT.get(PartState(part.state), _nothing)(plan):
        step(plan, part)
        part = RequestPart.objects.get(pk=part.pk)
    if plan.goal in IS_SIGNED and part.state == PartState.APPROVED:
        _sign(agreement_of(plan))


Step = Callable[[Plan, RequestPart], object]


def _part(plan: Plan) -> RequestPart:
    """The plan's part of a request, drafted where it is not there yet."""
    found = RequestPart.objects.filter(request__requester=plan.requester, request__reason=plan.reason).first()
    if found is not None:
        return found
    said: Mapping[str, Any] = SAID
    words = RequestWords(purpose=Purpose.objects.get(code=plan.purpose), reason=plan.reason, **said)
    person, department = _at(plan.requester, ASKER)
    parts = {Dataset.objects.get(code=plan.dataset): plan.terms()}
    request = actions.draft_request(words, parts=parts, acting_user=person, department=department)
    return request.parts.get()


def _submit(plan: Plan, part: RequestPart) -> None:
    person, department = _at(plan.requester, ASKER)
    actions.submit(SharingRequest.objects.get(pk=part.request_id), acting_user=person, department=department)


def _check(_plan: Plan, part: RequestPart) -> None:
    actions.check(part, acting_user=staff.person(REVIEWER), department=_department(settings.AUTHORITY_DEPARTMENT))


def _return(plan: Plan, part: RequestPart) -> None:
    missing = [Fault(f"{plan.dataset}.items", "purpose", plan.answer)]
    actions.return_part(part, missing=missing, acting_user=staff.person(REVIEWER), department=_department(settings.AUTHORITY_DEPARTMENT))


def _approve(_plan: Plan, part: RequestPart) -> None:
    person, department = _at(part.dataset.provider_id, APPROVER)
    actions.approve(part, acting_user=person, department=department)


def _confirm(_plan: Plan, part: RequestPart) -> None:
    person, department = _at(part.dataset.provider_id, ASKER)
    actions.confirm(part, acting_user=person, department=department)


def _refuse(plan: Plan, part: RequestPart) -> None:
    person, department = _at(part.dataset.provider_id, APPROVER)
    actions.refuse(part, reason=plan.answer, ground=plan.ground, acting_user=person, department=department)


def _sign(agreement: Agreement) -> None:
    if agreement.state == AgreementState.PROPOSED:
        person, department = _at(agreement.requester_id, ASKER)
        actions.sign_agreement(agreement, acting_user=person, department=department)


def _end(plan: Plan, agreement: Agreement) -> None:
    person, department = _at(agreement.provider_id, APPROVER)
    _ENDINGS[plan.goal](agreement, reason=plan.answer, ground=plan.ground, acting_user=person, department=department)


_ENDINGS: Mapping[Goal, Callable[..., Agreement]] = {Goal.SUSPENDED: actions.suspend, Goal.REVOKED: actions.revoke}


def _after_submission(plan: Plan) -> Step | None:
    if plan.goal is Goal.RETURNED:
        return _return
    return None if plan.goal is Goal.SUBMITTED else _check


def _after_check(plan: Plan) -> Step | None:
    if plan.goal not in _TAKES_A_DECISION:
        return None
    return _refuse if plan.goal is Goal.REFUSED else _approve


def _nothing(_plan: Plan) -> Step | None:
    return None


_NEXT: Mapping[PartState, Callable[[Plan], Step | None]] = {
    PartState.DRAFT: lambda plan: None if plan.goal is Goal.DRAFT else _submit,
    PartState.SUBMITTED: _after_submission,
    PartState.CHECKED: _after_check,
    PartState.APPROVED_ONCE: lambda _plan: _confirm,
}


def _at(department: str, post: str) -> tuple[Person, Department]:
    return staff.of(department, post), _department(department)


def _department(code: str) -> Department:
    return Department.objects.get(code=code)
