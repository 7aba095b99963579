"""The address of changes, `POST /exchange/v1/{agreement}/changes`: signed like every call, answered in threads of its own.

Finding a difference may take seconds; it stands in nobody's way here.
"""

from __future__ import annotations

import asyncio
import logging
import re
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

from django.db import connections

from audit import acts, signers, trail
from audit.errors import HubError
from audit.proof.keys import Use
from exchange.delivery.arriving import Receive, Scope, Send, arrival_of
from exchange.delivery.changes.answering import give_page
from exchange.delivery.door import Arrival, DoorError, authenticate, call_of, limited
from exchange.delivery.handling import error_response, nonce_mark, signed_response, unavailable
from exchange.delivery.responding import Response
from exchange.sharing.policy import Method

logger = logging.getLogger(__name__)
_PATH = re.compile(r"/exchange/v1/([a-z2-7]{32})/changes")
_OURS = re.compile(r"/exchange/v1/[^/]*/changes(?:/|$)")
THREADS = ThreadPoolExecutor(max_workers=4, thread_name_prefix="changes")


def is_changes(path: str) -> bool:
    """Whether an address belongs to this door."""
    return bool(_OURS.match(path))


def handle(arrival: Arrival) -> Response:
    """Answer one request."""
    try:
        return _answered(arrival)
    except DoorError as refused:
        told = limited(refused, arrival.address)
        trail.count_strangers(Counter([told.code]))
        return error_response(told.status, told.code, told.detail)
    except HubError as error:
        return error_response(error.status, error.reason, str(error))


def _answered(arrival: Arrival) -> Response:
    match = _PATH.fullmatch(arrival.path)
    if match is None:
        raise DoorError(404, "NO_SUCH_CALL", "POST to /exchange/v1/{agreement}/changes")
    if arrival.method != "POST":
        raise DoorError(405, "METHOD_NOT_ALLOWED", "signed calls are POST requests")
    now_s = int(time.time())
    parsed, caller = authenticate(arrival, acts.standing(), now_s, nonce_mark(now_s))
    answer = give_page(call_of(arrival, caller, match[1], Method.CHANGES))
    if answer.leaf is None and answer.status == 409:
        trail.count_strangers(Counter(["REPLAYED"]))
    return signed_response(signers.hub_signer(Use.HUB_ANSWER), parsed, answer)


async def serve(scope: Scope, receive: Receive, send: Send) -> None:
    """One request for a page, over ASGI."""
    arrival = await arrival_of(scope, receive)
    answer = await asyncio.get_running_loop().run_in_executor(THREADS, _guarded, arrival)
    await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
    await send({"type": "http.response.body", "body": answer.body})


def _guarded(arrival: Arrival) -> Response:
    try:
        return handle(arrival)
    except Exception as error:  # noqa: BLE001 - whatever it is, the caller gets an answer
        logger.error("a request for changes failed: %s", type(error).__name__)
        for each in connections.all(initialized_only=True):
            each.close()
        return unavailable("UNAVAILABLE", "the hub could not answer; nothing was given")
