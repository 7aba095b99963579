"""Server-sent events (WHATWG HTML, 9.2) about one case while its offices are asked: states only, for at most a minute.

The loop sleeps on the event loop and reads in a thread, once a second: listeners cost the pages nothing.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import orjson
from asgiref.sync import sync_to_async
from django.db import connections
from django.http import StreamingHttpResponse
from django.utils.translation import gettext as _
from rest_framework.renderers import BaseRenderer

from audit.errors import Unavailable
from audit.proof.canonical import sha256_text
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case, Evidence

EVERY_S = 1.0
LONGEST_S = 60.0
BEAT_S = 15.0
MOST_LISTENERS = 128
"""In one process: whoever comes after them polls."""

MOST_OF_ONE = 8
"""Of one person, so that nobody takes the places of all."""

_LISTENING: dict[object, bytes] = {}


class EventStream(BaseRenderer):
    """Lets a client ask for `text/event-stream`; the view streams by itself."""

    media_type = "text/event-stream"
    format = "events"
    charset = None

    def render(self, data: Any, accepted_media_type: Any = None, renderer_context: Any = None) -> bytes:
        """Never reached by a stream; what is rendered here is a single event."""
        return _event("problem", data, "")


def events_of(case: Case, *, last_seen: str) -> StreamingHttpResponse:
    """The answer that tells of one case until nothing is waited for. Raises Unavailable where too many listen already."""
    own = list(_LISTENING.values()).count(bytes(case.subject_blind))
    if len(_LISTENING) >= MOST_LISTENERS or own >= MOST_OF_ONE:
        raise Unavailable(_("Too many programs are listening. Read the evidence every few seconds instead."))
    answer = StreamingHttpResponse(_listen(case, last_seen), content_type="text/event-stream; charset=utf-8")
    answer["Cache-Control"] = "private, no-store"
    answer["X-Accel-Buffering"] = "no"  # a proxy that collects answers would hold the events back
    return answer


async def _listen(case: Case, seen: str) -> AsyncIterator[bytes]:
    place = object()
    _LISTENING[place] = bytes(case.subject_blind)
    read = sync_to_async(_states, thread_sensitive=True)
    until = beat = time.monotonic()
    until += LONGEST_S
    try:
        yield b"retry: 2000\n\n"
        while time.monotonic() < until:
            told, name = await read(case)
            if name != seen:
                seen, beat = name, time.monotonic()
                yield _event("evidence", told, name)
            if told["state"] != CaseState.GATHERING:
                yield _event("end", {"state": told["state"]}, name)
                return
            if time.monotonic() - beat >= BEAT_S:
                beat = time.monotonic()
                yield b": still here\n\n"
            await asyncio.sleep(EVERY_S)
        yield _event("later", {"state": CaseState.GATHERING}, seen)
    finally:
        _LISTENING.pop(place, None)


def _states(case: Case) -> tuple[dict[str, Any], str]:
    """The states of a case and its pieces, in one query, and a name for them."""
    try:
        rows = list(_rows(case))
    finally:
        _release()
    state = rows[0][2] if rows else case.state
    told = {"state": state, "evidence": [{"requirement": requirement, "state": piece} for requirement, piece, _state in rows]}
    return told, sha256_text(orjson.dumps(told)).removeprefix("sha256:")[:32]


def _release() -> None:
    """Between two looks nobody holds a connection: a pool has fewer of them than there may be listeners."""
    for connection in connections.all(initialized_only=True):
        if not connection.in_atomic_block:
            connection.close_if_unusable_or_obsolete()


def _rows(case: Case) -> Iterator[tuple[str, str, str]]:
    rows = Evidence.objects.filter(evidence_set__cases=case.pk).order_by("pk")
    yield from rows.values_list("requirement", "state", "evidence_set__cases__state")


def _event(name: str, told: Any, number: str) -> bytes:
    """One event. JSON has no line break of its own, so one `data` line is enough."""
    head = f"id: {number}\n" if number else ""
    return f"event: {name}\n{head}data: ".encode() + orjson.dumps(told) + b"\n\n"
