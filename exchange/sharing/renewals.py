"""Reminders before an agreement ends: 60, 30 and 7 days before, to the requester's officers."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from exchange.sharing.lifecycle import AgreementState, OfferKind
from exchange.sharing.models import Agreement, ReminderKind, StandingOffer

DAYS_BEFORE = (7, 30, 60)


def due_reminders(today: date) -> None:
    """Remind of every agreement in force whose end has come as near as one of DAYS_BEFORE; safe to call at any time, and again.

    A day on which the hub stood still is made up for: what counts is the nearest of the steps that lie behind. What was
    joined in an emergency is meant to end.
    """
    from exchange.sharing.clocks.reminders import remind

    for agreement in _ending(today):
        last = timezone.localdate(agreement.period_until)
        step = next((days for days in DAYS_BEFORE if (last - today).days <= days), None)
        if step is not None:
            remind(ReminderKind.AGREEMENT_ENDS, agreement.agreement_id, department=agreement.requester, on=last - timedelta(days=step))


def _ending(today: date) -> list[Agreement]:
    emergencies = StandingOffer.objects.filter(kind=OfferKind.EMERGENCY).values("offer_hash")
    rows = Agreement.objects.filter(state=AgreementState.IN_FORCE, period_until__gt=timezone.now()).exclude(offer_hash__in=emergencies)
    horizon = timezone.now() + timedelta(days=max(DAYS_BEFORE) + 1)
    return [
        row for row in rows.filter(period_until__lte=horizon).select_related("requester") if timezone.localdate(row.period_until) >= today
    ]
