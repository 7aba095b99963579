"""`hub sign`: the text is shown and hashed here, and whatever does not fit together is not signed."""

import io
from pathlib import Path
from typing import Any

import pytest
from hub_client import command, signing
from hub_client.commands import sign
from hub_client.configuration import Configuration
from hub_client.connection import Reply
from hub_client.errors import DataError, Exit, RefusedError, UsageError

from audit.proof.acts import agreement_id
from audit.proof.canonical import b64url, document_hash, dumps, loads
from audit.proof.keys import PemSigner, generate_private_key, verify_document, write_private_key
from tests.audit.proof.charter import GROUND, HUB, ROOT, agreement, founded, key, offer, order, reason
from tests.client.fake_hub import keys_document

NUMBER = "a" * 32
KEYID = "CAB/document-2"
PEM = generate_private_key()
DESCRIBED = {
    "title": {"en": "Residents", "zh": "居民"},
    "items": [{"name": "grade", "title": {"en": "Grade"}, "sensitivity": 4}],
    "facts": [{"name": "age_at_least", "title": {"en": "At least so old"}}],
}


def agree(**changes: Any) -> Any:
    own: dict[str, Any] = {"masks": {"district": {"keep_first": 2, "keep_last": 0}}, "items": ["grade", "district"]}
    return order("agree", agreement=agreement(**{**own, **changes}))


def waiting(document: Any, **changes: Any) -> dict[str, Any]:
    given = {"number": NUMBER, "step": "sign", "order": document, "hash": document_hash(document), "keyid": KEYID}
    return {**given, "role": "requester", "target": None, "described": DESCRIBED, **changes}


class Hub:
    """Serves one order and the keys, and keeps what is handed in."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.handed: list[Any] = []
        self.refusal = b""
        self.charter = founded()
        self.charter.add(key(PemSigner(KEYID, PEM), "document"), ("root", ROOT))

    def send(self, method: str, path: str, *, headers: Any, body: bytes | None) -> Reply:
        if path == "/api/v1/keys":
            return Reply(200, {}, dumps(keys_document(self.charter)))
        if method == "GET":
            return Reply(200, {}, dumps(self.document)) if path == f"/api/v1/orders/{NUMBER}" else Reply(404, {}, b'{"code":"NOT_FOUND"}')
        self.handed.append(loads(body or b""))
        return Reply(422, {}, self.refusal) if self.refusal else Reply(200, {}, b'{"step":"sign"}')


def configuration(tmp_path: Path, pem: bytes = PEM) -> Configuration:
    path = tmp_path / "document.pem"
    write_private_key(path, pem)
    return Configuration(base_url="http://127.0.0.1:9", private_key_file=str(path), authority_root=b64url(GROUND.root), log_origin=HUB)


def read(document: Any, **changes: Any) -> signing.Fetched:
    return signing.read(waiting(document, **changes), number=NUMBER, hub=HUB)


def code(document: Any, **changes: Any) -> str:
    with pytest.raises(DataError) as refused:
        read(document, **changes)
    return refused.value.code


def test_the_signature_is_over_exactly_the_order_that_was_shown(tmp_path: Path) -> None:
    hub, settings = Hub(waiting(agree())), configuration(tmp_path)
    fetched = signing.fetch(NUMBER, settings, hub)
    signer = signing.open_document_signer(fetched, settings, hub)
    assert signing.sign(fetched, signer, hub) == {"step": "sign"}
    signature = hub.handed[0]["signature"]
    assert (signature["keyid"], signature["role"]) == (KEYID, "requester")
    verify_document(signature, kind="agree", document=fetched.order, public_key=signer.public_key)


def test_the_whole_text_is_shown_before_anything_is_signed() -> None:
    lines = "\n".join(read(agree()).lines())
    for said in (
        "owner: PSB",
        "requester: CAB",
        "CAB-affairs",
        "item grade: Grade, sensitivity 4",
        "item district: NOT DESCRIBED by the hub, masked but for the first 2 and last 0 characters",
        "fact age_at_least: At least so old with n among 60, 80",
        "purposes: old_age_allowance",
        "legal basis: A law, Article 1",
        "1000 subjects a day, 60 a minute",
        "period: 2026-11-01 to 2027-06-30",
        "answers may be kept: 30 days",
        document_hash(read(agree()).order)[:7],
    ):
        assert said in lines


def test_an_offer_an_emergency_and_an_ending_are_shown_too() -> None:
    document = offer(requesters=["CAB"], purposes=["old_age_allowance"])
    shown = "\n".join(read(order("offer", offer=document), role="provider", keyid="PSB/document-2").lines())
    assert "requester: CAB" in shown
    assert "last day: 2027-12-31" in shown
    act: Any = {"text": {"en": "Emergency Response Law"}, "article": "Article 1"}
    emergency = order("emergency", offer=document, legal_act=act, reason={"en": "A flood."}, sensitive_items=["grade"])
    assert "A flood." in "\n".join(read(emergency, role="authority", keyid="DATA/document-2").lines())
    text = agreement()
    ending = order("revoke", target=agreement_id(text), reason=reason("It was abolished."))
    assert "It was abolished. (misuse)" in "\n".join(read(ending, target=text).lines())


def test_another_hash_than_the_hub_says_is_refused() -> None:
    assert code(agree(), hash="sha256:" + "0" * 64) == "HASH_DIFFERS"


def test_a_text_that_was_changed_on_its_way_is_refused() -> None:
    document = agree()
    said = document_hash(document)
    document["agreement"]["items"].append("person")
    assert code(document, hash=said) == "HASH_DIFFERS"


def test_an_order_for_another_hub_is_refused() -> None:
    assert code(agree(hub="other.example/log")) == "OTHER_HUB"
    assert code(order("agree", agreement=agreement(), hub="other.example/log")) == "OTHER_HUB"


def test_an_ending_of_another_text_than_the_one_shown_is_refused() -> None:
    ending = order("revoke", target=agreement_id(agreement()), reason=reason())
    assert code(ending, target=agreement()) == "TARGET_DIFFERS"
    assert code(ending, target=None) == "TARGET_DIFFERS"


@pytest.mark.parametrize("changes", [{"role": "provider"}, {"keyid": "HC/document-2"}])
def test_a_key_of_nobody_in_the_text_does_not_sign(changes: dict[str, Any]) -> None:
    assert code(agree(), **changes) == "OTHER_PARTY"


def test_what_is_no_order_of_a_department_is_not_signed() -> None:
    assert code({"type": "nonsense"}) == "BAD_ORDER"
    assert code(order("restrict", dataset="R01", item="grade", reason="x")) == "BAD_ORDER"
    assert code(agree(), role="root") == "BAD_ORDER"


def test_the_hash_from_the_page_is_compared() -> None:
    fetched = read(agree())
    text = fetched.order["agreement"]
    for named in (fetched.hash, document_hash(text), agreement_id(text)):
        signing.require_expected(fetched, named)
    with pytest.raises(DataError):
        signing.require_expected(fetched, "sha256:" + "0" * 64)


def test_the_file_of_another_key_is_noticed_before_the_hub_is_told(tmp_path: Path) -> None:
    hub, settings = Hub(waiting(agree())), configuration(tmp_path, generate_private_key())
    with pytest.raises(UsageError) as refused:
        signing.open_document_signer(signing.fetch(NUMBER, settings, hub), settings, hub)
    assert refused.value.code == "OTHER_KEY"


def test_a_key_that_the_root_never_certified_does_not_sign(tmp_path: Path) -> None:
    hub, settings = Hub(waiting(agree(), keyid="CAB/document-9")), configuration(tmp_path)
    with pytest.raises(DataError) as refused:
        signing.open_document_signer(signing.fetch(NUMBER, settings, hub), settings, hub)
    assert refused.value.code == "KEY_UNKNOWN"


def test_a_number_that_nobody_knows_is_the_hubs_refusal(tmp_path: Path) -> None:
    hub, settings = Hub(waiting(agree())), configuration(tmp_path)
    with pytest.raises(RefusedError):
        signing.fetch("b" * 32, settings, hub)
    with pytest.raises(UsageError):
        signing.fetch("../keys", settings, hub)


@pytest.mark.parametrize(
    ("typed", "options", "exit_", "handed"),
    [("yes\n", [], Exit.OK, 1), ("no\n", [], Exit.USAGE, 0), ("", [], Exit.USAGE, 0), ("", ["--yes"], Exit.OK, 1)],
)
def test_the_command_signs_only_after_a_yes(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    typed: str,
    options: list[str],
    exit_: Exit,
    handed: int,
) -> None:
    hub, settings = Hub(waiting(agree())), configuration(tmp_path)
    monkeypatch.setattr(sign, "Connection", lambda _address: hub)
    monkeypatch.setattr("sys.stdin", io.StringIO(typed))
    given = ["--base-url", settings.base_url, "--private-key-file", settings.private_key_file]
    given += ["--authority-root", settings.authority_root, "--log-origin", HUB]
    assert command.main(["sign", NUMBER, *given, *options]) == exit_
    assert len(hub.handed) == handed
    assert "owner: PSB" in capsys.readouterr().out
