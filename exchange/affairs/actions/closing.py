"""A case is put away once nobody can ask for another look any more; a decision is never made this way."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from exchange.affairs.errors import CaseMoved
from exchange.affairs.lifecycle import CASE, CaseEvent
from exchange.affairs.models import Case, Matter
from exchange.affairs.moves import move_case
from exchange.affairs.recorded import THE_HUB, record_step

AT_ONCE = 500


def close_settled() -> int:
    """Close decided and reviewed cases whose days for an appeal are over, some at a time; how many. Safe to run twice."""
    closed = 0
    for matter in Matter.objects.filter(current__isnull=False).select_related("current"):
        days = int(matter.current.content.get("objection_days") or 0) if matter.current else 0
        closed += sum(close_case(case) for case in _over(matter, days)[: AT_ONCE - closed])
    return closed


@transaction.atomic
def close_case(case: Case) -> bool:
    """Close one; False where something else happened to it meanwhile."""
    try:
        move_case(case, CaseEvent.CLOSE, ended_at=timezone.now())
    except CaseMoved:
        return False
    record_step(case, CaseEvent.CLOSE, by=THE_HUB)
    return True


def _over(matter: Matter, days: int) -> list[Case]:
    """Cases of a matter whose last decision is older than `days` (the days in force now, never fewer than those told then)."""
    sources, _ = CASE[CaseEvent.CLOSE]
    rows = Case.objects.filter(version__matter=matter, state__in=sources).select_related("version__matter")
    waiting: Any = (
        rows.annotate(last=Max("decisions__decided_at")).filter(last__lt=timezone.now() - timedelta(days=days)).order_by("decided_at")
    )
    return [case for case in waiting[:AT_ONCE] if _told_days(case) <= (timezone.now() - case.last).days]


def _told_days(case: Case) -> int:
    return int(case.version.content.get("objection_days") or 0)
