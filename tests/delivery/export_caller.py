"""A department's system that exports in tests: signed requests through the door of exports, and the rows as they come out."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from audit import signers
from audit.proof import message
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Use, verify_document
from catalog import work
from catalog.models import Work
from exchange.delivery.door import Arrival
from exchange.delivery.exports import child, making
from exchange.delivery.exports.door import Streaming, handle
from exchange.delivery.handling import Response
from exchange.delivery.models import Delivery
from tests.delivery.wire_caller import COMMON, Caller, Reply, read


@dataclass
class Pulled:
    """What a GET of the rows gave: status, headers, bytes, and what ended it before its time."""

    status: int
    headers: dict[str, str] = field(default_factory=dict)
    body: bytes = b""
    stopped: BaseException | None = None


@dataclass
class Exporter(Caller):
    """Opens, prepares and collects exports."""

    def signed(self, method: str, path: str, raw: bytes = b"", **headers: str) -> Arrival:
        """One signed request; more headers are not covered by the signature."""
        signed = message.sign_request(
            self.signer,
            method=method,
            target_uri=settings.PUBLIC_URLS[0] + path,
            body=raw,
            created=int(time.time()) + self.clock_s,
            nonce=fresh_nonce(),
        )
        pairs = [(name.encode(), value.encode()) for name, value in {**signed, **headers}.items()]
        return Arrival(method, path, False, pairs, raw, "127.0.0.1")

    def open(self, agreement: str, **body: Any) -> Reply:
        """Ask for an export; a member that is None is left out."""
        wanted = {**COMMON, "salt": fresh_nonce(), "idempotency_key": fresh_nonce(), "format": "csv", **body}
        raw = json.dumps({name: value for name, value in wanted.items() if value is not None}).encode()
        return self.reply(self.signed("POST", f"/exchange/v1/{agreement}/exports", raw))

    def reply(self, arrival: Arrival) -> Reply:
        """The answer to one request, verified where it has a receipt."""
        response = handle(arrival)
        assert isinstance(response, Response)
        return read(arrival, response)

    def get(self, address: str) -> Reply:
        """The answer to a signed GET that gives no rows, its signature verified."""
        arrival = self.signed("GET", address)
        response = handle(arrival)
        assert isinstance(response, Response)
        verified(arrival, response)
        return Reply(response.status, json.loads(response.body))

    def pull(self, address: str, **headers: str) -> Pulled:
        """The rows, to their end or to where they were stopped."""
        answer = handle(self.signed("GET", address, b"", **headers))
        if isinstance(answer, Response):
            return Pulled(answer.status, body=answer.body)
        pulled = Pulled(answer.status, {name.decode(): value.decode() for name, value in answer.headers})
        for piece in pieces(answer, pulled):
            pulled.body += piece
        return pulled

    def prepared(self, agreement: str, **body: Any) -> dict[str, Any]:
        """An opened export whose rows are ready: what the answer says of it."""
        reply = self.open(agreement, **body)
        assert reply.status == 202, reply.body
        run_work()
        return dict(reply.body["export"])


def pieces(answer: Streaming, pulled: Pulled) -> Any:
    """Each piece of a stream as it is given; what stops it is kept in `pulled`."""
    try:
        while piece := answer.stream.step():
            yield piece
    except Exception as stopped:  # noqa: BLE001 - the test looks at it
        pulled.stopped = stopped
    finally:
        answer.stream.close()


def run_work() -> None:
    """Do what a worker would be woken for."""
    for row in Work.objects.filter(name="delivery.prepare_export", state="WAITING").values_list("pk", flat=True):
        work.run(row)


def verified(arrival: Arrival, response: Response) -> None:
    """Raise unless the response is signed as the answer to this request."""
    request = message.parse_request(
        method=arrival.method,
        target_uri=settings.PUBLIC_URLS[0] + arrival.path,
        headers={name.decode(): value.decode() for name, value in arrival.headers},
        body=arrival.body,
    )
    headers = {name.decode(): value.decode() for name, value in response.headers}
    message.verify_answer(status=response.status, headers=headers, body=response.body, request=request, public_key=answer_key())


def answer_key() -> bytes:
    """The hub's public key for answers."""
    return bytes(signers.hub_signer(Use.HUB_ANSWER).public_key)


def manifest_of(reply: Reply) -> dict[str, Any]:
    """The document of a manifest whose signature holds."""
    document: dict[str, Any] = reply.body["document"]
    verify_document(reply.body["signature"], kind="export-manifest", document=document, public_key=answer_key())
    return document


def the_delivery(number: str) -> Delivery:
    """The row of an export."""
    return Delivery.objects.get(number=number)


def made_here(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the child's work be done in this process: the same engine, locked down the same way, without the start of a process.

    Two tests of tests/delivery/test_exports.py let the real child do it.
    """
    monkeypatch.setattr(making, "_run", _run_here)
    monkeypatch.setattr(child, "_say", lambda message: None)
    monkeypatch.setattr(child, "_watch", lambda out, expected_bytes: None)


def _run_here(job: Mapping[str, Any], on_progress: making.Progress) -> dict[str, Any]:
    on_progress(1)
    with child._engine(dict(job)) as engine:
        if job["form"] == "count":
            return {"rows": engine.execute(f"SELECT count(*) {child._source(dict(job))}", [job["rows"], *job["values"]]).fetchone()[0]}
        rows, measured = child._written_and_measured(engine, dict(job))
    return {"rows": rows, **child._finished(Path(job["out"]), measured, job.get("seal"))}
