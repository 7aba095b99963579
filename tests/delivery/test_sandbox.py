"""The sandbox: an unchanged client is served from invented records, and nothing of it can be taken for the hub's own."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hub_client import session as sessions
from hub_client import trust
from hub_client.configuration import Configuration
from hub_client.connection import Reply
from hub_client.errors import ClientError, DataError

from audit.models import Entry, Pending
from audit.proof.canonical import b64url, unb64url
from audit.proof.keys import PemSigner, generate_private_key, public_key_of
from catalog.identifiers import IdentifierError, kinds_from
from exchange.accounts.errors import TooManyTries
from exchange.delivery.calls import Call, VerifiedCaller
from exchange.delivery.deciding import begin, compiled_facts
from exchange.delivery.door import STRANGERS_A_MINUTE, Strangers
from exchange.delivery.echoing import LONGEST, first_difference
from exchange.delivery.models import SandboxKey
from exchange.delivery.reading import answer_from
from exchange.delivery.sandbox import answering, keys
from exchange.delivery.sandbox.answering import twin
from exchange.delivery.sandbox.identity import identity
from exchange.delivery.sandbox.twins import agreement_of, twin_of
from exchange.delivery.subjects import kinds
from exchange.jurisdictions.reading import load_registers
from exchange.sharing.policy import Method, Policies
from tests.delivery.wire_caller import Caller
from tests.world import World
from tests.world_data import SUBJECTS

BASE = "https://hub.test.example"


class Wire:
    """Carries the client's requests to the hub's own views."""

    def __init__(self, prefix: str = "/sandbox") -> None:
        self.prefix = prefix
        self.client = Client()

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """As hub_client.connection.Transport."""
        extra: dict[str, Any] = {
            f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if name != "content-type"
        }
        answer = self.client.generic(method, self.prefix + path, body or b"", content_type="application/json", **extra)
        return Reply(answer.status_code, {name.lower(): value for name, value in answer.items()}, answer.content)


@pytest.fixture
def stranger(world: World, settings: Any, tmp_path: Path) -> sessions.Session:
    """Somebody with a key of their own and nothing else."""
    settings.PUBLIC_URLS = [BASE]
    pem = generate_private_key()
    key = keys.register(b64url(public_key_of(pem)), address="203.0.113.7")
    here = identity()
    configuration = Configuration(
        base_url=f"{BASE}/sandbox",
        keyid=key.keyid,
        private_key_file=str(tmp_path / "request-1.pem"),
        authority_root=here.root,
        log_origin=here.origin,
    )
    return sessions.Session(configuration, PemSigner(key.keyid, pem), Wire())


def code_of(world: World) -> str:
    """The dataset of the world's agreement."""
    return str(world.agreement.document["dataset"])


COMMON = {"purpose": "SANDBOX", "case": "try-1", "officer": "automatic"}


def test_a_stranger_asks_an_invented_person_and_the_unchanged_client_verifies_everything(world: World, stranger: sessions.Session) -> None:
    subject = twin(code_of(world), stranger.configuration.keyid.partition("/")[0]).subjects[0]  # type: ignore[union-attr]
    answered = sessions.ask(stranger, agreement_of(code_of(world)), "query", {**COMMON, "subject": subject})
    assert answered.status == 200
    assert answered.body["answer"]["state"] == "FOUND"
    assert answered.receipt is not None
    declared = {item["name"]: item for item in twin(code_of(world), "x").policy.document["items"]}  # type: ignore[union-attr]
    (record,) = answered.body["answer"]["records"]
    assert record.keys() == {name for name, item in declared.items() if item["sharing_attribute"] != "NOT_SHARED"}


def test_every_fact_of_the_description_can_be_asked(world: World, stranger: sessions.Session) -> None:
    found = twin(code_of(world), stranger.configuration.keyid.partition("/")[0])
    assert found is not None
    facts = [{"fact": name, "with": {}} for name, grants in found.policy.facts.items() if not grants[0]]
    assert facts
    seen = set()
    for subject in found.subjects:
        answered = sessions.ask(stranger, found.agreement, "verify", {**COMMON, "subject": subject, "facts": facts})
        seen |= {answer["answer"] for answer in answered.body["answers"]}
    assert "YES" in seen
    assert seen <= {"YES", "NO", "UNKNOWN"}


def test_it_refuses_as_the_hub_would(world: World, stranger: sessions.Session) -> None:
    agreement = agreement_of(code_of(world))
    subject = twin(code_of(world), "x").subjects[0]  # type: ignore[union-attr]
    wrong = sessions.ask(stranger, agreement, "query", {**COMMON, "purpose": "NOSINESS", "subject": subject})
    assert (wrong.status, wrong.body["code"]) == (403, "PURPOSE_NOT_AGREED")
    malformed = sessions.ask(stranger, agreement, "query", {**COMMON, "subject": subject, "hint": "x"})
    assert (malformed.status, malformed.body["code"]) == (400, "MALFORMED")
    unknown = sessions.ask(stranger, "a" * 32, "query", {**COMMON, "subject": subject})
    assert (unknown.status, unknown.body["code"]) == (404, "NO_AGREEMENT")


def test_it_writes_no_entry_and_makes_no_persons_key(world: World, stranger: sessions.Session) -> None:
    from audit.models import SubjectKey

    before = Entry.objects.count(), Pending.objects.count(), SubjectKey.objects.count()
    subject = twin(code_of(world), "x").subjects[0]  # type: ignore[union-attr]
    sessions.ask(stranger, agreement_of(code_of(world)), "query", {**COMMON, "subject": subject})
    assert (Entry.objects.count(), Pending.objects.count(), SubjectKey.objects.count()) == before


def test_nothing_of_a_register_is_in_it(world: World) -> None:
    found = twin(code_of(world), "x")
    assert found is not None
    told = json.dumps([dict(record) for record in found.records], ensure_ascii=False)
    assert not [subject for subject in SUBJECTS if subject in told]


def test_a_client_that_trusts_the_hub_believes_no_answer_of_the_sandbox(world: World, stranger: sessions.Session) -> None:
    from audit.ground import authority_root, log_origin

    hub = replace(stranger.configuration, authority_root=b64url(authority_root()), log_origin=log_origin())
    with pytest.raises(DataError):
        trust.fetch(stranger.transport, hub)
    fooled = sessions.Session(hub, stranger.signer, stranger.transport)
    fooled._trust = trust.fetch(Wire(prefix=""), hub)
    fooled._trusted_at = fooled.clock()
    subject = twin(code_of(world), "x").subjects[0]  # type: ignore[union-attr]
    with pytest.raises(DataError):
        sessions.ask(fooled, agreement_of(code_of(world)), "query", {**COMMON, "subject": subject})


def test_a_key_of_the_sandbox_opens_nothing_else(world: World, stranger: sessions.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Caller, "signer", stranger.signer)
    assert Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0]).code == "KEY_UNKNOWN"


def test_a_forged_an_unknown_and_an_old_key_are_strangers(world: World, stranger: sessions.Session) -> None:
    subject = twin(code_of(world), "x").subjects[0]  # type: ignore[union-attr]
    forged = sessions.Session(stranger.configuration, PemSigner(stranger.configuration.keyid, generate_private_key()), stranger.transport)
    with pytest.raises(ClientError, match="signature does not verify"):
        sessions.ask(forged, agreement_of(code_of(world)), "query", {**COMMON, "subject": subject})
    SandboxKey.objects.update(expires_at=timezone.now())
    with pytest.raises(ClientError, match="no certificate of that keyid"):
        sessions.ask(stranger, agreement_of(code_of(world)), "query", {**COMMON, "subject": subject})


def test_the_echo_names_the_first_line_that_differs(world: World, stranger: sessions.Session) -> None:
    sent = sessions.signed(stranger, "/exchange/v1/echo", {})
    right = json.loads(stranger.transport.send("POST", "/exchange/v1/echo", headers=sent.headers, body=sent.body).body)
    assert right["key"]["status"] == "VALID"
    assert right["hub"] == identity().origin
    base = right["signature_base"].split("\n")
    again = sessions.signed(stranger, "/exchange/v1/echo", {"signature_base": "\n".join([base[0], base[1] + "/", *base[2:]])})
    told = json.loads(stranger.transport.send("POST", "/exchange/v1/echo", headers=again.headers, body=again.body).body)
    assert told["first_difference"] == {"line": 2, "yours": base[1] + "/", "hub": base[1]}


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("a\nb", None),
        ("a\nc", {"line": 2, "yours": "c", "hub": "b"}),
        ("a", {"line": 2, "yours": None, "hub": "b"}),
        ("a\nb\n", {"line": 3, "yours": "", "hub": None}),
        (7, {"line": 1, "yours": None, "hub": "a"}),
        ("x" * (LONGEST + 1), {"line": 1, "yours": None, "hub": "a"}),
    ],
)
def test_first_difference(sent: object, expected: object) -> None:
    assert first_difference(sent, "a\nb") == expected


@pytest.mark.parametrize("text", ["", "no key", "A" * 43, "=" * 43, "x" * 500])
def test_what_is_no_public_key_is_refused_with_what_to_paste(db: None, text: str) -> None:
    with pytest.raises(keys.BadPublicKey, match="43"):
        keys.register(text, address="203.0.113.8")


@pytest.mark.usefixtures("early_in_an_hour")
def test_one_address_does_not_keep_the_sandbox_busy(world: World, stranger: sessions.Session, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "_CALLS", Strangers())
    subject = twin(code_of(world), "x").subjects[0]  # type: ignore[union-attr]
    for _ in range(STRANGERS_A_MINUTE):
        answering._CALLS.note("127.0.0.1")
    with pytest.raises(ClientError, match="120 calls a minute"):
        sessions.ask(stranger, agreement_of(code_of(world)), "query", {**COMMON, "subject": subject})


@pytest.mark.usefixtures("early_in_an_hour")
def test_keys_without_end_are_slowed_down(db: None) -> None:
    for _ in range(keys.KEYS_AN_HOUR):
        keys.register(b64url(public_key_of(generate_private_key())), address="203.0.113.9")
    with pytest.raises(TooManyTries):
        keys.register(b64url(public_key_of(generate_private_key())), address="203.0.113.9")


def test_the_same_key_keeps_its_system(db: None) -> None:
    public = b64url(public_key_of(generate_private_key()))
    first, second = keys.register(public, address="203.0.113.9"), keys.register(f" public key: {public} ", address="203.0.113.9")
    assert first.system == second.system
    assert bytes(second.public_key) == unb64url(public)


def test_a_restricted_item_is_gone_from_the_twin(world: World) -> None:
    found = twin(code_of(world), "x")
    assert found is not None
    item = found.policy.items[-1]
    from audit import acts
    from exchange.delivery.sandbox.answering import _twin

    standing = acts.standing()
    narrowed = _twin(standing.versions[code_of(world)].hash, "x", frozenset({(code_of(world), item)}))
    assert item not in narrowed.policy.items
    assert Method.QUERY in narrowed.policy.methods


SHARED = sorted(code for code, register in load_registers().items() if register["sharing_attribute"] != "NOT_SHARED")


@pytest.mark.parametrize("code", SHARED)
def test_the_question_shown_for_a_register_is_answered(db: None, code: str) -> None:
    version = SimpleNamespace(version=load_registers()[code], hash=f"sha256:{code}")
    found = twin_of(version, system="try-1", restricted=frozenset(), kinds=kinds())
    fact, subject = found.example, found.subjects[0]
    body = {**COMMON, "salt": "s" * 22, "subject": subject, **({"facts": [fact]} if fact else {})}
    caller = VerifiedCaller("try-1", "SANDBOX", "try-1/request-1", "", "", "", 0)
    work = begin(
        Call(caller, found.agreement, Method.VERIFY if fact else Method.QUERY, body), Policies((0, ""), {found.agreement: found.policy}), 1
    )
    assert work.refusal is None
    answer_from(work, found.found(compiled_facts(found.policy)), date(2026, 11, 20))
    if fact:
        assert work.answer["answers"][0]["answer"] in {"YES", "NO", "UNKNOWN"}
    else:
        assert work.answer["answer"]["state"] == "FOUND"


@pytest.mark.parametrize("folder", ["exchange/jurisdictions/cn", "tests/second_jurisdiction"])
def test_every_kind_of_identifier_can_be_invented_and_is_well_formed(folder: str) -> None:
    known = kinds_from(Path(folder) / "identifier_kinds.yaml")
    for entry in known.data:
        kind = known[entry["kind"]]
        made = [kind.invent(number) for number in range(1, 41)]
        assert len(set(made)) == 40
        assert all(kind.is_well_formed(text) for text in made)


def test_a_kind_without_a_template_is_not_guessed() -> None:
    known = kinds_from(Path("exchange/jurisdictions/cn/identifier_kinds.yaml"))
    with pytest.raises(IdentifierError):
        replace(known["person"], invented="").invent(1)
