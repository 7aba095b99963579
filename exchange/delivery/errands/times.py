"""How long an errand may take, and how long its result waits. Pure but for the calendar."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from catalog.stores import OFFICER, store_kind
from exchange.sharing.jurisdiction import calendar

ASKED_WITHIN = timedelta(minutes=5)
OFFICERS_DAYS_MORE = 5
KEPT = timedelta(hours=24)
KEPT_WORKING_DAYS = 5
DEFAULT_TIMEOUT_S = 10.0
LONGEST_TIMEOUT_S = 20.0
_LONGEST_SEARCH_DAYS = 400


def moment(at_ms: int) -> datetime:
    """A time in ms as an aware datetime."""
    return datetime.fromtimestamp(at_ms / 1000, UTC)


def due_at(document: Mapping[str, Any], at: datetime) -> datetime:
    """When an errand that nobody answered is given up: an officer's clock has run out, and five working days more."""
    if store_kind(document) == OFFICER:
        return after_working_days(at, int(document["store"]["working_days"]) + OFFICERS_DAYS_MORE)
    return at + ASKED_WITHIN


def keep_until(kind: str, at: datetime) -> datetime:
    """Until when a result waits to be collected."""
    return after_working_days(at, KEPT_WORKING_DAYS) if kind == OFFICER else at + KEPT


def timeout_s(document: Mapping[str, Any]) -> float:
    """The time for one question, everything together."""
    return float(document["store"].get("timeout_ms", DEFAULT_TIMEOUT_S * 1000)) / 1000


def after_working_days(at: datetime, wanted: int) -> datetime:
    """The end of the local day that is so many working days after that of `at`."""
    zone, days = ZoneInfo(settings.TIME_ZONE), calendar()
    day, counted = at.astimezone(zone).date(), 0
    for _ in range(_LONGEST_SEARCH_DAYS):
        if counted == wanted:
            break
        day += timedelta(days=1)
        counted += days.is_working_day(day)
    return datetime.combine(day + timedelta(days=1), time(), zone)
