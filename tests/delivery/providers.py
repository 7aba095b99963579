"""A department's own service in tests, on this machine: one that behaves as docs/provider_protocol.md says, and many that do not.

It speaks plain TCP, so that it can break every rule of HTTP. Which behaviour a caller meets is chosen by the subject asked about.
"""

from __future__ import annotations

import asyncio
import contextlib
import gzip
import json
import socket
import struct
import threading
import time
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from audit.proof import message
from audit.proof.keys import Signer

JSON = "application/json"
_AS_OF = "2026-11-01T00:00:00Z"
_MEGABYTE = 1 << 20


@dataclass
class Asked:
    """One request, read and verified as a provider should."""

    parsed: message.ParsedRequest
    question: dict[str, Any]
    signer: Signer
    others: Signer
    writer: asyncio.StreamWriter

    def answer(self, **changes: Any) -> dict[str, Any]:
        """The answer that is right, but for `changes`."""
        lines = [{"subject": subject, "records": [self.record(subject["id"])]} for subject in self.question["subjects"]]
        return {"v": 1, "errand": self.question["errand"], "as_of": _AS_OF, "answers": lines, **changes}

    def with_record(self, **changes: Any) -> dict[str, Any]:
        """The right answer with something else in its one record; None takes a member away."""
        record = {**self.record(self.question["subjects"][0]["id"]), **changes}
        kept = {name: value for name, value in record.items() if value is not MISSING}
        return self.answer(answers=[{"subject": self.question["subjects"][0], "records": [kept]}])

    def record(self, identifier: str) -> dict[str, Any]:
        """What the register holds: its own columns, those asked."""
        row = {"身份证号": identifier, "残疾类别": "visual", "残疾等级": 2, "有效期至": "2031-12-31"}
        return {name: row[name] for name in self.question["items"]}

    def signed(self, body: bytes, *, content_type: str = JSON, signer: Signer | None = None) -> dict[str, str]:
        """The headers of an answer, signed as agreed."""
        return message.sign_provider_answer(
            signer or self.signer, content_type=content_type, body=body, request=self.parsed, created=int(time.time())
        )

    async def send(self, body: bytes, headers: dict[str, str], *, status: str = "200 OK", version: str = "HTTP/1.1") -> None:
        """An HTTP answer with a right Content-Length, unless `headers` says otherwise."""
        told = {"content-length": str(len(body)), "connection": "close", **headers}
        await self.raw(f"{version} {status}\r\n".encode() + _lines(told) + b"\r\n" + body)

    async def raw(self, data: bytes) -> None:
        self.writer.write(data)
        await self.writer.drain()


MISSING = object()
Behaviour = Callable[[Asked], Awaitable[None]]


def _lines(headers: dict[str, str]) -> bytes:
    return b"".join(f"{name}: {value}\r\n".encode("latin-1") for name, value in headers.items())


def _body(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False).encode()


def says(make: Callable[[Asked], Any], **how: Any) -> Behaviour:
    """Answers with this document (or these bytes), rightly signed."""

    async def behave(asked: Asked) -> None:
        made = make(asked)
        body = made if isinstance(made, bytes) else _body(made)
        await asked.send(body, asked.signed(body, **how))

    return behave


def with_headers(
    change: Callable[[Asked, bytes, dict[str, str]], dict[str, str]], *, status: str = "200 OK", version: str = "HTTP/1.1"
) -> Behaviour:
    """Answers rightly, but for its headers or status."""

    async def behave(asked: Asked) -> None:
        body = _body(asked.answer())
        await asked.send(body, change(asked, body, asked.signed(body)), status=status, version=version)

    return behave


def sends(data: bytes) -> Behaviour:
    """Sends these bytes and closes."""

    async def behave(asked: Asked) -> None:
        await asked.raw(data)

    return behave


def for_ever(first: bytes, again: bytes) -> Behaviour:
    """Goes on until the hub has had enough."""

    async def behave(asked: Asked) -> None:
        await asked.raw(first)
        while not asked.writer.is_closing():
            await asked.raw(again)
            await asyncio.sleep(0.02)

    return behave


def _flood(first: bytes, again: bytes) -> Behaviour:
    async def behave(asked: Asked) -> None:
        await asked.raw(first)
        while not asked.writer.is_closing():
            await asked.raw(again)

    return behave


async def _silent(asked: Asked) -> None:
    """Until the other side is gone."""
    while not asked.writer.is_closing():
        await asyncio.sleep(0.02)
        await asked.raw(b"")


async def _resets(asked: Asked) -> None:
    found = asked.writer.get_extra_info("socket")
    found.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    asked.writer.transport.abort()


async def _gzip_bomb(asked: Asked) -> None:
    body = gzip.compress(b" " * (16 * _MEGABYTE), 1)
    await asked.send(body, {**asked.signed(body), "content-encoding": "gzip"})


def replays() -> Behaviour:
    """Answers everybody with the first answer that it gave."""
    kept: dict[str, Any] = {}

    async def behave(asked: Asked) -> None:
        body = _body(asked.answer())
        kept.setdefault("answer", (body, asked.signed(body)))
        await asked.send(*kept["answer"])

    return behave


def _other_request(asked: Asked, body: bytes, _headers: dict[str, str]) -> dict[str, str]:
    other = message.ParsedRequest(
        **{**{name: getattr(asked.parsed, name) for name in asked.parsed.__slots__}, "target_uri": "http://elsewhere/"}
    )
    return message.sign_provider_answer(asked.signer, content_type=JSON, body=body, request=other, created=int(time.time()))


def _later(**more: float) -> str:
    return (datetime.now(UTC) + timedelta(**more)).strftime("%Y-%m-%dT%H:%M:%SZ")


def _twice(asked: Asked) -> bytes:
    return _body(asked.answer()).replace(b'"v": 1', b'"v": 1, "v": 1', 1)


def _valued(text: bytes) -> Callable[[Asked], bytes]:
    """The right answer with this in the place of the grade."""
    return lambda asked: _body(asked.with_record(残疾等级="HERE")).replace(b'"HERE"', text)


def _subject(asked: Asked, identifier: str) -> dict[str, Any]:
    return {"subject": {"kind": "person", "id": identifier}, "records": [asked.record(identifier)]}


ANOTHER = "51010119900101123X"
WELL = "ANSWERED"

# name -> (behaviour, what the caller reads)
QUICK: dict[str, tuple[Behaviour, str]] = {
    "answers well": (says(Asked.answer), WELL),
    "answers over HTTP/1.0": (with_headers(lambda _asked, _body, headers: headers, version="HTTP/1.0"), WELL),
    "closes at once": (sends(b""), "CONNECT"),
    "resets": (_resets, "CONNECT"),
    "closes within the status line": (sends(b"HTTP/1.1 2"), "CONNECT"),
    "closes within the headers": (sends(b"HTTP/1.1 200 OK\r\ncontent-type: app"), "CONNECT"),
    "closes within the body": (sends(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{"), "CONNECT"),
    "closes within a chunk": (sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{"), "CONNECT"),
    "chunks of no size": (sends(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{}\r\n0\r\n\r\n"), "CONNECT"),
    "is no HTTP": (sends(b"SSH-2.0-OpenSSH_9.6\r\n"), "CONNECT"),
    "one header of a megabyte": (sends(b"HTTP/1.1 200 OK\r\nx: " + b"x" * _MEGABYTE + b"\r\n\r\n"), "CONNECT"),
    "a hundred thousand headers": (sends(b"HTTP/1.1 200 OK\r\n" + b"x: y\r\n" * 100_000 + b"\r\n"), "CONNECT"),
    "two lengths": (sends(b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\ncontent-length: 6\r\n\r\n{}    "), "CONNECT"),
    "a length that is no number": (sends(b"HTTP/1.1 200 OK\r\ncontent-length: many\r\n\r\n{}"), "CONNECT"),
    "500": (with_headers(lambda _asked, _body, headers: headers, status="500 Oh"), "HTTP_STATUS"),
    "404": (with_headers(lambda _asked, _body, headers: headers, status="404 No"), "HTTP_STATUS"),
    "201 with a right answer": (with_headers(lambda _asked, _body, headers: headers, status="201 Made"), "HTTP_STATUS"),
    "204": (sends(b"HTTP/1.1 204 None\r\n\r\n"), "HTTP_STATUS"),
    "redirects to the metadata service": (
        sends(b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/latest/meta-data/\r\ncontent-length: 0\r\n\r\n"), "HTTP_STATUS",
    ),
    "redirects to itself": (sends(b"HTTP/1.1 307 Again\r\nlocation: /\r\ncontent-length: 0\r\n\r\n"), "HTTP_STATUS"),
    "a huge body": (
        _flood(b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 99999999999\r\n\r\n", b" " * _MEGABYTE), "TOO_LARGE",
    ),
    "chunks without end": (
        _flood(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"10000\r\n" + b" " * 65_536 + b"\r\n"), "TOO_LARGE",
    ),
    "a hundred and one records": (
        says(lambda asked: asked.answer(answers=[{**line, "records": line["records"] * 101} for line in asked.answer()["answers"]])),
        "TOO_LARGE",
    ),
    "a gzip bomb": (_gzip_bomb, "BAD_SIGNATURE"),
    "no signature": (with_headers(lambda _asked, _body, _headers: {"content-type": JSON}), "BAD_SIGNATURE"),
    "no digest": (
        with_headers(lambda _asked, _body, headers: {**headers, "content-digest": ""}), "BAD_SIGNATURE",
    ),
    "the digest of other bytes": (
        with_headers(lambda _asked, _body, headers: {**headers, "content-digest": message.content_digest(b"{}")}), "BAD_SIGNATURE",
    ),
    "a signature of nothing": (
        with_headers(lambda _asked, _body, headers: {**headers, "signature": f"hub=:{'A' * 86}==:"}), "BAD_SIGNATURE",
    ),
    "two signatures": (
        with_headers(lambda _asked, _body, headers: {**headers, "Signature": headers["signature"]}), "BAD_SIGNATURE",
    ),
    "the signature of an answer to another": (with_headers(_other_request), "BAD_SIGNATURE"),
    "the key of another department": (
        with_headers(lambda asked, body, _headers: asked.signed(body, signer=asked.others)), "BAD_SIGNATURE",
    ),
    "a body longer than it says": (
        with_headers(lambda _asked, body, headers: {**headers, "content-length": str(len(body) - 1)}), "BAD_SIGNATURE",
    ),
    "another content type": (says(Asked.answer, content_type="text/html"), "NOT_JSON"),
    "no JSON": (says(lambda _asked: b"<html></html>"), "NOT_JSON"),
    "nothing": (says(lambda _asked: b""), "NOT_JSON"),
    "a member twice": (says(_twice), "NOT_JSON"),
    "NaN": (says(_valued(b"NaN")), "NOT_JSON"),
    "a fraction": (says(_valued(b"2.0")), "NOT_JSON"),
    "a number without end": (says(_valued(b"9" * 5_000)), "NOT_JSON"),
    "NUL": (says(_valued(b'"\\u0000"')), "NOT_JSON"),
    "a lone surrogate": (says(_valued(b'"\\ud800"')), "NOT_JSON"),
    "other bytes than UTF-8": (says(_valued(b'"\xff"')), "NOT_JSON"),
    "UTF-16": (says(lambda asked: _body(asked.answer()).decode().encode("utf-16")), "NOT_JSON"),
    "a thousand brackets": (says(lambda _asked: b"[" * 1_000 + b"]" * 1_000), "NOT_JSON"),
    "a list": (says(lambda asked: [asked.answer()]), "WRONG_SHAPE"),
    "a member more": (says(lambda asked: asked.answer(note="hello")), "WRONG_SHAPE"),
    "another errand": (says(lambda asked: asked.answer(errand="0" * 32)), "WRONG_SHAPE"),
    "another version": (says(lambda asked: asked.answer(v=2)), "WRONG_SHAPE"),
    "answers that are no list": (says(lambda asked: asked.answer(answers={})), "WRONG_SHAPE"),
    "records that are no list": (
        says(lambda asked: asked.answer(answers=[{"subject": asked.question["subjects"][0], "records": {}}])), "WRONG_SHAPE",
    ),
    "an item more": (says(lambda asked: asked.with_record(诊断="secret")), "WRONG_SHAPE"),
    "an item less": (says(lambda asked: asked.with_record(残疾等级=MISSING)), "WRONG_SHAPE"),
    "an item turned round": (says(lambda asked: asked.with_record(**{"\u202e残疾等级": 1})), "WRONG_SHAPE"),
    "as_of that is no time": (says(lambda asked: asked.answer(as_of="yesterday")), "WRONG_SHAPE"),
    "as_of that is a number": (says(lambda asked: asked.answer(as_of=1_700_000_000)), "WRONG_SHAPE"),
    "as_of that is no day": (says(lambda asked: asked.answer(as_of="2026-02-30T00:00:00Z")), "WRONG_SHAPE"),
    "as_of in the future": (says(lambda asked: asked.answer(as_of=_later(days=1))), "STALE"),
    "another subject": (says(lambda asked: asked.answer(answers=[_subject(asked, ANOTHER)])), "WRONG_SUBJECT"),
    "a subject more": (
        says(lambda asked: asked.answer(answers=[*asked.answer()["answers"], _subject(asked, ANOTHER)])), "WRONG_SUBJECT",
    ),
    "no subject": (says(lambda asked: asked.answer(answers=[])), "WRONG_SUBJECT"),
    "a subject twice": (says(lambda asked: asked.answer(answers=asked.answer()["answers"] * 2)), "WRONG_SUBJECT"),
    "a record of somebody else": (says(lambda asked: asked.with_record(身份证号=ANOTHER)), "WRONG_SUBJECT"),
    "a number as text": (says(lambda asked: asked.with_record(残疾等级="2")), "WRONG_TYPE"),
    "a boolean for a number": (says(lambda asked: asked.with_record(残疾等级=True)), "WRONG_TYPE"),
    "a day that is none": (says(lambda asked: asked.with_record(有效期至="2031-02-30")), "WRONG_TYPE"),
    "a code of no list": (says(lambda asked: asked.with_record(残疾类别="other")), "WRONG_TYPE"),
    "a code turned round": (says(lambda asked: asked.with_record(残疾类别="\u202evisual")), "WRONG_TYPE"),
    "nothing where something is required": (says(lambda asked: asked.with_record(残疾等级=None)), "WRONG_TYPE"),
    "an object for a value": (says(lambda asked: asked.with_record(残疾等级={})), "WRONG_TYPE"),
}  # fmt: skip

SLOW: dict[str, tuple[Behaviour, str]] = {
    "never answers": (_silent, "TIMEOUT"),
    "a byte of its headers now and then": (for_ever(b"HTTP/1.1 200 OK\r\nx: ", b"x"), "TIMEOUT"),
    "a byte of its body now and then": (for_ever(b"HTTP/1.1 200 OK\r\ncontent-length: 4000000\r\n\r\n", b" "), "TIMEOUT"),
    "a small chunk now and then": (for_ever(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\n \r\n"), "TIMEOUT"),
    "says that it goes on": (for_ever(b"", b"HTTP/1.1 100 Continue\r\n\r\n"), "TIMEOUT"),
}


@dataclass
class Provider:
    """The running service: `behaviours` by subject; everybody else is answered well."""

    port: int
    behaviours: dict[str, Behaviour] = field(default_factory=dict)
    asked: list[dict[str, Any]] = field(default_factory=list)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/register"

    def store(self, **more: Any) -> dict[str, Any]:
        """The store as a description signs it."""
        return {"kind": "http", "url": self.url, "networks": ["127.0.0.0/8"], "ports": [self.port], **more}


@contextmanager
def running(signer: Signer, others: Signer, hub_key: Callable[[], bytes]) -> Iterator[Provider]:
    """Serve in a thread of its own until the block is left. `hub_key` gives the public key of the hub's questions."""
    loop, provider = asyncio.new_event_loop(), Provider(0)
    tasks: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        task.add_done_callback(tasks.discard)
        with contextlib.suppress(ConnectionError, asyncio.CancelledError, asyncio.IncompleteReadError):
            await _serve(provider, reader, writer, (signer, others, hub_key()))
        writer.close()

    server = loop.run_until_complete(asyncio.start_server(serve, "127.0.0.1", 0))
    provider.port = server.sockets[0].getsockname()[1]
    thread = threading.Thread(target=loop.run_forever, name="provider")
    thread.start()
    try:
        yield provider
    finally:
        asyncio.run_coroutine_threadsafe(_end(server, tasks), loop).result(60)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


async def _end(server: asyncio.Server, tasks: set[asyncio.Task[Any]]) -> None:
    server.close()
    for task in list(tasks):
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def _serve(
    provider: Provider, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, keys: tuple[Signer, Signer, bytes]
) -> None:
    signer, others, hub_key = keys
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in head[1:] if line)}
    body = await reader.readexactly(int(headers["content-length"]))
    parsed = message.parse_request(
        method="POST", target_uri=f"http://{headers['host']}/register", headers=headers, body=body, tag=message.PROVIDER_REQUEST_TAG
    )
    message.verify_request(parsed, hub_key)
    question = json.loads(body)
    provider.asked.append(question)
    behave = provider.behaviours.get(question["subjects"][0]["id"], QUICK["answers well"][0])
    await behave(Asked(parsed, question, signer, others, writer))
