"""Working days in China, by its own calendar with make-up workdays; pauses; and dates that may still move."""

from __future__ import annotations

from datetime import date

import pytest

from catalog.clocks import Calendar, ListedCalendar, Pause, TimeLimit, country_calendar, days_left, due

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
