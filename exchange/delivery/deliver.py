"""`deliver`: the one door to anyone's data. A batch of decided, minimised, recorded, signed answers, or nothing.

Doors authenticate; this begins at "decide" (protocol, section 4). It opens no socket, and it records under
``atomic(durable=True)``, so it raises inside anyone else's transaction. Results are in the order of the calls.
"""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from audit import acts, trail
from audit.errors import Unavailable
from audit.proof.acts import Standing
from audit.proof.canonical import dumps
from exchange.delivery import reading, recording
from exchange.delivery.calls import Answer, Call, Completion, Deferred, Work
from exchange.delivery.deciding import begin
from exchange.delivery.errands import intents, outcomes
from exchange.delivery.limits.headers import Headers, headers_of
from exchange.delivery.seal import receipts
from exchange.delivery.subjects import is_personal
from exchange.sharing.policy import Method, Policies, compile_policies

ATTEMPTS = 3


class LogBehind(Unavailable):
    """The sequencer is late: without a log that moves there is no exchange."""

    code = "LOG_BEHIND"
    title = "The log is behind"


class Busy(Unavailable):
    """Too much is waiting to be recorded, or the policy keeps moving."""

    code = "BUSY"
    title = "Busy"


def deliver(calls: Sequence[Call | Completion], *, standing: Standing | None = None) -> list[Answer | Deferred]:
    """Answer a batch. Raises PolicyRollback, LogBehind or Busy for the whole batch, with nothing recorded.

    `standing` is the verified one by which a door has just authenticated; whether it is still the newest is asked under
    the policy lock, as always.
    """
    if any(isinstance(call, Call) and call.method is Method.EXPORT for call in calls):
        raise ValueError("lists have a door of their own: exchange.delivery.lists")
    with recording.ONE_BATCH:
        works, at_ms = _recorded(calls, standing)
    return _release(works, at_ms)


def _recorded(calls: Sequence[Call | Completion], standing: Standing | None) -> tuple[list[Work], int]:
    """Steps 1 to 6: the calls decided and durable, and the time in ms at which that was."""
    at_ms = require_a_moving_log()
    for attempt in range(ATTEMPTS):
        if attempt:
            standing, at_ms = None, trail.now_ms()
        policies = current_policies(standing)
        works = _prepare(calls, policies, at_ms)
        try:
            recording.record(works, head=policies.head, at_ms=at_ms, keys=_name_and_build(works, at_ms))
        except (recording.VersionMoved, intents.Crossed):
            continue
        return works, at_ms
    raise Busy(_("Agreements are changing right now; try again in a moment."))


def require_a_moving_log() -> int:
    """The time of the batch in ms, once it is known that the log keeps up."""
    backlog, at_ms = trail.backlog(), trail.now_ms()
    if backlog.is_behind(at_ms):
        raise LogBehind(_("Entries wait longer than a minute for the log; exchanges resume by themselves."))
    if backlog.is_full():
        raise Busy(_("Too many entries wait for the log; try again in a second."), retry_after=1)
    return at_ms


class _Compiled:
    """The policies of the newest verified standing, one per process; they expire by version, never by time."""

    lock = threading.Lock()
    policies: Policies | None = None


def current_policies(standing: Standing | None = None) -> Policies:
    """The compiled policies of a verified standing, by default the newest; raises PolicyRollback where the acts do not verify."""
    standing = standing or acts.standing()
    policies = _Compiled.policies
    if policies is None or policies.head != standing.head:
        with _Compiled.lock:
            policies = compile_policies(standing)
            _Compiled.policies = policies
    return policies


def forget_policies() -> None:
    """Begin anew, as a restarted process does."""
    _Compiled.policies = None


def _prepare(calls: Sequence[Call | Completion], policies: Policies, at_ms: int) -> list[Work]:
    works = [_begun(call, policies, at_ms) for call in calls]
    reading.answer_all(works, local_date(at_ms))
    for work in works:
        recording.count_refusal(work, at_ms)
        recording.name_refused(work)
    return works


def _begun(call: Call | Completion, policies: Policies, at_ms: int) -> Work:
    if isinstance(call, Call):
        return begin(call, policies, at_ms)
    return outcomes.settled(call, begin(call.call, policies, at_ms), policies)


def local_date(at_ms: int) -> date:
    """The hub's local day at a time in ms: what ages and terms are counted to."""
    return datetime.fromtimestamp(at_ms / 1000, ZoneInfo(settings.TIME_ZONE)).date()


def _name_and_build(works: Sequence[Work], at_ms: int) -> dict[tuple[str, str], trail.SubjectKeyHandle]:
    """Keys of every person named (made and committed before the write transaction), then the entries."""
    people = {person.who for work in works if work.is_recorded for person in work.persons}
    people |= {who for work in works if work.policy for fact in work.facts for who in fact.others if is_personal(who[0])}
    people |= intents.people_of(works)
    keys = trail.subject_keys(people)
    for work in works:
        recording.build_entry(work, at_ms, keys)
    return keys


def _release(works: Sequence[Work], at_ms: int) -> list[Answer | Deferred]:
    """Steps 7 and 8: one receipt signature for the batch, then every answer with its receipt."""
    trail.count_strangers(Counter("REPLAYED" for work in works if work.replayed))
    issued = iter(receipts([work.built for work in works if work.is_recorded], at_ms))
    alike: dict[str, Headers] = {}
    return [_released(work, next(issued) if work.is_recorded else None, headers_of(work, at_ms, alike)) for work in works]


def _released(work: Work, receipt: bytes | None, left: Headers) -> Answer | Deferred:
    if work.is_repeated and work.first_intent and not work.replayed:
        return Deferred(work.first_intent, b"")
    if work.replayed or work.is_repeated:
        return Answer(409, dumps(recording.replayed_problem()), "REFUSED", None)
    status = work.refusal.status if work.refusal else 200
    if receipt is None:
        return Answer(status, b"".join(work.written), work.outcome, None, left)
    body = recording.with_receipt(work, receipt)
    return Deferred(work.built.leaf, body, left) if work.outgoing else Answer(status, body, work.outcome, work.built.leaf, left)
