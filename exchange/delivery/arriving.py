"""From an ASGI scope to an `Arrival`: what was sent, as it was sent, before anything is believed about it."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from exchange.delivery.door import BODY_LIMIT, Arrival

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


async def arrival_of(scope: Scope, receive: Receive) -> Arrival:
    """Read the request to its end."""
    return Arrival(
        method=scope["method"],
        path=raw_path(scope),
        has_query=bool(scope.get("query_string")),
        headers=scope["headers"],
        body=await _body(receive),
        address=(scope.get("client") or ("", 0))[0],
    )


async def _body(receive: Receive) -> bytes:
    """The whole body, up to one byte past the limit: the door then says that it is too large."""
    parts: list[bytes] = []
    size = 0
    while True:
        event = await receive()
        if event["type"] == "http.disconnect":
            break
        part = event.get("body", b"")
        if size <= BODY_LIMIT:
            parts.append(part)
            size += len(part)
        if not event.get("more_body", False):
            break
    return b"".join(parts)


def raw_path(scope: Scope) -> str:
    """The path as it was sent: it is what was signed."""
    raw = scope.get("raw_path")
    return str(raw.decode("latin-1") if raw else scope["path"])
