"""Counts over the log's index, for tiles, charts and public figures; each is one query, whatever the log's size."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import BigIntegerField, Count, F, Max, Min, Q, QuerySet, Sum, Value
from django.db.models.expressions import CombinedExpression

from audit.models import EntryIndex

CALLS = ("exchange", "refusal")


@dataclass(frozen=True, slots=True)
class Totals:
    """What a set of lines holds. `subjects` counts every subject asked about, so one may count more than once."""

    lines: int = 0
    calls: int = 0
    answered: int = 0
    refused: int = 0
    failed: int = 0
    subjects: int = 0
    acts: int = 0
    first_ms: int | None = None
    last_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """The calls of one span of time; `start_ms` is when it begins."""

    start_ms: int
    answered: int
    refused: int
    other: int


def totals(lines: QuerySet[EntryIndex]) -> Totals:
    """Count lines, calls by outcome, subjects and acts, and say from when to when they are."""
    calls = Q(type__in=CALLS)
    found = lines.order_by().aggregate(
        lines=Count("entry"),
        calls=Count("entry", filter=calls),
        answered=Count("entry", filter=calls & Q(outcome="ANSWERED")),
        refused=Count("entry", filter=calls & Q(outcome="REFUSED")),
        failed=Count("entry", filter=calls & Q(outcome="FAILED")),
        subjects=Sum("count", filter=calls),
        acts=Count("entry", filter=Q(type="act")),
        first_ms=Min("time_ms", filter=calls & Q(time_ms__gt=0)),
        last_ms=Max("time_ms", filter=calls),
    )
    return Totals(**{**found, "subjects": found["subjects"] or 0})


def calls_over_time(lines: QuerySet[EntryIndex], *, step_ms: int, shift_ms: int = 0) -> list[Bucket]:
    """Calls in steps of `step_ms`, ascending, empty steps left out. `shift_ms` is the clock's distance from UTC."""
    shifted = CombinedExpression(F("time_ms"), "+", Value(shift_ms), output_field=BigIntegerField())
    step = CombinedExpression(shifted, "/", Value(step_ms), output_field=BigIntegerField())
    rows = (
        lines.filter(type__in=CALLS)
        .order_by()
        .annotate(step=step)
        .values("step")
        .annotate(
            answered=Count("entry", filter=Q(outcome="ANSWERED")),
            refused=Count("entry", filter=Q(outcome="REFUSED")),
            number=Count("entry"),
        )
        .order_by("step")
    )
    return [_bucket(dict(row), step_ms, shift_ms) for row in rows]


def calls_by_pair(lines: QuerySet[EntryIndex]) -> list[dict[str, Any]]:
    """`{requester, provider, calls, answered, refused}` of exchanges between departments, the busiest first."""
    rows = lines.filter(type__in=CALLS).exclude(provider="").exclude(provider=F("requester")).order_by()
    counted = (
        rows.values("requester", "provider")
        .annotate(
            calls=Count("entry"),
            answered=Count("entry", filter=Q(outcome="ANSWERED")),
            refused=Count("entry", filter=Q(outcome="REFUSED")),
        )
        .order_by("-calls", "requester", "provider")
    )
    return [dict(row) for row in counted]


def refusals_by_reason(lines: QuerySet[EntryIndex]) -> list[tuple[str, int]]:
    """(reason, number) of refused calls, the most frequent first."""
    rows = lines.filter(type__in=CALLS, outcome="REFUSED").order_by().values_list("reason").annotate(number=Count("entry"))
    return list(rows.order_by("-number", "reason"))


def _bucket(row: dict[str, Any], step_ms: int, shift_ms: int) -> Bucket:
    rest = row["number"] - row["answered"] - row["refused"]
    return Bucket(row["step"] * step_ms - shift_ms, row["answered"], row["refused"], rest)
