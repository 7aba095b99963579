"""What was really asked under agreements in the last thirty days, read from the log and proved against each entry."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.db.models import Count, Max, Sum
from django.db.models.expressions import RawSQL

from audit.models import EntryIndex
from audit.proof.acts import Standing
from audit.proofs import opened_many
from exchange.sharing.models import Agreement
from exchange.sharing.policy import Policy, compile_policy
from exchange.sharing.rehearsing import Exchanged, Rehearsal, rehearse
from exchange.sharing.terms import time_text

DAYS = 30
MOST_READ = 5_000
_AT_ONCE = 500
_A_DAY_MS = 86_400_000
_CALLS = ("exchange", "outcome", "export", "changes")


@dataclass
class Log:
    """Answered calls by their shape, with how many calls and subjects; `items` are those that went out under each agreement.

    `left_out` counts the calls beyond the newest MOST_READ, which were not read.
    """

    shapes: dict[Exchanged, tuple[int, int]] = field(default_factory=dict)
    parameters: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    items: dict[str, set[str]] = field(default_factory=dict)
    left_out: int = 0


@dataclass(frozen=True)
class Use:
    """What an agreement allows beside what was asked under it in DAYS days. `busiest_day` is in subjects."""

    items: tuple[str, ...]
    unread: tuple[str, ...]
    facts: tuple[str, ...]
    unasked: tuple[str, ...]
    methods: tuple[str, ...]
    unused_methods: tuple[str, ...]
    silent_systems: tuple[str, ...]
    calls: int
    subjects: int
    busiest_day: int
    per_day: int
    monthly_subjects: int | None
    left_out: int = 0
    days: int = DAYS

    @property
    def may_narrow(self) -> bool:
        """Whether something is held that nobody used, though something was used."""
        idle = self.unread or self.unasked or self.unused_methods or self.silent_systems
        return bool(self.calls and idle and not self.left_out)


def read_log(agreements: Iterable[str], now: datetime) -> Log:
    """The answered calls of the last DAYS days under these agreements: at most the newest MOST_READ."""
    rows = _rows(agreements, now)
    indexes = list(rows.order_by("-entry").values_list("entry", flat=True)[:MOST_READ])
    found = Log(left_out=max(0, rows.count() - len(indexes)))
    for route in _routes(indexes):
        _add(found, route)
    return found


def use_of(agreement: Agreement, now: datetime) -> Use:
    """Compare the signed text with what was asked under it."""
    text: Mapping[str, Any] = agreement.document
    log = read_log([agreement.agreement_id], now)
    read = log.items.get(agreement.agreement_id, set())
    asked = {name for shape in log.shapes for name in shape.names_of_facts}
    used_methods = {shape.method for shape in log.shapes}
    systems = {shape.system for shape in log.shapes}
    counted: Any = _rows([agreement.agreement_id], now).aggregate(calls=Count("entry"), subjects=Sum("count"))
    facts = [fact["fact"] for fact in text["facts"]]
    return Use(
        items=tuple(text["items"]),
        unread=tuple(item for item in text["items"] if item not in read),
        facts=tuple(facts),
        unasked=tuple(name for name in facts if name not in asked),
        methods=tuple(text["methods"]),
        unused_methods=tuple(method for method in text["methods"] if method not in used_methods),
        silent_systems=tuple(system for system in text["systems"] if system not in systems),
        calls=counted["calls"],
        subjects=counted["subjects"] or 0,
        busiest_day=_busiest_day(agreement.agreement_id, now),
        per_day=text["quota"]["per_day"],
        monthly_subjects=agreement.part.monthly_subjects if agreement.part else None,
        left_out=log.left_out,
    )


def rehearsal_of(agreement: Agreement, standing: Standing, now: datetime) -> tuple[Rehearsal, Log]:
    """The last DAYS days replayed under an agreement's text: the calls of the one that it replaces, else all of its two parties."""
    text: Mapping[str, Any] = agreement.document
    replaced = text.get("supersedes")
    names = [replaced] if replaced else _others(agreement)
    log = read_log(names, now)
    held: Mapping[str, Any] = standing.agreements
    before = {name: compile_policy(name, held[name], standing) for name in names if name in held}
    return rehearse(log.shapes, before, _tried(agreement, standing), parameters=log.parameters, at=_moment(text, now)), log


def _tried(agreement: Agreement, standing: Standing) -> Policy:
    entry: Any = SimpleNamespace(agreement=agreement.document, state="IN_FORCE", superseded_by=None, offer=None)
    return compile_policy(agreement.agreement_id, entry, standing)


def _moment(text: Mapping[str, Any], now: datetime) -> str:
    """Now, or the text's first moment where it begins later."""
    return max(time_text(now), str(text["period"]["from"]))


def _others(agreement: Agreement) -> list[str]:
    rows = Agreement.objects.filter(requester=agreement.requester_id, dataset=agreement.dataset_id, act_seq__isnull=False)
    return list(rows.exclude(pk=agreement.pk).values_list("agreement_id", flat=True))


def _rows(agreements: Iterable[str], now: datetime) -> Any:
    since = int((now - timedelta(days=DAYS)).timestamp() * 1000)
    rows = EntryIndex.objects.filter(agreement__in=list(agreements), type__in=_CALLS, outcome="ANSWERED", time_ms__gte=since)
    return rows.order_by()


def _busiest_day(agreement: str, now: datetime) -> int:
    days = _rows([agreement], now).annotate(day=RawSQL("time_ms / %s", [_A_DAY_MS])).values("day")
    return int(days.annotate(subjects=Sum("count")).aggregate(most=Max("subjects"))["most"] or 0)


def _routes(indexes: list[int]) -> Iterator[Mapping[str, Any]]:
    """Clear parts that are really their entry's own; a damaged one is left to the auditor's page, which says so."""
    for start in range(0, len(indexes), _AT_ONCE):
        for parts in opened_many(indexes[start : start + _AT_ONCE]).values():
            if parts and isinstance(parts.get("route"), dict):
                yield parts["route"]


def _add(log: Log, route: Mapping[str, Any]) -> None:
    facts = tuple((str(fact["fact"]), json.dumps(fact["with"], sort_keys=True)) for fact in route.get("facts") or ())
    log.parameters.update({written: json.loads(written) for _name, written in facts})
    name = str(route["agreement"])
    shape = Exchanged(name, str(route.get("system", "")), str(route["method"]), str(route.get("purpose", "")), facts)
    calls, subjects = log.shapes.get(shape, (0, 0))
    log.shapes[shape] = calls + 1, subjects + int(route.get("count", 1))
    log.items.setdefault(name, set()).update(route.get("items") or ())
