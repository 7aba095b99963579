"""Looks again, each month, at those who receive: pays on, or ends it. Nobody is ever asked for a proof of life."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from exchange.affairs import licences
from exchange.affairs.licences.lifecycle import LicenceStatus
from exchange.affairs.lifecycle import CASE, CaseEvent
from exchange.affairs.models import Case, Licence, Offer, OfferRun
from exchange.affairs.moves import move_case
from exchange.affairs.offers.asking import AT_ONCE, Reference, ask_about
from exchange.affairs.offers.checks import TellsAll, condition_of, failed
from exchange.affairs.offers.lifecycle import OFFER, OfferEvent
from exchange.affairs.offers.making import advance, running_licences
from exchange.affairs.recorded import THE_HUB, record_step, subject_of_case
from exchange.affairs.rules.matter import MatterPlan

BY_RUN = "monthly run"
STOPPED = "stopped"


def look_again(run: OfferRun, plan: MatterPlan, reference: Reference, on_progress: Callable[[], None]) -> None:
    """Everybody who has received since before this month, batch by batch. Raises Paused or Stopped; goes on at the cursor."""
    while True:
        rows = list(running_licences(run).filter(decision_id__gt=run.cursor, valid_from__lt=_first_day(run.month))[:AT_ONCE])
        if not rows:
            return
        told = ask_about(plan, [subject_of_case(licence.case) for licence in rows], reference)
        for licence, answers in zip(rows, told, strict=True):
            _settle(run, plan, licence, answers)
        on_progress()


def _settle(run: OfferRun, plan: MatterPlan, licence: Licence, told: TellsAll) -> None:
    """One person, in one transaction with the cursor: what is done is never done again."""
    code = failed(plan, told)
    with transaction.atomic():
        advance(run, licence.decision_id, asked=1, **{"stopped" if code else "continued": 1})
        if code:
            stop_allowance(licence, plan, code)
        elif licence.valid_until is not None and licence.valid_until < _first_day(run.month):
            _renew(run, licence, told)
        else:
            licences.order_month(licence, month=run.month, at=timezone.now())


def stop_allowance(licence: Licence, plan: MatterPlan, code: str) -> None:
    """End what runs because a register says NO, in the caller's transaction: licence, payments, case and offer.

    The reason is the matter's own text, with what can be done about it, and the way of appeal stays open.
    """
    licences.change_status(licence, status=LicenceStatus.REVOKED, reason=reason_text(plan, code), acting_system=BY_RUN)
    case = Case.objects.get(pk=licence.case_id)
    if case.state in CASE[CaseEvent.CLOSE][0]:
        move_case(case, CaseEvent.CLOSE, ended_at=timezone.now())
    record_step(case, STOPPED, by=THE_HUB, requirement=code)
    sources, target = OFFER[OfferEvent.STOP]
    Offer.objects.filter(case=case, state__in=sources).update(state=target, reason=code, stopped_at=timezone.now())


def reason_text(plan: MatterPlan, code: str) -> str:
    """Why it ends and what to do, in both languages, as the matter says it."""
    condition = condition_of(plan, code)
    wording = condition.when_no if condition else None
    texts: Sequence[Any] = [wording.reason, wording.remedy] if wording else [plan.requirements[code].title]
    return "\n".join(" ".join(text[language] for text in texts) for language in ("zh", "en"))


def _renew(run: OfferRun, licence: Licence, told: TellsAll) -> None:
    from exchange.affairs.offers.settling import renew_allowance

    renew_allowance(run, licence, told)


def _first_day(month: str) -> date:
    year, _, number = month.partition("-")
    return date(int(year), int(number), 1)
