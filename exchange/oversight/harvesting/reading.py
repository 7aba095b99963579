"""What callers asked lately, read from the log's indexes. The follower writes them within ten seconds of an answer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.db.models import Sum
from django.db.models.expressions import RawSQL

from audit.models import EntryIndex
from exchange.delivery.models import Unfound
from exchange.oversight.harvesting.judging import Seen
from exchange.sharing.models import Agreement

NOW = timedelta(minutes=10)
_MONTH = timedelta(days=30)
_DAY = timedelta(days=1)
_DAY_MS = 86_400_000
# Questions about named persons. Lists, changes and counts are whole selections that their owner agreed to give.
_METHODS = ("QUERY", "VERIFY", "BATCH")
_TYPES = ("exchange", "intent")
_Caller = tuple[str, str]


def callers_seen(now: datetime, least: int, *, accepted: Mapping[str, datetime]) -> Iterator[Seen]:
    """Every system, and every department as a whole, that asked about at least `least` subjects in the last ten minutes.

    `accepted`: by department, until when its calls were looked at by the authority and let pass; they count no more.
    """
    totals: dict[_Caller, int] = defaultdict(int)
    agreements: dict[_Caller, set[str]] = defaultdict(set)
    systems: dict[str, set[str]] = defaultdict(set)
    for department, system, agreement, asked in _used_now(now, accepted):
        systems[department].add(system)
        for caller in ((department, system), (department, "")):
            totals[caller] += asked
            agreements[caller].add(agreement)
    for caller in sorted(totals):
        department, system = caller
        if totals[caller] >= least and (system or len(systems[department]) > 1):
            spread = (len(agreements[caller]), 1 if system else len(systems[department]))
            yield _seen(caller, totals[caller], agreements[caller], spread, (now, accepted.get(department, now - _MONTH)))


def _seen(caller: _Caller, asked: int, agreements: set[str], spread: tuple[int, int], clock: tuple[datetime, datetime]) -> Seen:
    """`spread`: how many agreements and systems; `clock`: now, and from when on its calls count at all."""
    (department, system), (now, since) = caller, clock
    return Seen(
        department=department,
        system=system,
        asked_now=asked,
        persons_now=_persons(caller, max(now - NOW, since)),
        unfound_now=_unfound(caller, max(now - NOW, since)),
        agreements=spread[0],
        systems=spread[1],
        asked_month=_asked(_rows(max(now - _MONTH, since)).filter(agreement__in=agreements, **_of(caller))),
        asked_today=_asked(_rows(max(now - _DAY, since)).filter(**_of(caller))),
        busiest_day=_busiest_day(caller, now),
        declared=_declared(agreements),
    )


def _used_now(now: datetime, accepted: Mapping[str, datetime]) -> Iterator[tuple[str, str, str, int]]:
    """Department, system, agreement and subjects of the last ten minutes, without what was accepted since."""
    late = {department: since for department, since in accepted.items() if since > now - NOW}
    yield from _grouped(_rows(now - NOW).exclude(requester__in=late))
    for department, since in late.items():
        yield from _grouped(_rows(since).filter(requester=department))


def _grouped(rows: Any) -> Any:
    return rows.values_list("requester", "system", "agreement").annotate(asked=Sum("count"))


def _rows(since: datetime) -> Any:
    rows = EntryIndex.objects.filter(time_ms__gte=int(since.timestamp() * 1000), type__in=_TYPES, method__in=_METHODS)
    return rows.filter(outcome__in=("ANSWERED", "WAITING")).exclude(requester="").order_by()


def _of(caller: _Caller) -> dict[str, str]:
    department, system = caller
    return {"requester": department, "system": system} if system else {"requester": department}


def _asked(rows: Any) -> int:
    return int(rows.aggregate(asked=Sum("count"))["asked"] or 0)


def _persons(caller: _Caller, since: datetime) -> int:
    """How many different blinds the entries name; nobody is looked up."""
    department, system = caller
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT t.blind) FROM audit_subjecttrace t JOIN audit_entryindex e ON e.entry = t.entry "
            "WHERE e.time_ms >= %s AND e.requester = %s AND (%s = '' OR e.system = %s) AND e.outcome IN ('ANSWERED', 'WAITING')",
            [int(since.timestamp() * 1000), department, system, system],
        )
        return int(cursor.fetchone()[0])


def _unfound(caller: _Caller, since: datetime) -> int:
    department, system = caller
    rows = Unfound.objects.filter(department=department, minute__gte=int(since.timestamp()) // 60)
    return int((rows.filter(system=system) if system else rows).aggregate(unfound=Sum("unfound"))["unfound"] or 0)


def _busiest_day(caller: _Caller, now: datetime) -> int:
    """The most in one of the 28 spans of 24 hours before the last."""
    until = int((now - _DAY).timestamp() * 1000)
    rows = _rows(now - _MONTH + _DAY).filter(time_ms__lt=until, **_of(caller))
    days = rows.annotate(day=RawSQL("(%s - time_ms) / %s", [until, _DAY_MS])).values("day").annotate(asked=Sum("count"))
    return max((int(day["asked"]) for day in days), default=0)


def _declared(agreements: Iterable[str]) -> int | None:
    """The volume that was declared for these agreements together; None where one of them declared none."""
    names = set(agreements)
    rows = Agreement.objects.filter(agreement_id__in=names).values_list("part__monthly_subjects", flat=True)
    volumes = [volume for volume in rows if volume is not None]
    return sum(volumes) if len(volumes) == len(names) else None
