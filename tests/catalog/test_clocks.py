"""Working days in China, by its own calendar with make-up workdays; pauses; and dates that may still move."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalog.clocks import (
    Calendar,
    History,
    ListedCalendar,
    Pause,
    Stay,
    TimeLimit,
    country_calendar,
    days_left,
    due,
    due_by,
    stages_of,
)

LIMIT = TimeLimit("answer_conditional", 10, 10, {"en": "x", "zh": "x"}, None)
PLAIN = ListedCalendar(frozenset({date(2026, 3, 4)}), frozenset({date(2026, 3, 7)}), date(2026, 12, 31))


def test_the_day_of_receipt_is_not_counted() -> None:
    one = TimeLimit("x", 1, 0, {}, None)
    assert due(one, received=date(2026, 3, 2), calendar=PLAIN).on == date(2026, 3, 3)


def test_holidays_are_skipped_and_make_up_days_counted() -> None:
    three = TimeLimit("x", 3, 0, {}, None)
    # 3 March, not 4 (holiday), 5, 6; and Saturday 7 is worked
    assert due(three, received=date(2026, 3, 2), calendar=PLAIN).on == date(2026, 3, 6)
    assert due(three, received=date(2026, 3, 5), calendar=PLAIN).on == date(2026, 3, 9)


def test_the_national_day_week_of_2026_and_its_make_up_saturday() -> None:
    calendar = country_calendar("CN")
    assert not calendar.is_working_day(date(2026, 10, 7))
    assert calendar.is_working_day(date(2026, 10, 10))
    assert due(LIMIT, received=date(2026, 9, 25), calendar=calendar).on == date(2026, 10, 15)


def test_a_date_beyond_the_announced_calendar_is_provisional() -> None:
    calendar: Calendar = country_calendar("CN")
    last = calendar.announced_until
    assert not due(LIMIT, received=date(last.year, 3, 2), calendar=calendar).is_provisional
    assert due(LIMIT, received=date(last.year, 12, 28), calendar=calendar).is_provisional


def test_an_extension_adds_its_days_and_a_pause_stops_the_clock() -> None:
    plain = due(LIMIT, received=date(2026, 3, 9), calendar=PLAIN).on
    assert due(LIMIT, received=date(2026, 3, 9), calendar=PLAIN, extended=True).on == date(2026, 4, 6)
    paused = due(LIMIT, received=date(2026, 3, 9), calendar=PLAIN, pauses=[Pause(date(2026, 3, 10), date(2026, 3, 11), "notice")])
    assert (plain, paused.on) == (date(2026, 3, 23), date(2026, 3, 25))


def test_a_pause_without_end_has_no_date() -> None:
    with pytest.raises(ValueError, match="pause"):
        due(LIMIT, received=date(2026, 3, 9), calendar=PLAIN, pauses=[Pause(date(2026, 3, 10), None, "notice")])


@pytest.mark.parametrize(("today", "left"), [(date(2026, 3, 2), 2), (date(2026, 3, 5), 0), (date(2026, 3, 9), -3)])
def test_days_left_are_working_days(today: date, left: int) -> None:
    assert days_left(date(2026, 3, 5), today=today, calendar=PLAIN) == left


def test_an_unchecked_limit_says_so() -> None:
    assert not due(LIMIT, received=date(2026, 3, 9), calendar=PLAIN).is_verified


# What follows replays random histories against a calendar that is walked day by day, which knows nothing of the functions above.
_FIRST = date(2026, 1, 1)
_SPLIT = TimeLimit("x", 9, 6, {}, None, steps=(("check", 3), ("answer", 6)))
_CALENDARS = st.builds(
    lambda off, made: ListedCalendar(
        frozenset(_FIRST + timedelta(days=n) for n in off), frozenset(_FIRST + timedelta(days=n) for n in made), date(2026, 6, 30)
    ),
    st.sets(st.integers(0, 200), max_size=40),
    st.sets(st.integers(0, 200), max_size=20),
)
_GAPS = st.lists(st.integers(0, 12), min_size=1, max_size=8)
_PAUSES = st.lists(st.tuples(st.integers(0, 60), st.integers(-1, 15)), max_size=4)


def _stays(gaps: list[int]) -> tuple[Stay, ...]:
    """The part goes to and fro: check, answer, requester, check, answer, …; the last holder still has it."""
    day, found, steps = _FIRST, [], ("check", "answer", "")
    for place, gap in enumerate(gaps):
        step, left = steps[place % 3], day + timedelta(days=gap)
        if step:
            found.append(Stay(step, day, left))
        day = left
    if not found:
        found.append(Stay("check", day))
    last = found[-1]
    return (*found[:-1], Stay(last.step, last.since))


def _walked(limit: TimeLimit, history: History, calendar: ListedCalendar) -> date:
    """Day by day: a day counts when offices work, no pause covers it, and the thing lay there since a day before."""
    last = history.stays[-1]
    own = limit.of_step(last.step)
    counts = [stay for stay in history.stays if stay.step == last.step or not limit.steps]
    day, left = counts[0].since, own.working_days + min(history.added_days, own.extension_days)
    while left:
        day += timedelta(days=1)
        lies = any(stay.since < day and (stay.until is None or day <= stay.until) for stay in counts)
        paused = any(pause.since <= day <= (pause.until or date.max) for pause in history.pauses)
        worked = day in calendar.make_up or (day.weekday() < 5 and day not in calendar.holidays)
        left -= lies and worked and not paused
    return day


@given(calendar=_CALENDARS, gaps=_GAPS, pauses=_PAUSES, added=st.integers(0, 8), limit=st.sampled_from([LIMIT, _SPLIT]))
def test_a_date_is_that_of_walking_day_by_day(
    calendar: ListedCalendar, gaps: list[int], pauses: list[tuple[int, int]], added: int, limit: TimeLimit
) -> None:
    stood = tuple(Pause(_FIRST + timedelta(days=n), _FIRST + timedelta(days=n + length), "x") for n, length in pauses)
    history = History(_stays(gaps), stood, added)
    found = due_by(limit, history, calendar=calendar, today=_FIRST)
    assert found.on == _walked(limit, history, calendar)
    assert found.is_provisional == (found.on > calendar.announced_until)


def test_a_pause_without_end_moves_the_date_daily() -> None:
    history = History((Stay("answer", date(2026, 3, 9)),), (Pause(date(2026, 3, 10), None, "outage"),))
    dates = [due_by(LIMIT, history, calendar=PLAIN, today=date(2026, 3, day)).on for day in (10, 11, 12)]
    assert dates == [date(2026, 3, 24), date(2026, 3, 25), date(2026, 3, 26)]


def test_each_step_has_its_own_days_and_the_last_one_the_extension() -> None:
    checking = due_by(_SPLIT, History((Stay("check", date(2026, 3, 9)),), added_days=6), calendar=PLAIN, today=date(2026, 3, 9))
    stays = (Stay("check", date(2026, 3, 9), date(2026, 3, 10)), Stay("answer", date(2026, 3, 10)))
    answering = due_by(_SPLIT, History(stays), calendar=PLAIN, today=date(2026, 3, 10))
    assert (checking.on, answering.on) == (date(2026, 3, 12), date(2026, 3, 18))
    assert due_by(_SPLIT, History(stays, added_days=99), calendar=PLAIN, today=date(2026, 3, 10)).on == date(2026, 3, 26)


def test_reminders_fall_on_working_days_around_the_day() -> None:
    stages = stages_of(date(2026, 3, 9), PLAIN)  # a Monday; the Saturday before is worked
    assert (stages.ahead, stages.on) == (date(2026, 3, 6), date(2026, 3, 9))
    assert (stages.overdue, stages.escalated) == (date(2026, 3, 10), date(2026, 3, 12))
