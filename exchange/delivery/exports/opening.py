"""Opening an export: decided by the policy as every call, counted, and in the log before its first byte is made.

The same steps as a list inside the hub (exchange/delivery/lists.py) and the same kind of entry: revision, rows, columns, day
and filter say who was on it; nobody is named (protocol, section 5).
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.proof.canonical import dumps, sha256_text
from catalog import work as leased
from catalog.errors import FilesMissing, FilesTampered
from exchange.delivery import recording
from exchange.delivery.calls import Answer, Call, Work
from exchange.delivery.deciding import begin
from exchange.delivery.deliver import ATTEMPTS, Busy, current_policies, local_date, require_a_moving_log
from exchange.delivery.exports.lifecycle import DeliveryState
from exchange.delivery.exports.making import MakingFailed, count_rows
from exchange.delivery.exports.selection import FORMS, Column, Selection, select
from exchange.delivery.limits.headers import headers_of
from exchange.delivery.models import Delivery
from exchange.delivery.reading import offline_datasets
from exchange.delivery.seal import receipts
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Policy

PREPARE = "delivery.prepare_export"
END = "delivery.end_export"
KEPT = timedelta(hours=24)
MOST_OPEN = 4


@dataclass(frozen=True)
class _Wanted:
    """What an export's body asks for beside the common members, checked against what the agreement gives now."""

    form: str
    columns: tuple[Column, ...]
    key: str


def open_export(call: Call) -> Answer:
    """Decide, count, record, and lease the work. Raises PolicyRollback, LogBehind or Busy; a refusal is an answer too."""
    for _attempt in range(ATTEMPTS):
        at_ms = require_a_moving_log()
        policies = current_policies()
        work = begin(call, policies, at_ms)
        _measure(work, local_date(at_ms))
        recording.count_refusal(work, at_ms)
        recording.build_entry(work, at_ms, {})
        try:
            recording.record([work], head=policies.head, at_ms=at_ms, keys={})
        except (recording.VersionMoved, IntegrityError):
            continue  # an act came between, or the same export was opened by another connection: look again
        return answer_of(work, at_ms)
    raise Busy(_("Agreements are changing right now; try again in a moment."))


def answer_of(work: Work, at_ms: int) -> Answer:
    """The recorded work as it is released: receipt and status."""
    if work.replayed:
        return Answer(409, dumps(recording.replayed_problem()), "REFUSED", None)
    status, left = work.refusal.status if work.refusal else 202, headers_of(work, at_ms)
    if not work.is_recorded:
        return Answer(status, b"".join(work.written), work.outcome, None, left)
    (receipt,) = receipts([work.built], at_ms)
    return Answer(status, recording.with_receipt(work, receipt), work.outcome, work.built.leaf, left)


def _measure(work: Work, today: date) -> None:
    """Fill in answer and entry of an export that is not refused: what was asked before is found again, else it is opened."""
    wanted = _read(work)
    if wanted is None or work.policy is None:
        return
    before = Delivery.objects.filter(agreement=work.call.agreement, request_key=wanted.key).first()
    if before is not None:
        _repeat(work, before, wanted)
    elif Delivery.objects.open().filter(agreement=work.call.agreement).count() >= MOST_OPEN:
        work.refuse(refusal("EXPORTS_OPEN"))
    else:
        _open(work, work.policy, wanted, today)


def _read(work: Work) -> _Wanted | None:
    policy, body = work.policy, work.body
    if work.refusal is not None or policy is None or body is None:
        return None
    form, columns = work.call.document.get("format"), work.call.document.get("columns")
    if form not in FORMS or body.once is None or body.after is not None:
        work.refuse(refusal("MALFORMED", why=f"send format ({', '.join(FORMS)}) and idempotency_key, and no after"))
    elif columns is not None and not _is_list_of_names(columns):
        work.refuse(refusal("MALFORMED", why="columns: a list of different item names"))
    elif policy.seal_to and not policy.seal_key:
        work.refuse(refusal("SEAL_KEY_REVOKED"))
    elif not set(columns or ()) <= set(policy.items):
        work.refuse(refusal("COLUMN_NOT_AGREED"))
    elif policy.revision is None or policy.dataset in offline_datasets():
        work.refuse(refusal("PROVIDER_DOWN"))
    else:
        names = tuple(columns or policy.items)
        return _Wanted(form, columns_of(policy, names), sha256_text(f"{work.call.caller.system} {body.once}".encode()))
    return None


def _is_list_of_names(columns: Any) -> bool:
    return (
        isinstance(columns, list) and bool(columns) and all(isinstance(name, str) for name in columns) and len(set(columns)) == len(columns)
    )


def columns_of(policy: Policy, names: tuple[str, ...]) -> tuple[Column, ...]:
    """The columns with their declared types and masks, in the order asked for."""
    types = types_of(policy.document)
    return tuple(Column(name, types[name], policy.masks.get(name)) for name in names)


def types_of(document: Mapping[str, Any]) -> dict[str, str]:
    """Declared type by item."""
    return {item["name"]: item["type"] for item in document["items"]}


def selection_of(policy: Policy, columns: tuple[Column, ...], *, on: date, form: str) -> Selection:
    """What the child is told to read."""
    return select(columns, policy.row_filter, types_of(policy.document), on=on, form=form)


def _repeat(work: Work, before: Delivery, wanted: _Wanted) -> None:
    """The same request again: the same export, not counted twice. Another request under the same key is refused."""
    if (before.form, before.columns) != (wanted.form, [column.name for column in wanted.columns]):
        work.refuse(refusal("IDEMPOTENCY_KEY_USED"))
        return
    work.rows = 0
    _narrow(work, before.columns)
    work.listed = {"type": "delivery", "event": "asked_again", "export": before.number}
    work.answer = {"export": told(before)}


def _open(work: Work, policy: Policy, wanted: _Wanted, today: date) -> None:
    """Count the rows and hang the new export to the entry: both become durable, or neither."""
    assert policy.revision is not None  # noqa: S101 - looked at while reading
    try:
        rows = _count(policy, wanted, today)
    except (FilesMissing, FilesTampered, MakingFailed):
        work.refuse(refusal("PROVIDER_DOWN"))
        return
    found = _delivery(work, policy, wanted, today, rows)
    work.rows = rows
    work.withheld = policy.withheld
    _narrow(work, found.columns)
    work.listed = {
        "export": found.number,
        "format": found.form,
        "revision": found.revision,
        "rows": found.rows_hash,
        "on": today.isoformat(),
        "after": 0,
    }
    work.answer = {"export": {**told(found), "withheld": [{"item": item, "reason": reason} for item, reason in policy.withheld]}}
    work.beside = lambda recorded: _insert(found, recorded)


def _narrow(work: Work, columns: list[str]) -> None:
    """The entry names the columns that were asked for, not all that is agreed."""
    assert work.policy is not None  # noqa: S101 - looked at while reading
    work.policy = replace(work.policy, items=tuple(columns))


def _count(policy: Policy, wanted: _Wanted, today: date) -> int:
    assert policy.revision is not None  # noqa: S101 - looked at while reading
    if not policy.row_filter:
        return int(policy.revision["row_count"])
    return count_rows(policy.revision["rows"], selection_of(policy, wanted.columns, on=today, form=wanted.form))


def _delivery(work: Work, policy: Policy, wanted: _Wanted, today: date, rows: int) -> Delivery:
    body, revision = work.body, policy.revision
    assert body is not None and revision is not None  # noqa: S101, PT018 - looked at while reading
    now = timezone.now()
    return Delivery(
        number=uuid.uuid4().hex,
        agreement=policy.agreement,
        provider=policy.provider,
        requester=policy.requester,
        system=work.call.caller.system,
        dataset=policy.dataset,
        version=policy.version,
        request_key=wanted.key,
        purpose=body.purpose,
        has_case=body.has_case,
        has_officer=bool(body.officer),
        form=wanted.form,
        columns=[column.name for column in wanted.columns],
        seal_to=policy.seal_to,
        revision=revision["lookup"],
        rows_hash=revision["rows"],
        as_of=revision["as_of"],
        on=today,
        row_count=rows,
        state=DeliveryState.PREPARING,
        created_at=now,
        expires_at=now + KEPT,
    )


def _insert(found: Delivery, recorded: Work) -> None:
    """In the transaction of the entry: the row, the work that makes the file, and the work that ends it after its day."""
    found.leaf = f"sha256:{recorded.built.leaf.hex()}"
    found.save(force_insert=True)
    leased.enqueue(PREPARE, found.number)
    leased.enqueue(END, found.number, not_before=KEPT)


def told(found: Delivery) -> dict[str, Any]:
    """An export as its requester's system reads it: counts and addresses, no row."""
    place = f"/exchange/v1/{found.agreement}/exports/{found.number}"
    return {
        "id": found.number,
        "state": str(found.state),
        "progress": found.progress,
        "format": found.form,
        "sealed_to": found.seal_to,
        "columns": list(found.columns),
        "rows": found.row_count,
        "bytes": found.size or None,
        "revision": found.revision,
        "as_of": found.as_of,
        "reason": found.reason,
        "expires_at": found.expires_at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "addresses": {"status": place, "data": f"{place}/data", "manifest": f"{place}/manifest", "cancel": f"{place}/cancel"},
    }
