"""Counts in months: from when to when a licence holds, which months a payment is for, by which day it is made. Pure."""

from __future__ import annotations

from calendar import monthrange
from datetime import date, timedelta

# The treasury needs some days between an order and the payment; a later order waits for the next month's day.
DAYS_TO_PAY = 5


def month_of(day: date) -> str:
    """`2026-11`."""
    return f"{day.year:04d}-{day.month:02d}"


def months_between(first: str, last: str) -> tuple[str, ...]:
    """Every month from `first` to `last`, both included; none where `last` is earlier."""
    return tuple(_month(number) for number in range(_number(first), _number(last) + 1))


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    number = day.year * 12 + day.month - 1 + months
    year, month = number // 12, number % 12 + 1
    return date(year, month, min(day.day, monthrange(year, month)[1]))


def pay_by(ordered_on: date, by_day: int) -> date:
    """The first `by_day`-th of a month that leaves the treasury DAYS_TO_PAY days."""
    earliest = ordered_on + timedelta(days=DAYS_TO_PAY)
    this_month = _day_of(earliest, by_day)
    return this_month if this_month >= earliest else _day_of(add_months(earliest.replace(day=1), 1), by_day)


def _day_of(month: date, day: int) -> date:
    return month.replace(day=min(day, monthrange(month.year, month.month)[1]))


def _number(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number) - 1


def _month(number: int) -> str:
    return f"{number // 12:04d}-{number % 12 + 1:02d}"
