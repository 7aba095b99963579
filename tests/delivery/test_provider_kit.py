"""The department's kit and the hub, over a real connection: each verified by the other's code and by an outside library."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from django.utils import timezone
from http_message_signatures import HTTPMessageVerifier, MappingKeyResolver, algorithms
from hub_client import results
from hub_client.asking import Trying, call
from hub_client.configuration import Configuration
from hub_client.connection import Reply
from hub_client.errors import RefusedError
from hub_client.providing import Endpoint, FileTable, HubKeys
from hub_client.providing.description import described
from hub_client.providing.serving import ProviderServer
from hub_client.session import Session

from audit import acts, ceremony, signers
from audit.ground import authority_root, log_origin
from audit.keys_document import keys_document
from audit.proof.canonical import b64url, dumps
from audit.proof.keys import Use
from catalog import actions as catalog_actions
from exchange.delivery.door import Arrival
from exchange.delivery.errands import asking
from exchange.delivery.handling import handle
from exchange.sharing.models import Agreement
from tests.delivery.errands_world import agreed_about, publish_remote
from tests.journeys.test_outside_library import ANSWER_COVERS, Request, Response
from tests.world import World
from tests.world_data import SUBJECTS

ITEMS = ["person", "type", "grade", "valid_until"]
CSV = f"身份证号,残疾类别,残疾等级,有效期至,诊断\n{SUBJECTS[0].lower()},visual,2,2031-12-31,x\n{SUBJECTS[2]},visual,3,2031-12-31,x\n"
COMMON = {"purpose": "disability_allowance", "case": "C-1", "officer": "automatic"}


class Wire:
    """The transport: straight into the hub's own door."""

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        if path == "/api/v1/keys":
            return Reply(200, {}, dumps(keys_document()))
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        (answer,) = handle([Arrival(method, path, False, pairs, body or b"", "127.0.0.1")])
        return Reply(answer.status, {name.decode(): value.decode() for name, value in answer.headers}, answer.body)


@dataclass
class Listening(Endpoint):
    """The kit's endpoint, which keeps each question and answer as they crossed the wire."""

    crossed: list[tuple[dict[str, str], bytes, Any]] = field(default_factory=list)

    def handle(self, headers: Any, body: bytes) -> Any:
        pairs = list(headers)
        handed = super().handle(pairs, body)
        self.crossed.append(({name.decode().lower(): value.decode() for name, value in pairs}, body, handed))
        return handed


@dataclass
class Running:
    """The served kit, the agreement about its register, and a session of the system that asks."""

    endpoint: Listening
    agreement: Agreement
    session: Session

    def asked(self, place: int = 0, **more: Any) -> Any:
        """`hub query`, with the hub asking in between; every signature and receipt is verified by the client."""
        wire = {**COMMON, "subject": SUBJECTS[place], **more}
        trying = Trying(0, wait_s=60, sleep=lambda _s: None)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(results, "collect", _collected_after_rounds)
            return call(self.session, self.agreement.agreement_id, "query", wire, trying=trying)[0]


_COLLECT = results.collect


def _collected_after_rounds(*args: Any, **more: Any) -> Any:
    rounds()
    return _COLLECT(*args, **more)


def rounds() -> None:
    now = timezone.now()
    for seconds in (0, 30, 60):
        asking.ask_due(now + timedelta(seconds=seconds))


@contextmanager
def served(endpoint: Endpoint) -> Iterator[ProviderServer]:
    server = ProviderServer(endpoint, ("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@pytest.fixture
def running(world: World, settings: Any, tmp_path: Path) -> Iterator[Running]:
    """A file of the department behind the kit's server, its description signed, its key certified, an agreement about it."""
    settings.EGRESS_ALLOW_LOOPBACK = True
    signer = ceremony.make_key("DPF/answer-1")
    catalog_actions.certify_answer_key(world.owner, name="answer-1", public_key=signer.public_key, acting_user=world.person("owner_admin"))
    configuration = Configuration(
        base_url=settings.PUBLIC_URLS[0],
        keyid="CAB-relief/system-1",
        authority_root=b64url(authority_root()),
        log_origin=log_origin(),
        folder=tmp_path,
    )
    keys = HubKeys(configuration, Wire())
    endpoint = Listening("", signer, keys)
    keys.known()  # now: the server's own thread does not see this test's database
    with served(endpoint) as server:
        port = server.server_address[1]
        endpoint.url, server.path = f"http://127.0.0.1:{port}/register", "/register"
        store = {"kind": "http", "url": endpoint.url, "networks": ["127.0.0.0/8"], "ports": [port], "timeout_ms": 120_000}
        dataset = publish_remote(world, store, code="R16", answer_key="DPF/answer-1")
        (tmp_path / "rows.csv").write_text(CSV)
        description = described(acts.standing().versions["R16"].version)
        endpoint.answer_all(description, FileTable(tmp_path / "rows.csv", description))
        session = Session(configuration, signers.system_signer("CAB-relief/system-1"), Wire())
        yield Running(endpoint, agreed_about(world, dataset, items=ITEMS), session)


def test_a_file_behind_the_kit_is_asked_by_the_hub_and_its_answer_comes_back_to_hub_query(running: Running) -> None:
    answered = running.asked()
    assert answered.body["answer"]["records"] == [{"person": SUBJECTS[0], "type": "visual", "grade": 2, "valid_until": "2031-12-31"}]
    assert answered.receipt.route["outcome"] == "ANSWERED"
    assert running.asked(1).body["answer"]["state"] == "NO_RECORD"
    assert [handed.status for _, _, handed in running.endpoint.crossed] == [200, 200]


def test_an_outside_library_verifies_the_hubs_question_and_the_kits_answer(running: Running) -> None:
    running.asked()
    headers, body, handed = running.endpoint.crossed[0]
    question = Request("POST", running.endpoint.url, headers, body)
    (found,) = verifier(signers.hub_signer(Use.HUB_ANSWER)).verify(question, expect_tag="mianzheng-provider-request-v1", body=body)
    assert {'"@method"', '"@target-uri"', '"content-digest"'} < found.covered_components.keys()
    answer = Response(200, dict(handed.headers), question, handed.body)
    (found,) = verifier(running.endpoint.signer).verify(
        answer, expect_tag="mianzheng-provider-answer-v1", require_components=ANSWER_COVERS, body=handed.body
    )
    assert found.body == handed.body


def verifier(signer: Any) -> HTTPMessageVerifier:
    key = Ed25519PublicKey.from_public_bytes(signer.public_key)
    keys = MappingKeyResolver(public_keys={signer.keyid: key}, private_keys={})
    return HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=keys)


def test_a_function_that_fails_is_a_provider_that_is_down_and_says_nothing_of_why(running: Running) -> None:
    def fails(_asked: Any) -> Any:
        raise RuntimeError(f"secret about {SUBJECTS[0]}")

    description = described(acts.standing().versions["R16"].version)
    running.endpoint.answer_all(description, fails)
    with pytest.raises(RefusedError) as refused:
        running.asked()
    assert (refused.value.code, refused.value.problem["reason"]) == ("PROVIDER_DOWN", "HTTP_STATUS")
    (_, _, handed) = running.endpoint.crossed[0]
    assert handed.body == b'{"code":"FUNCTION_FAILED","status":500}'


def test_the_same_idempotency_key_gives_the_same_result_and_asks_the_department_once(running: Running) -> None:
    key = "a-key-of-16-chars-or-more"
    assert running.asked(idempotency_key=key).body["answer"]["state"] == "FOUND"
    with pytest.raises(RefusedError) as refused:
        running.asked(idempotency_key=key)
    assert refused.value.code == "RESULT_GONE"
    assert len(running.endpoint.crossed) == 1


def test_a_question_that_was_here_before_is_answered_to_nobody(running: Running) -> None:
    running.asked()
    headers, body, _ = running.endpoint.crossed[0]
    again = running.endpoint.handle([(name.encode(), value.encode()) for name, value in headers.items()], body)
    assert (again.status, again.body) == (409, b'{"code":"REPLAYED","status":409}')
