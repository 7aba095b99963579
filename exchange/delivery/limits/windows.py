"""The spans of time in which limits count, their names, and when each ends. Pure but for the hub's time zone."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from django.conf import settings

MINUTE_MS = 60_000
DAY_MS = 86_400_000
_DAY_FORM = len("2026-11-20")


def day_and_minute(now_ms: int) -> tuple[str, str]:
    """The local day and the local minute, as the counters name them."""
    return _named(now_ms // MINUTE_MS, settings.TIME_ZONE)


@lru_cache(maxsize=16)
def _named(minute: int, zone: str) -> tuple[str, str]:
    local = datetime.fromtimestamp(minute * 60, ZoneInfo(zone))
    return f"{local:%Y-%m-%d}", f"{local:%Y-%m-%dT%H:%M}"


def span(days: int, now_ms: int) -> str:
    """The running span of so many days, counted from 1970: `30d-685`."""
    return f"{days}d-{now_ms // (days * DAY_MS)}"


def end_ms(window: str, now_ms: int) -> int:
    """When a window of this moment is over: the next local midnight, the next minute, or the end of a span of days."""
    if "d-" in window:
        days, _, number = window.partition("d-")
        return (int(number) + 1) * int(days) * DAY_MS
    if len(window) == _DAY_FORM:
        return _midnight_after(window, settings.TIME_ZONE)
    return (now_ms // MINUTE_MS + 1) * MINUTE_MS


@lru_cache(maxsize=16)
def _midnight_after(day: str, zone: str) -> int:
    following = datetime.fromisoformat(day) + timedelta(days=1)
    return int(following.replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def seconds_of(window: str) -> int:
    """How long a window is, in seconds; a local day counts as 24 hours."""
    if "d-" in window:
        return int(window.partition("d-")[0]) * DAY_MS // 1000
    return DAY_MS // 1000 if len(window) == _DAY_FORM else MINUTE_MS // 1000


def end_text(window: str, now_ms: int) -> str:
    """The same moment as a refusal names it: UTC."""
    return datetime.fromtimestamp(end_ms(window, now_ms) / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
