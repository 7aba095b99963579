"""`deliver`: the one door to anyone's data. A batch of decided, minimised, recorded, signed answers, or nothing.

Doors authenticate; this begins at "decide" (protocol, section 4). It opens no socket, and it records under
``atomic(durable=True)``, so it raises inside anyone else's transaction. Results are in the order of the calls.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit import acts, trail
from audit.errors import Unavailable
from audit.proof.canonical import dumps
from exchange.delivery import reading, recording
from exchange.delivery.calls import Answer, Call, Completion, Deferred, Work
from exchange.delivery.deciding import begin
from exchange.delivery.refusal_rate import RATE, REFUSALS_A_MINUTE
from exchange.delivery.seal import receipts
from exchange.delivery.subjects import is_personal
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Policies, compile_policies

ATTEMPTS = 3


class LogBehind(Unavailable):
    """The sequencer is late: without a log that moves there is no exchange."""

    code = "LOG_BEHIND"
    title = "The log is behind"


class Busy(Unavailable):
    """Too much is waiting to be recorded, or the policy keeps moving."""

    code = "BUSY"
    title = "Busy"


class RemoteStore(Unavailable):
    """Remote stores are not part of this hub yet; nothing was asked of anyone."""

    code = "REMOTE_STORE"
    title = "Remote store"


def deliver(calls: Sequence[Call | Completion]) -> list[Answer | Deferred]:
    """Answer a batch. Raises PolicyRollback, LogBehind or Busy for the whole batch, with nothing recorded."""
    asked = [call for call in calls if isinstance(call, Call)]
    if len(asked) != len(calls):
        raise RemoteStore(_("This hub has no remote stores; only hosted datasets are exchanged."))
    _require_a_moving_log()
    for _attempt in range(ATTEMPTS):
        policies = current_policies()
        at_ms = trail.now_ms()
        works = _prepare(asked, policies, at_ms)
        try:
            recording.record(works, head=policies.head, at_ms=at_ms, keys=_name_and_build(works, at_ms))
        except recording.VersionMoved:
            continue
        return _release(works, at_ms)
    raise Busy(_("Agreements are changing right now; try again in a moment."))


def _require_a_moving_log() -> None:
    backlog = trail.backlog()
    if backlog.is_behind(trail.now_ms()):
        raise LogBehind(_("Entries wait longer than a minute for the log; exchanges resume by themselves."))
    if backlog.is_full():
        raise Busy(_("Too many entries wait for the log; try again in a second."), retry_after=1)


class _Compiled:
    """The policies of the newest verified standing, one per process; they expire by version, never by time."""

    lock = threading.Lock()
    policies: Policies | None = None


def current_policies() -> Policies:
    """The compiled policies; raises PolicyRollback where the acts do not verify."""
    standing = acts.standing()
    policies = _Compiled.policies
    if policies is None or policies.head != standing.head:
        with _Compiled.lock:
            policies = compile_policies(standing)
            _Compiled.policies = policies
    return policies


def forget_policies() -> None:
    """Begin anew, as a restarted process does."""
    _Compiled.policies = None


def _prepare(calls: Sequence[Call], policies: Policies, at_ms: int) -> list[Work]:
    works = [begin(call, policies, at_ms) for call in calls]
    reading.answer_all(works, _local_date(at_ms))
    for work in works:
        _count_refusal(work, at_ms)
        recording.name_refused(work)
    return works


def _count_refusal(work: Work, at_ms: int) -> None:
    """Past 60 refusals a minute a key gets 429: the first of these has an entry, the rest share one when the minute is over."""
    if work.refusal is None:
        return
    caller = work.call.caller
    count = RATE.note((caller.keyid, caller.system, caller.department), work.refusal.code, at_ms // 60_000)
    if count > REFUSALS_A_MINUTE:
        work.suppressed = count > REFUSALS_A_MINUTE + 1
        work.refuse(refusal("TOO_MANY_REFUSALS"))


def _local_date(at_ms: int) -> date:
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(settings.TIME_ZONE)).date()


def _name_and_build(works: Sequence[Work], at_ms: int) -> dict[tuple[str, str], trail.SubjectKeyHandle]:
    """Keys of every person named (made and committed before the write transaction), then the entries."""
    people = {person.who for work in works if work.is_recorded for person in work.persons}
    people |= {who for work in works if work.policy for fact in work.facts for who in fact.others if is_personal(who[0])}
    keys = trail.subject_keys(people)
    for work in works:
        recording.build_entry(work, at_ms, keys)
    return keys


def _release(works: Sequence[Work], at_ms: int) -> list[Answer | Deferred]:
    """Steps 7 and 8: one receipt signature for the batch, then every answer with its receipt."""
    issued = iter(receipts([work.built for work in works if work.is_recorded], at_ms))
    return [_released(work, next(issued) if work.is_recorded else None) for work in works]


def _released(work: Work, receipt: bytes | None) -> Answer:
    if work.replayed:
        trail.count_stranger("REPLAYED")
        return Answer(409, dumps(recording.replayed_problem()), "REFUSED", None)
    status = work.refusal.status if work.refusal else 200
    if receipt is None:
        return Answer(status, b"".join(work.written), work.outcome, None)
    return Answer(status, recording.with_receipt(work, receipt), work.outcome, work.built.leaf)
