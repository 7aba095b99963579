"""Working days, limits and pauses, as pure functions: by when an answer is due, and how sure that date is.

Days are local calendar dates. The day on which a thing is received is not counted; a pause stops the clock for each
of its days. A date beyond the last announced holiday calendar is provisional: holidays and make-up workdays may move it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from typing import Any, Protocol

_LONGEST_SEARCH_DAYS = 3_660


class Calendar(Protocol):
    """Which days are worked, and until when that is known."""

    @property
    def announced_until(self) -> date:
        """The last day for which holidays and make-up workdays are known."""
        ...

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on `day`: make-up workdays at a weekend count, holidays on a weekday do not."""
        ...


@dataclass(frozen=True)
class TimeLimit:
    """How many working days a rule gives, where that is written, and when somebody checked it (None: nobody yet)."""

    rule: str
    working_days: int
    extension_days: int
    article: dict[str, str]
    verified_on: date | None


@dataclass(frozen=True)
class Pause:
    """Days, both ends included, on which the clock stands; `until` None while it still stands."""

    since: date
    until: date | None
    reason: str

    def covers(self, day: date) -> bool:
        """Whether the clock stands on `day`."""
        return self.since <= day and (self.until is None or day <= self.until)


@dataclass(frozen=True)
class Due:
    """The last day for an answer, with what it rests on."""

    on: date
    limit: TimeLimit
    is_provisional: bool

    @property
    def is_verified(self) -> bool:
        """Whether somebody has checked the limit against the official text."""
        return self.limit.verified_on is not None


@dataclass(frozen=True)
class ListedCalendar:
    """A calendar from plain lists: `weekend` days (0 is Monday) off, but for `make_up` days; `holidays` off too."""

    holidays: frozenset[date]
    make_up: frozenset[date]
    announced_until: date
    weekend: frozenset[int] = frozenset({5, 6})

    def is_working_day(self, day: date) -> bool:
        """See Calendar."""
        return day in self.make_up or (day.weekday() not in self.weekend and day not in self.holidays)


@dataclass(frozen=True)
class PackagedCalendar:
    """The calendar of a country from the `holidays` package, which knows China's make-up workdays."""

    asks: Callable[[date], bool]
    announced_until: date

    def is_working_day(self, day: date) -> bool:
        """See Calendar."""
        return self.asks(day)


@cache
def country_calendar(country: str) -> PackagedCalendar:
    """The calendar of `country` (ISO 3166-1 alpha-2, upper case); announced years are those with arrangements listed."""
    import holidays

    days: Any = holidays.country_holidays(country)
    listed = [int(year) for year in getattr(days, "special_public_holidays", None) or {}]
    last = max(listed, default=date.min.year)
    return PackagedCalendar(asks=days.is_working_day, announced_until=date(last, 12, 31))


def due(limit: TimeLimit, *, received: date, calendar: Calendar, pauses: Sequence[Pause] = (), extended: bool = False) -> Due:
    """The last day of `limit`, counted from the working day after `received`. Raises ValueError without end."""
    wanted = limit.working_days + (limit.extension_days if extended else 0)
    day, counted = received, 0
    for _ in range(_LONGEST_SEARCH_DAYS):
        if counted == wanted:
            return Due(on=day, limit=limit, is_provisional=day > calendar.announced_until)
        day += timedelta(days=1)
        if calendar.is_working_day(day) and not any(pause.covers(day) for pause in pauses):
            counted += 1
    raise ValueError("The limit does not end within ten years: is a pause still open?")


def full_years(since: date, on: date) -> int:
    """Completed years; the anniversary itself completes the year (29 February counts from 1 March)."""
    return on.year - since.year - ((on.month, on.day) < (since.month, since.day))


def days_left(due_on: date, *, today: date, calendar: Calendar) -> int:
    """Working days from `today` (not counted) to `due_on` (counted); negative when it has passed."""
    if due_on >= today:
        return _working_days(today, due_on, calendar)
    return -_working_days(due_on, today, calendar)


def _working_days(after: date, until: date, calendar: Calendar) -> int:
    span: Iterable[date] = (after + timedelta(days=n) for n in range(1, (until - after).days + 1))
    return sum(calendar.is_working_day(day) for day in span)
