"""One batch of HTTP requests, in the delivering thread: authenticate each, deliver all, sign each answer."""

from __future__ import annotations

import re
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from django.db import connection

from audit import acts, signers, trail
from audit.errors import HubError
from audit.ground import log_origin
from audit.proof.acts import Standing
from audit.proof.canonical import dumps
from audit.proof.keys import Signer, Use
from audit.proof.message import ParsedRequest
from exchange.delivery import counting
from exchange.delivery.calls import Answer, Call, Deferred, VerifiedCaller
from exchange.delivery.deliver import current_policies, deliver
from exchange.delivery.door import Arrival, DoorError, authenticate, call_of, limited, parse
from exchange.delivery.echoing import echoed
from exchange.delivery.errands.collecting import Collected, collect, spend_nonces
from exchange.delivery.limits.headers import Headers, headers_of_policy
from exchange.delivery.recording import replayed_problem
from exchange.delivery.responding import Response, Waiting, Wanted, answer_response, problem_response
from exchange.sharing.policy import Method

_PATH = re.compile(r"/exchange/v1/([a-z2-7]{32})/(verify|query|batch)")
_RESULTS = re.compile(r"/exchange/v1/([a-z2-7]{32})/results/([0-9a-f]{64})")
_ECHO = "/exchange/v1/echo"
_NO_SUCH_CALL = (
    "POST to /exchange/v1/{agreement}/verify, query or batch, or to /exchange/v1/echo; GET /exchange/v1/{agreement}/results/{intent}; "
    "exports and changes have doors of their own"
)
PURGE_EVERY_S = 60


@dataclass
class _Purge:
    next_s: int = 0


_PURGE = _Purge()


def handle(arrivals: Sequence[Arrival]) -> list[Response]:
    """Answer a batch; the results are in the order of the arrivals."""
    try:
        standing = acts.standing()
    except HubError as error:
        return [_error(error.status, error.reason, str(error)) for _ in arrivals]
    now_s = int(time.time())
    mark = _mark(now_s)
    responses: list[Response | None] = [None] * len(arrivals)
    verified: list[tuple[int, ParsedRequest, Call]] = []
    collecting: list[tuple[int, ParsedRequest, Wanted]] = []
    strangers: Counter[str] = Counter()
    for position, arrival in enumerate(arrivals):
        try:
            entered = _enter(arrival, standing, now_s, mark)
        except DoorError as refused:
            told = limited(refused, arrival.address)
            strangers[told.code] += 1
            responses[position] = _error(told.status, told.code, told.detail)
            continue
        if isinstance(entered, Response):
            responses[position] = entered
        elif isinstance(entered[1], Wanted):
            collecting.append((position, entered[0], entered[1]))
        else:
            verified.append((position, entered[0], entered[1]))
    trail.count_strangers(strangers)  # the log does not grow by strangers, and their batch costs one commit
    for position, response in [*_delivered(verified, standing), *_collected(collecting)]:
        responses[position] = response
    return [response for response in responses if response is not None]


def _enter(arrival: Arrival, standing: Any, now_s: int, mark: int) -> Response | tuple[ParsedRequest, Call | Wanted]:
    """The verified call, or the answer to an echo. Raises DoorError for everything that is not signed by a known key."""
    if arrival.path == _ECHO:
        return _echo(arrival, standing, now_s, mark)
    if result := _RESULTS.fullmatch(arrival.path):
        return _wanted(arrival, result, standing, (now_s, mark))
    match = _PATH.fullmatch(arrival.path)
    if match is None:
        raise DoorError(404, "NO_SUCH_CALL", _NO_SUCH_CALL)
    if arrival.method != "POST":
        raise DoorError(405, "METHOD_NOT_ALLOWED", "signed calls are POST requests")
    parsed, caller = authenticate(arrival, standing, now_s, mark)
    return parsed, call_of(arrival, caller, match[1], Method(match[2].upper()))


def _wanted(arrival: Arrival, result: re.Match[str], standing: Any, clock: tuple[int, int]) -> tuple[ParsedRequest, Wanted]:
    if arrival.method != "GET":
        raise DoorError(405, "METHOD_NOT_ALLOWED", "a result is collected by a signed GET request")
    if arrival.body:
        raise DoorError(400, "BODY_NOT_EMPTY", "a signed GET has an empty body; sign the digest of the empty body")
    parsed, caller = authenticate(arrival, standing, *clock)
    return parsed, Wanted(caller, result[1], bytes.fromhex(result[2]))


def _delivered(verified: Sequence[tuple[int, ParsedRequest, Call]], standing: Standing) -> list[tuple[int, Response]]:
    if not verified:
        return []
    try:
        answers = deliver([call for _, _, call in verified], standing=standing)
    except HubError as error:
        return [(position, _error(error.status, error.reason, str(error))) for position, _, _ in verified]
    signer = signers.hub_signer(Use.HUB_ANSWER)
    return [
        (position, _deferred(signer, parsed, call, answer) if isinstance(answer, Deferred) else _signed(signer, parsed, answer))
        for (position, parsed, call), answer in zip(verified, answers, strict=True)
    ]


def _deferred(signer: Signer, parsed: ParsedRequest, call: Call, deferred: Deferred) -> Response:
    """202 with the receipt of the intent; of a call that was made before, whatever has become of it."""
    wanted = Wanted(call.caller, call.agreement, deferred.intent)
    if not deferred.raw:
        return collected(parsed, wanted)
    return _told(signer, parsed, Collected(202, deferred.raw, deferred.intent.hex()), wanted, deferred.headers)


def _collected(collecting: Sequence[tuple[int, ParsedRequest, Wanted]]) -> list[tuple[int, Response]]:
    """What signed GETs of results get; a replayed one is told so, like every replayed call."""
    fresh = spend_nonces([wanted for _, _, wanted in collecting])
    trail.count_strangers(Counter("REPLAYED" for is_fresh in fresh if not is_fresh))
    return [
        (position, collected(parsed, wanted) if is_fresh else _replayed(parsed))
        for (position, parsed, wanted), is_fresh in zip(collecting, fresh, strict=True)
    ]


def collected(parsed: ParsedRequest, wanted: Wanted) -> Response:
    """The result as it stands, signed with the request that it answers."""
    try:
        found = collect(wanted)
    except HubError as error:
        return _error(error.status, error.reason, str(error))
    return _told(signers.hub_signer(Use.HUB_ANSWER), parsed, found, wanted, left_of(wanted.caller, wanted.agreement))


def left_of(caller: VerifiedCaller, agreement: str) -> Headers:
    """What is left to an agreement's party, for an answer that no call of its own stands behind."""
    policy = current_policies().by_agreement.get(agreement)
    return headers_of_policy(policy if policy is not None and caller.system in policy.systems else None, trail.now_ms())


def _told(signer: Signer, parsed: ParsedRequest, found: Collected, wanted: Wanted, left: Headers) -> Response:
    response = _signed(signer, parsed, Answer(found.status, found.raw, "WAITING", None, left))
    if not found.waiting:
        return response
    place = f"/exchange/v1/{wanted.agreement}/results/{wanted.intent.hex()}".encode()
    headers = [*response.headers, (b"location", place), (b"retry-after", b"1")]
    return Response(response.status, headers, response.body, Waiting(wanted.intent.hex(), wanted, parsed))


def _replayed(parsed: ParsedRequest) -> Response:
    return _signed(signers.hub_signer(Use.HUB_ANSWER), parsed, Answer(409, dumps(replayed_problem()), "REFUSED", None))


def _signed(signer: Signer, parsed: ParsedRequest, answer: Answer) -> Response:
    """The answer, or the refusal after authentication, signed together with the request that it answers."""
    return answer_response(signer, parsed, status=answer.status, body=answer.raw, created=int(time.time()), beside=answer.headers)


def _error(status: int, code: str, detail: str) -> Response:
    """A problem before authentication; unsigned only where the hub has no key to sign with."""
    signer: Signer | None = None
    with suppress(HubError):
        signer = signers.hub_signer(Use.HUB_ANSWER)
    return problem_response(signer, status=status, code=code, detail=detail, created=int(time.time()))


def unavailable(code: str, detail: str) -> Response:
    """503 from outside the delivering thread."""
    return _error(503, code, detail)


def _echo(arrival: Arrival, standing: Any, now_s: int, mark: int) -> Response:
    """What the hub made of a request, where the caller's own reading differs, and no data."""
    parsed = parse(arrival)
    status = "VALID"
    try:
        parsed, _caller = authenticate(arrival, standing, now_s, mark)
    except DoorError as refused:
        told = limited(refused, arrival.address)
        if told.status == 429:
            raise told from None
        status = told.code
    body = echoed(parsed, arrival.body, status=status, now_s=now_s, hub=log_origin())
    return answer_response(signers.hub_signer(Use.HUB_ANSWER), parsed, status=200, body=body, created=now_s)


def _mark(now_s: int) -> int:
    """The nonces' high-water mark; once a minute, old nonces are purged and it moves."""
    if now_s >= _PURGE.next_s:
        _PURGE.next_s = now_s + PURGE_EVERY_S
        counting.purge_nonces(now_s)
    with connection.cursor() as cursor:
        return counting.nonce_mark(cursor)


error_response, signed_response, nonce_mark = _error, _signed, _mark
"""What the door of exports (delivery/exports/door.py) shares with this one."""
