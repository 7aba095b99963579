"""A list of identifiers from a register, inside the hub: the small sister of EXPORT on the wire (exchange/delivery/exports).

The same door, policy, entry and receipt as every exchange. The entry stands in the log, with the count and the hash of
the file, before the first identifier is released; it names nobody. Who was on the list is read again from that file
(protocol, section 5). Each page is decided anew, so that a revocation stops a list in its middle.
"""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from audit import acts, trail
from audit.errors import HubError
from audit.proof.canonical import loads
from catalog.errors import FilesMissing, FilesTampered
from catalog.stores import hosted
from catalog.stores.hosted import HostedRevision, Where
from exchange.accounts.subject import Subject
from exchange.delivery import counting, recording
from exchange.delivery.calls import Call, Work
from exchange.delivery.deciding import begin
from exchange.delivery.deliver import ATTEMPTS, Busy, current_policies, local_date, require_a_moving_log
from exchange.delivery.door import Arrival, DoorError, authenticate, call_of
from exchange.delivery.reading import offline_datasets
from exchange.delivery.seal import receipts
from exchange.delivery.wire import Cursor
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.policy import Method, Policy
from exchange.sharing.row_filter import RowFilter, compile_filter, passes
from exchange.sharing.row_sql import Engine, sql_where

PAGE = 10_000
_PATH = re.compile(r"/exchange/v1/([a-z2-7]{32})/exports")


class ListRefused(HubError):
    """The list was refused, or is given no further. The refusal is in the log; `reason` is its code."""

    code = "LIST_REFUSED"
    status = 403
    title = _("The list is not given")

    def __init__(self, ground: Refusal) -> None:
        super().__init__(ground.en, code=ground.code, **ground.data)
        self.ground = ground


@dataclass(frozen=True)
class Page:
    """Up to 10,000 identifiers, and the cursor at which the list goes on after them."""

    identifiers: tuple[str, ...]
    cursor: Cursor


@dataclass(frozen=True)
class _Source:
    """Where the rows come from: the opened file and everything that decides who is on the list. Fixed at the opening."""

    store: HostedRevision
    item: str
    rules: RowFilter
    where: Where
    on: date
    revision: str
    rows: str

    def page(self, after: int, size: int) -> tuple[list[tuple[int, str]], int | None]:
        """The next rows inside the agreed ones as (number, identifier), and the last number looked at (None: no more)."""
        items = list(dict.fromkeys([self.item, *self.rules.items]))
        found = self.store.scan_page(items, self.where, after=after, limit=size)
        inside = [(number, record[self.item]) for number, record in found if record[self.item] and passes(self.rules, record, self.on)]
        return inside, found[-1][0] if found else None

    def numbers_and_identifiers(self, after: int) -> Iterator[list[tuple[int, str]]]:
        """Every page after a row, in memory one at a time."""
        last: int | None = after
        while last is not None:
            inside, last = self.page(last, PAGE)
            yield inside


@dataclass
class DeliveredList:
    """A list whose entry is durable. `body` is the answer with its receipt; `pages` releases the identifiers."""

    call: Call
    policy: Policy
    kind: str
    body: dict[str, Any]
    leaf: bytes
    source: _Source = field(repr=False)
    after: int = 0

    @property
    def count(self) -> int:
        """How many identifiers the entry says."""
        return int(self.body["list"]["count"])

    @property
    def revision(self) -> str:
        """The hash of the file that the list is read from."""
        return self.source.revision

    def pages(self, size: int = PAGE) -> Iterator[Page]:
        """The identifiers in the register's order. Raises ListRefused between two pages when the list may go on no more,
        PolicyRollback when the acts do not verify, FilesMissing or FilesTampered."""
        last = self.after
        given = 0
        while True:
            self._require_still_allowed(self.count - given)
            inside, looked_at = self.source.page(last, min(size, PAGE))
            if looked_at is None:
                return
            last = looked_at
            given += len(inside)
            if inside:
                yield Page(tuple(identifier for _, identifier in inside), Cursor(self.revision, last))

    def _require_still_allowed(self, left: int) -> None:
        """Decide again by the newest policies; what is left of a list that was stopped is an entry of its own."""
        at_ms = trail.now_ms()
        work = begin(self.call, current_policies(), at_ms)
        _require_readable(work)
        if work.refusal is None and work.policy is not None and _terms(work.policy) != _terms(self.policy):
            work.refuse(refusal("LIST_MOVED"))
        if work.refusal is None:
            return
        work.rows, work.listed = left, _listed(self.source, self.after)
        recording.build_entry(work, at_ms, {})
        with transaction.atomic(durable=True):
            trail.insert([work.built])
        raise ListRefused(work.refusal)


def deliver_list(arrival: Arrival) -> DeliveredList:
    """Open the list that a signed request `POST /exchange/v1/{agreement}/exports` asks for; its entry is durable then.

    Body: purpose, salt, case, officer, and `after` {revision, row} to go on with a list. Raises DoorError before anybody is
    known, ListRefused (recorded) for a refusal, PolicyRollback, LogBehind or Busy. Opens its own transaction.
    """
    call = _authenticated(arrival)
    for _attempt in range(ATTEMPTS):
        at_ms = require_a_moving_log()
        policies = current_policies()
        work = begin(call, policies, at_ms)
        source = _measure(work, local_date(at_ms))
        recording.count_refusal(work, at_ms)
        recording.build_entry(work, at_ms, {})
        try:
            recording.record([work], head=policies.head, at_ms=at_ms, keys={})
        except recording.VersionMoved:
            continue
        return _released(work, source, at_ms)
    raise Busy(_("Agreements are changing right now; try again in a moment."))


def _authenticated(arrival: Arrival) -> Call:
    match = _PATH.fullmatch(arrival.path)
    if match is None or arrival.method != "POST":
        raise DoorError(404, "NO_SUCH_CALL", "a list is asked for by POST to /exchange/v1/{agreement}/exports, inside the hub only")
    now_s = int(time.time())
    with connection.cursor() as cursor:
        mark = counting.nonce_mark(cursor)
    _parsed, caller = authenticate(arrival, acts.standing(), now_s, mark)
    return call_of(arrival, caller, match[1], Method.EXPORT)


def _measure(work: Work, today: date) -> _Source | None:
    """Open the file, count the rows, write the answer; None where the call is refused. Reads once through the register."""
    _require_readable(work)
    if work.refusal is not None or work.policy is None or work.body is None:
        return None
    try:
        source = _source(work.policy, today)
        digest, count = _digest(source, work)
    except (FilesMissing, FilesTampered):
        work.refuse(refusal("PROVIDER_DOWN"))
        return None
    assert work.policy.revision is not None  # noqa: S101 - readable
    as_of = work.policy.revision["as_of"]
    work.rows = count
    work.withheld = work.policy.withheld
    work.listed = _listed(source, work.body.after.row if work.body.after else 0)
    work.answer = {"list": {"count": count, "revision": source.revision, "as_of": as_of, "digest": digest}}
    return source


def _require_readable(work: Work) -> None:
    """Refuse what is no list of identifiers, a register that is offline, and a cursor into another file."""
    policy, body = work.policy, work.body
    if work.refusal is not None or policy is None or body is None:
        return
    if policy.masks or list(policy.items) != [subject["item"] for subject in policy.document["subjects"][:1]]:
        work.refuse(refusal("NOT_A_LIST"))
    elif policy.revision is None or policy.dataset in offline_datasets():
        work.refuse(refusal("PROVIDER_DOWN"))
    elif body.after is not None and body.after.revision != policy.revision["lookup"]:
        work.refuse(refusal("LIST_MOVED"))


def _source(policy: Policy, on: date) -> _Source:
    assert policy.revision is not None  # noqa: S101 - readable
    store = hosted.open_revision(policy.revision["lookup"], policy.revision["rows"], policy.document)
    return _Source(
        store,
        policy.items[0],
        policy.row_filter,
        _where(policy.row_filter, policy.document, on),
        on,
        policy.revision["lookup"],
        policy.revision["rows"],
    )


def _digest(source: _Source, work: Work) -> tuple[str, int]:
    """SHA-256 of the caller's salt and each identifier, a line each; and how many there are."""
    assert work.body is not None  # noqa: S101 - decided
    hashed, count = hashlib.sha256(str(work.call.document["salt"]).encode() + b"\n"), 0
    for rows in source.numbers_and_identifiers(work.body.after.row if work.body.after else 0):
        for _number, identifier in rows:
            hashed.update(identifier.encode() + b"\n")
        count += len(rows)
    return f"sha256:{hashed.hexdigest()}", count


def _listed(source: _Source, after: int) -> dict[str, Any]:
    """What the route of a list says beside the usual: enough to read again who was on it. The filter is in the agreement."""
    return {"revision": source.revision, "rows": source.rows, "on": source.on.isoformat(), "after": after}


def _terms(policy: Policy) -> tuple[Any, ...]:
    """What must not change between two pages: another description, other items or rows make another list."""
    return policy.version, policy.items, policy.row_filter


def _released(work: Work, source: _Source | None, at_ms: int) -> DeliveredList:
    if work.replayed:
        raise ListRefused(refusal("REPLAYED"))
    if work.refusal is not None or work.policy is None or work.body is None or source is None:
        raise ListRefused(work.refusal or refusal("PROVIDER_DOWN"))
    (receipt,) = receipts([work.built], at_ms)
    body: dict[str, Any] = loads(recording.with_receipt(work, receipt))
    after = work.body.after.row if work.body.after else 0
    return DeliveredList(work.call, work.policy, work.policy.subject_kinds[0], body, work.built.leaf, source, after)


def _where(rules: RowFilter, document: Mapping[str, Any], on: date) -> Where:
    """What need not be read at all. `passes` has the last word on each row."""
    types = {item["name"]: item["type"] for item in document["items"]}
    condition, values = sql_where(rules, types, on=on, engine=Engine.SQLITE)
    return Where(condition, tuple(values))


def was_on_list(route: Mapping[str, Any], subject: Subject) -> bool | None:
    """Whether a person was on the list of an `export` entry, read again from the file that the entry names.

    None where that file, or what described it, is gone: then nobody can tell, and the person's page says so.
    """
    standing = acts.standing()
    agreement = standing.agreements.get(str(route.get("agreement")))
    version = standing.all_versions.get(str(route.get("version")))
    if agreement is None or version is None:
        return None
    document: Mapping[str, Any] = version.version
    if document["subjects"][0]["kind"] != subject.kind:
        return False
    row_filter: Any = agreement.agreement["row_filter"]
    rules = compile_filter(row_filter)
    try:
        store = hosted.open_revision(str(route["revision"]), str(route["rows"]), document)
        found = store.numbered(subject.identifier, list(rules.items), kind=subject.kind)
    except (FilesMissing, FilesTampered, KeyError):
        return None
    on = date.fromisoformat(str(route["on"]))
    return any(number > int(route["after"]) and passes(rules, record, on) for number, record in found)
