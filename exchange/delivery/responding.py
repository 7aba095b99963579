"""What goes back over HTTP from a door of the data path: the hub's own and the sandbox's are signed by different keys, not otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.proof import message
from audit.proof.canonical import dumps
from audit.proof.keys import Signer
from audit.proof.message import ParsedRequest
from exchange.delivery.calls import VerifiedCaller

JSON_TYPE = "application/json"
PROBLEM_TYPE = "application/problem+json"
Headers = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Wanted:
    """Whose result, under which agreement; `intent` is the leaf of the intent's entry."""

    caller: VerifiedCaller
    agreement: str
    intent: bytes


@dataclass(frozen=True)
class Waiting:
    """A result that is not there yet, and the request whose answer it will be."""

    errand: str
    wanted: Wanted
    parsed: ParsedRequest


@dataclass(frozen=True)
class Response:
    """What goes back over HTTP; `waiting` where it may be worth while to wait a little for something better."""

    status: int
    headers: Headers
    body: bytes
    waiting: Waiting | None = None


def answer_response(
    signer: Signer, parsed: ParsedRequest, *, status: int, body: bytes, created: int, beside: Iterable[tuple[bytes, bytes]] = ()
) -> Response:
    """An answer, or a refusal after authentication, signed together with the request that it answers (RFC 9421).

    `beside`: header fields that inform only, what is left of the limits; they are not signed.
    """
    headers = message.sign_answer(
        signer,
        status=status,
        content_type=JSON_TYPE if status in (200, 202) else PROBLEM_TYPE,
        body=body,
        request=parsed,
        created=created,
    )
    return Response(status, [*_wire(headers), *beside], body)


def problem_response(signer: Signer | None, *, status: int, code: str, detail: str, created: int) -> Response:
    """A problem before authentication (RFC 9457), signed as an error and never as an answer; unsigned where nobody has a key."""
    problem: dict[str, Any] = {
        "type": f"urn:mianzheng:problem:{code.lower()}",
        "title": code.replace("_", " ").capitalize(),
        "status": status,
        "detail": detail,
        "code": code,
    }
    body = dumps(problem)
    headers = {"content-type": PROBLEM_TYPE}
    if signer is None:
        headers["content-digest"] = message.content_digest(body)
    else:
        headers |= message.sign_error(signer, status=status, body=body, created=created)
    if status in (429, 503):
        headers["retry-after"] = "60" if status == 429 else "1"
    return Response(status, _wire(headers), body)


def _wire(headers: Mapping[str, str]) -> Headers:
    pairs = [(name.encode("ascii"), value.encode("latin-1")) for name, value in headers.items()]
    return [*pairs, (b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff")]
