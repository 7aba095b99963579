"""The addresses of exports under /exchange/v1/{agreement}/exports: signed like every call, served beside the delivering thread.

`handle` does everything but the bytes of the rows, and `serve` is the ASGI face: short work and pieces of rows go through a
few threads of their own, so that a long export stands in nobody's way.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection, connections, transaction

from audit import acts, signers, trail
from audit.errors import HubError
from audit.proof.canonical import dumps, fresh_nonce, loads
from audit.proof.keys import Use
from audit.proof.message import ParsedRequest
from catalog import work as leased
from exchange.delivery import counting, recording
from exchange.delivery.arriving import Receive, Scope, Send, arrival_of
from exchange.delivery.calls import Answer, Call, VerifiedCaller, Work
from exchange.delivery.deliver import ATTEMPTS, Busy, current_policies, require_a_moving_log
from exchange.delivery.door import Arrival, DoorError, authenticate, call_of, limited
from exchange.delivery.exports import collecting, moves
from exchange.delivery.exports.allowed import refusal_of
from exchange.delivery.exports.collecting import EndedElsewhere, RangeOutside, Stream, StreamStopped, open_stream, read_range
from exchange.delivery.exports.lifecycle import WITH_FILE, DeliveryEvent, DeliveryState
from exchange.delivery.exports.opening import PREPARE, answer_of, open_export, told
from exchange.delivery.handling import error_response, left_of, nonce_mark, signed_response, unavailable
from exchange.delivery.limits.headers import Headers
from exchange.delivery.models import Delivery
from exchange.delivery.responding import Response
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.policy import Method

logger = logging.getLogger(__name__)
_PATH = re.compile(r"/exchange/v1/([a-z2-7]{32})/exports(?:/([0-9a-f]{32})(?:/(data|manifest|cancel))?)?")
_OURS = re.compile(r"/exchange/v1/[^/]*/exports(?:/|$)")
_METHODS = {"open": "POST", "cancel": "POST", "status": "GET", "data": "GET", "manifest": "GET"}
TOO_MANY = 429
TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "jsonl": "application/jsonl",
    "parquet": "application/vnd.apache.parquet",
    "arrow": "application/vnd.apache.arrow.stream",
}
THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="export")
MAKING = ThreadPoolExecutor(max_workers=1, thread_name_prefix="make-export")


def is_export(path: str) -> bool:
    """Whether an address belongs to this door."""
    return bool(_OURS.match(path))


@dataclass(frozen=True)
class Streaming:
    """An answer whose body is rows: its head, and where the pieces come from."""

    status: int
    headers: list[tuple[bytes, bytes]]
    stream: Stream


@dataclass(frozen=True)
class _Request:
    """A verified request about an export."""

    parsed: ParsedRequest
    call: Call
    step: str
    number: str
    range: str


def handle(arrival: Arrival) -> Response | Streaming:
    """Answer one request; everything but the rows themselves."""
    try:
        return _answered(_enter(arrival))
    except DoorError as refused:
        told_ = limited(refused, arrival.address)
        trail.count_strangers(Counter([told_.code]))
        return error_response(told_.status, told_.code, told_.detail)
    except HubError as error:
        return error_response(error.status, error.reason, str(error))


def _enter(arrival: Arrival) -> _Request:
    """The verified request. Raises DoorError for everything that is not signed by a known key."""
    match = _PATH.fullmatch(arrival.path)
    if match is None:
        raise DoorError(
            404, "NO_SUCH_CALL", "POST to …/exports; then GET …/exports/{id}, /data or /manifest, or POST …/exports/{id}/cancel"
        )
    step = (match[3] or "status") if match[2] else "open"
    if arrival.method != _METHODS[step]:
        raise DoorError(405, "METHOD_NOT_ALLOWED", f"this address takes signed {_METHODS[step]} requests")
    now_s = int(time.time())
    parsed, caller = authenticate(arrival, acts.standing(), now_s, nonce_mark(now_s))
    ranged = next((value.decode("latin-1") for name, value in arrival.headers if name.lower() == b"range"), "")
    return _Request(parsed, _call(arrival, caller, match[1], step), step, match[2] or "", ranged)


def _call(arrival: Arrival, caller: VerifiedCaller, agreement: str, step: str) -> Call:
    if step != "open":
        fault = "" if arrival.body in (b"", b"{}") else "the body is empty here"
        return Call(caller, agreement, Method.EXPORT, fault=fault)
    return call_of(arrival, caller, agreement, Method.EXPORT)


def _answered(request: _Request) -> Response | Streaming:
    if request.step == "open":
        return _signed(request, open_export(request.call))
    if request.call.fault:
        return _refused(request, refusal("MALFORMED", why=request.call.fault))
    found = Delivery.objects.filter(number=request.number, agreement=request.call.agreement, system=request.call.caller.system).first()
    if found is None:
        return _refused(request, refusal("NO_EXPORT"))
    if request.step == "data":
        return _data(request, found)
    if request.step == "manifest" and not found.manifest:
        return _refused(request, refusal("EXPORT_NOT_READY" if found.state == DeliveryState.PREPARING else "EXPORT_GONE"))
    if not _spent(request.call):
        return _replayed(request)
    if request.step == "cancel":
        moves.end(found, DeliveryEvent.CANCEL, reason="REQUESTER")
    body: dict[str, Any] = (
        loads(found.manifest.encode(), max_bytes=len(found.manifest) + 1) if request.step == "manifest" else {"export": told(found)}
    )
    return _signed(request, Answer(200, dumps({**body, "salt": fresh_nonce()}), "ANSWERED", None, _left(request)))


def _data(request: _Request, found: Delivery) -> Response | Streaming:
    """The rows, or why not: decided now, whatever was decided when the export was opened."""
    ground = refusal_of(found, current_policies(), keyid=request.call.caller.keyid, at_ms=trail.now_ms())
    if ground is not None and ground.code != "KEY_REVOKED":
        moves.end(found, DeliveryEvent.STOP, reason=ground.code)
    ground = ground or _absence(found)
    if ground is not None:
        return _refused(request, ground)
    try:
        span = read_range(request.range, found.size)
    except RangeOutside:
        return _outside(request, found)
    if not _spent(request.call):
        return _replayed(request)
    if not collecting.STREAMS.enter(found.agreement):
        return _unrecorded(request, refusal("STREAMS_OPEN"))
    try:
        stream = open_stream(found, keyid=request.call.caller.keyid, span=span)
    except BaseException:
        collecting.STREAMS.leave(found.agreement)
        raise
    return Streaming(206 if span else 200, [*_head(found, stream, is_part=span is not None), *_left(request)], stream)


def _left(request: _Request) -> Headers:
    return left_of(request.call.caller, request.call.agreement)


def _absence(found: Delivery) -> Refusal | None:
    if found.state == DeliveryState.PREPARING:
        return refusal("EXPORT_NOT_READY")
    return None if found.state in WITH_FILE and moves.file_of(found).exists() else refusal("EXPORT_GONE")


def _head(found: Delivery, stream: Stream, *, is_part: bool) -> list[tuple[bytes, bytes]]:
    pairs = {
        "content-type": TYPES[found.form],
        "content-length": str(stream.end - stream.start),
        "accept-ranges": "bytes",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        "x-export": found.number,
    }
    if is_part:
        pairs["content-range"] = f"bytes {stream.start}-{stream.end - 1}/{found.size}"
    return [(name.encode(), value.encode()) for name, value in pairs.items()]


def _outside(request: _Request, found: Delivery) -> Response:
    response = _unrecorded(request, Refusal("RANGE", 416, "The range begins after the end.", "请求的范围超出数据末尾。"))
    return Response(response.status, [*response.headers, (b"content-range", f"bytes */{found.size}".encode())], response.body)


def _unrecorded(request: _Request, ground: Refusal) -> Response:
    """A refusal that tells the caller's program to come again otherwise; no data were asked for that it may not have."""
    body = {**recording.problem(ground), "salt": fresh_nonce()}
    retry = ((b"retry-after", b"60"),) if ground.status == TOO_MANY else ()
    return _signed(request, Answer(ground.status, dumps(body), "REFUSED", None, (*_left(request), *retry)))


def _replayed(request: _Request) -> Response:
    trail.count_strangers(Counter(["REPLAYED"]))
    return _signed(request, Answer(409, dumps(recording.replayed_problem()), "REFUSED", None))


def _refused(request: _Request, ground: Refusal) -> Response:
    """A refusal with an entry and a receipt, like every refusal of a known caller."""
    for _attempt in range(ATTEMPTS):
        at_ms = require_a_moving_log()
        policies = current_policies()
        work = Work(request.call)
        policy = policies.by_agreement.get(request.call.agreement)
        work.policy = policy if policy is not None and request.call.caller.system in policy.systems else None
        work.refuse(ground)
        recording.count_refusal(work, at_ms)
        recording.build_entry(work, at_ms, {})
        try:
            recording.record([work], head=policies.head, at_ms=at_ms, keys={})
        except recording.VersionMoved:
            continue
        return _signed(request, answer_of(work, at_ms))
    raise Busy("the policies keep moving", retry_after=1)


def _spent(call: Call) -> bool:
    """Whether the request's nonce was fresh; it is not any more."""
    work = Work(call)
    with transaction.atomic(durable=True), connection.cursor() as cursor:
        counting.spend_nonces(cursor, [work])
    counting.note_nonces([work])
    return not work.replayed


def _signed(request: _Request, answer: Answer) -> Response:
    return signed_response(signers.hub_signer(Use.HUB_ANSWER), request.parsed, answer)


# --- ASGI -------------------------------------------------------------------------------------------------------


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """One request about an export. A stream that is stopped ends without its last bytes, so that its length is wrong."""
    arrival = await arrival_of(scope, receive)
    answer = await _in_thread(_guarded, arrival)
    if isinstance(answer, Streaming):
        await _give(answer, receive, send)
        return
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})
    if answer.status == 202:
        MAKING.submit(_make_waiting)


def _make_waiting() -> None:
    """Begin at once what a worker would be woken for: the lease decides who of the two does it."""
    try:
        for row in leased.due(PREPARE):
            leased.run(row)
    except Exception as error:  # noqa: BLE001 - the row stands, and a worker finds it
        logger.error("an export could not be begun here: %s", type(error).__name__)
    finally:
        connections.close_all()


async def _give(answer: Streaming, receive: Receive, send: Send) -> None:
    """Piece by piece as fast as the other side takes them; its going away is noticed between two."""
    stream, gone = answer.stream, asyncio.ensure_future(_gone(receive))
    try:
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        while not gone.done():
            piece = await _in_thread(stream.step)
            await send({"type": "http.response.body", "body": piece, "more_body": bool(piece)})
            if not piece:
                return
    except (StreamStopped, EndedElsewhere):
        # Nothing more is sent and the body is not ended: the server closes the connection before the promised length.
        logger.info("an export was stopped", extra={"export": stream.found.number})
    finally:
        gone.cancel()
        with suppress(asyncio.CancelledError):
            await gone
        await _in_thread(stream.close)


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def _in_thread(function: Any, *arguments: Any) -> Any:
    return await asyncio.get_running_loop().run_in_executor(THREADS, function, *arguments)


def _guarded(arrival: Arrival) -> Response | Streaming:
    try:
        return handle(arrival)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
        logger.error("an export's request failed: %s", type(error).__name__)
        for each in connections.all(initialized_only=True):
            each.close()
        return unavailable("UNAVAILABLE", "the hub could not answer; nothing was given")
