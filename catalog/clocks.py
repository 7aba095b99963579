"""Working days, limits and pauses, as pure functions: by when an answer is due, and how sure that date is.

Days are local calendar dates. The day on which a thing is received is not counted; a pause stops the clock for each
of its days. A limit may be split into steps, each with its own days: those with another step are no days of this one.
A date beyond the last announced holiday calendar is provisional: holidays and make-up workdays may move it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
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
    """How many working days a rule gives, where that is written, and when somebody checked it (None: nobody yet).

    `steps` says which step has how many of the `working_days`; empty: all of them are one step. `source` is the text that
    the article is of, `profile` the set of limits that it comes from.
    """

    rule: str
    working_days: int
    extension_days: int
    article: dict[str, str]
    verified_on: date | None
    steps: tuple[tuple[str, int], ...] = ()
    source: dict[str, str] = field(default_factory=dict)
    profile: str = ""

    def of_step(self, step: str) -> TimeLimit:
        """The limit of one step alone; the whole limit where it has no steps. An extension is for the last step."""
        names = [name for name, _ in self.steps]
        if step not in names:
            return self
        extension = self.extension_days if step == names[-1] else 0
        return replace(self, working_days=dict(self.steps)[step], extension_days=extension, steps=())


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


@dataclass(frozen=True)
class Stay:
    """Days on which a thing lies with one step, both ends included but for the day on which it came; `until` None: still."""

    step: str
    since: date
    until: date | None = None


@dataclass(frozen=True)
class History:
    """Everything that a date rests on: where the thing lay, when the clock stood, and the days that were added."""

    stays: tuple[Stay, ...]
    pauses: tuple[Pause, ...] = ()
    added_days: int = 0


def due_by(limit: TimeLimit, history: History, *, calendar: Calendar, today: date) -> Due:
    """When whoever has the thing now must be done with it. A pause without end counts until `today`: the date moves daily.

    Where the limit has steps, the days count on which the thing lay with this step; else all days since it came first.
    """
    last = history.stays[-1]
    own = limit.of_step(last.step)
    pauses = [Pause(pause.since, pause.until or max(today, pause.since), pause.reason) for pause in history.pauses]
    stays = [stay for stay in history.stays if not limit.steps or stay.step == last.step]
    added = min(history.added_days, own.extension_days)
    return due(own, received=stays[0].since, calendar=calendar, pauses=[*pauses, *_between(stays)], added_days=added)


def _between(stays: Sequence[Stay]) -> Iterable[Pause]:
    """The days between two stays; the day on which a thing comes back is not counted, as when it came first."""
    for before, after in pairwise(stays):
        left = before.until or after.since
        if left < after.since:
            yield Pause(left + timedelta(days=1), after.since, "elsewhere")


def due(
    limit: TimeLimit,
    *,
    received: date,
    calendar: Calendar,
    pauses: Sequence[Pause] = (),
    extended: bool = False,
    added_days: int = 0,
) -> Due:
    """The last day of `limit`, counted from the working day after `received`. Raises ValueError without end.

    `extended` adds the whole extension that the limit knows, `added_days` some days.
    """
    wanted = limit.working_days + (limit.extension_days if extended else 0) + added_days
    day, counted = received, 0
    for _ in range(_LONGEST_SEARCH_DAYS):
        if counted == wanted:
            return Due(on=day, limit=limit, is_provisional=day > calendar.announced_until)
        day += timedelta(days=1)
        if calendar.is_working_day(day) and not any(pause.covers(day) for pause in pauses):
            counted += 1
    raise ValueError("The limit does not end within ten years: is a pause still open?")


@dataclass(frozen=True)
class Stages:
    """When whom: a first reminder some working days ahead, one on the day, then the heads, then the authority."""

    ahead: date
    on: date
    overdue: date
    escalated: date


def stages_of(due_on: date, calendar: Calendar, *, ahead: int = 2, escalate_after: int = 3) -> Stages:
    """The days on which something is said about what is due on `due_on`; overdue begins on the next working day."""
    return Stages(
        ahead=_shifted(due_on, -ahead, calendar),
        on=due_on,
        overdue=_shifted(due_on, 1, calendar),
        escalated=_shifted(due_on, escalate_after, calendar),
    )


def _shifted(day: date, working_days: int, calendar: Calendar) -> date:
    step, left = (1 if working_days > 0 else -1), abs(working_days)
    for _ in range(_LONGEST_SEARCH_DAYS):
        if not left:
            return day
        day += timedelta(days=step)
        left -= calendar.is_working_day(day)
    raise ValueError("No working day within ten years: is the calendar empty?")


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
