"""The calls of a search over time, as a chart whose bars lead to their own list."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime

from django.db.models import QuerySet
from django.http import QueryDict
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.figures import Bucket, Totals, calls_over_time
from audit.models import EntryIndex
from exchange.portal.auditor.filters import local_text
from exchange.portal.charts import Bar, Chart

_MINUTE = 60_000
_DAY = 1440 * _MINUTE
# step, how many of it a chart holds at most, title, how its label is written
_STEPS: tuple[tuple[int, int, str | Promise, str], ...] = (
    (_MINUTE, 60, gettext_lazy("Calls by minute"), "%H:%M"),
    (60 * _MINUTE, 48, gettext_lazy("Calls by hour"), "%H:00"),
    (_DAY, 62, gettext_lazy("Calls by day"), "%m-%d"),
    (7 * _DAY, 104, gettext_lazy("Calls by week"), "%Y-%m-%d"),
    (30 * _DAY, 400, gettext_lazy("Calls by thirty days"), "%Y-%m-%d"),
)


def calls_chart(lines: QuerySet[EntryIndex], totals: Totals, query: QueryDict) -> Chart | None:
    """The chart for a search; None when it holds no call. The finest step is taken that fits."""
    if totals.first_ms is None or totals.last_ms is None:
        return None
    shift = _shift_ms(totals.last_ms)
    first, last = totals.first_ms + shift, totals.last_ms + shift
    step, _most, title, form = next(
        (row for row in _STEPS if last // row[0] - first // row[0] < row[1]),
        _STEPS[-1],
    )
    found = {bucket.start_ms: bucket for bucket in calls_over_time(lines, step_ms=step, shift_ms=shift)}
    starts = range(first // step * step - shift, totals.last_ms + 1, step)
    bars = tuple(_bars(found, list(starts), step, form, query))
    return Chart(str(title), (_("answered"), _("refused"), _("other")), bars)


def _bars(found: dict[int, Bucket], starts: list[int], step: int, form: str, query: QueryDict) -> Iterator[Bar]:
    for start in starts:
        bucket = found.get(start, Bucket(start, 0, 0, 0))
        label = timezone.localtime(datetime.fromtimestamp(start / 1000, tz=UTC)).strftime(form)
        values = (bucket.answered, bucket.refused, bucket.other)
        yield Bar(label, values, _address(query, start, start + step) if any(values) else "")


def _address(query: QueryDict, since_ms: int, until_ms: int) -> str:
    """The same search for one bar's span."""
    narrowed = query.copy()
    narrowed.pop("cursor", None)
    narrowed["since"], narrowed["until"] = local_text(since_ms), local_text(until_ms)
    return f"?{narrowed.urlencode()}"


def _shift_ms(time_ms: int) -> int:
    """How far the local clock was from UTC then."""
    moment = timezone.localtime(datetime.fromtimestamp(time_ms / 1000, tz=UTC))
    offset = moment.utcoffset()
    return int(offset.total_seconds() * 1000) if offset is not None else 0
