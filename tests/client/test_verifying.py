"""Receipts on file: checked online, then offline from what was saved; whatever was changed in the file is found."""

import copy
import json
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_client.connection import Reply
from hub_client.errors import ClientError, DataError, NetworkError, UsageError
from hub_client.filing import file_answer, read_file, write_bundle
from hub_client.session import ask, bundle_of, signed
from hub_client.verifying import Report, check_file

from audit.proof.canonical import b64url, dumps
from tests.audit.proof.charter import DATA, ROOT, key, order, signer
from tests.client.fake_hub import AGREEMENT, NOW, FakeHub, configuration, session

WIRE: dict[str, Any] = {"purpose": "old_age_allowance", "subject": "510104194001010011"}


def filed(hub: FakeHub, folder: Path) -> Path:
    talk = session(hub, folder)
    answered = ask(talk, AGREEMENT, "query", WIRE)
    return Path(file_answer(folder / "receipts", answered, talk))


def check(document: dict[str, Any], folder: Path, hub: FakeHub | None = None, **changes: Any) -> Report:
    return check_file(
        document,
        configuration(folder, **changes),
        transport=hub,
        folder=folder / "receipts",
        clock=lambda: NOW + 60,
    )


def test_a_receipt_is_filed_for_its_owner_alone_with_both_messages(tmp_path: Path) -> None:
    path = filed(FakeHub(), tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    bundle = read_file(path)
    assert {"request", "answer", "receipt"} <= bundle.keys()
    assert json.loads(bundle["request"]["body"])["subject"] == WIRE["subject"]
    assert sorted(item.name for item in path.parent.iterdir()) == sorted([path.name, "keys.json"])


def test_a_receipt_is_proved_online_and_then_offline(tmp_path: Path) -> None:
    hub = FakeHub()
    path = filed(hub, tmp_path)
    filed(hub, tmp_path)
    report = check(read_file(path), tmp_path, hub)
    assert (report.index, report.size) == (1, 6)
    assert report.answer_checked
    assert report.messages_checked
    assert report.route["outcome"] == "ANSWERED"
    write_bundle(path, report.bundle)
    elsewhere = tmp_path / "auditor"
    elsewhere.mkdir()
    again = check(read_file(path), elsewhere)
    assert again.as_json() == report.as_json()
    assert again.as_json()["state"] == "IN_LOG"


def test_a_receipt_is_checked_offline_with_the_keys_beside_it(tmp_path: Path) -> None:
    path = filed(FakeHub(), tmp_path)
    report = check(read_file(path), tmp_path)
    assert report.index is None
    assert report.as_json()["state"] == "PROMISED"
    (path.parent / "keys.json").unlink()
    with pytest.raises(DataError, match="check once online"):
        check(read_file(path), tmp_path)


def test_a_promise_that_is_over_is_said_to_be_broken(tmp_path: Path) -> None:
    hub = FakeHub(merged=False)
    document = read_file(filed(hub, tmp_path))
    assert check(document, tmp_path, hub).index is None
    with pytest.raises(DataError) as caught:
        check_file(document, configuration(tmp_path), transport=hub, clock=lambda: NOW + 3601)
    assert caught.value.code == "PROMISE_BROKEN"


def test_an_answer_and_a_bare_receipt_are_checked_too(tmp_path: Path) -> None:
    hub = FakeHub()
    bundle = read_file(filed(hub, tmp_path))
    answer = json.loads(bundle["answer"]["body"])
    report = check(answer, tmp_path, hub)
    assert report.answer_checked
    assert not report.messages_checked
    assert not check(bundle["receipt"], tmp_path, hub).answer_checked
    answer["answer"]["records"][0]["grade"] = 1
    with pytest.raises(DataError, match="another answer"):
        check(answer, tmp_path, hub)


def test_a_file_of_the_hubs_own_page_is_checked(tmp_path: Path) -> None:
    hub = FakeHub()
    bundle = check(read_file(filed(hub, tmp_path)), tmp_path, hub).bundle
    answer = json.loads(bundle["answer"]["body"])
    page = {"receipt": bundle["receipt"], "answer": answer, "checkpoint": bundle["checkpoint"], "proof": bundle["proof"]}
    report = check(page, tmp_path)
    assert report.index == 1
    assert report.answer_checked


Edit = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("code", "edit"),
    [
        ("DIGEST_MISMATCH", lambda file: file["request"].update(body=file["request"]["body"].replace("0011", "0029"))),
        ("BAD_RECEIPT", lambda file: file["answer"].update(body=file["answer"]["body"].replace("FOUND", "NO_RECORD"))),
        ("SIGNATURE_WRONG", lambda file: file["answer"].update(status=403)),
        ("SIGNATURE_WRONG", lambda file: file["request"].update(target_uri="http://127.0.0.1:8000/exchange/v1/other")),
        ("SIGNATURE_WRONG", lambda file: file["request"]["headers"].update(signature=f"hub=:{'A' * 86}==:")),
        ("BAD_RECEIPT", lambda file: file["receipt"].update(issued_ms=file["receipt"]["issued_ms"] - 1)),
        ("BAD_RECEIPT", lambda file: file["receipt"].update(entry=file["receipt"]["entry"][:-4])),
        ("BAD_RECEIPT", lambda file: file["proof"].update(index=0)),
        ("BAD_RECEIPT", lambda file: file["proof"].update(size=7)),
        ("BAD_RECEIPT", lambda file: file.update(checkpoint=file["checkpoint"].replace("\n6\n", "\n7\n"))),
        ("BAD_RECEIPT", lambda file: file.update(checkpoint=None)),
        ("BAD_KEYS", lambda file: file["keys"]["acts"].pop(0)),
        ("BAD_FILE", lambda file: file["answer"].pop("headers")),
        ("BAD_FILE", lambda file: file["request"].pop("body")),
        ("NO_RECEIPT", lambda file: file.update(receipt=None)),
        ("NO_RECEIPT", lambda file: file.update(more=1)),
    ],
)
def test_a_changed_file_is_found(tmp_path: Path, code: str, edit: Edit) -> None:
    hub = FakeHub()
    path = filed(hub, tmp_path)
    filed(hub, tmp_path)
    bundle = copy.deepcopy(check(read_file(path), tmp_path, hub).bundle)
    edit(bundle)
    with pytest.raises(ClientError) as caught:
        check(bundle, tmp_path)
    assert caught.value.code == code


def test_a_receipt_of_another_exchange_with_the_same_answer_is_found(tmp_path: Path) -> None:
    """Both messages hold, and so does the receipt with the answer; only the request is another one."""
    hub = FakeHub(lie_answer=lambda answer: {**answer, "salt": "A" * 22}, lie_body=lambda body: body)
    first, second = (read_file(filed(hub, tmp_path)) for _ in range(2))
    assert first["answer"]["body"] != second["answer"]["body"]
    answer = json.loads(first["answer"]["body"])
    assert {**answer, "receipt": None} == {**json.loads(second["answer"]["body"]), "receipt": None}
    hub.lie_body = lambda body: {**body, "receipt": first["receipt"]}
    talk = session(hub, tmp_path)
    with pytest.raises(DataError) as caught:
        ask(talk, AGREEMENT, "query", WIRE)
    assert caught.value.code == "OTHER_REQUEST"
    sent = signed(talk, f"/exchange/v1/{AGREEMENT}/query", WIRE)
    reply = hub.send("POST", f"/exchange/v1/{AGREEMENT}/query", headers=sent.headers, body=sent.body)
    mixed = bundle_of(sent, reply, json.loads(reply.body))
    with pytest.raises(DataError) as caught:
        check(mixed, tmp_path)
    assert caught.value.code == "OTHER_REQUEST"


@pytest.mark.parametrize("issued", [None, "1", -1, 2**50, True])
def test_a_receipt_without_a_time_is_named(tmp_path: Path, issued: object) -> None:
    document = read_file(filed(FakeHub(), tmp_path))
    document["receipt"]["issued_ms"] = issued
    with pytest.raises(DataError, match="when it was issued"):
        check(document, tmp_path)


def test_a_log_that_cannot_answer_is_a_matter_of_the_network(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hub = FakeHub()
    document = read_file(filed(hub, tmp_path))
    whole = FakeHub._get
    monkeypatch.setattr(FakeHub, "_get", lambda self, path: Reply(500, {}, b"") if "proof" in path else whole(self, path))
    with pytest.raises(NetworkError) as caught:
        check(document, tmp_path, hub)
    assert caught.value.code == "NO_PROOF"


def test_two_files_whose_requests_were_exchanged_are_found(tmp_path: Path) -> None:
    hub = FakeHub()
    first, second = (read_file(filed(hub, tmp_path)) for _ in range(2))
    first["request"] = second["request"]
    with pytest.raises(DataError):
        check(first, tmp_path)
    first["answer"] = second["answer"]
    with pytest.raises(DataError):
        check(first, tmp_path)


def test_a_checkpoint_by_another_key_proves_nothing(tmp_path: Path) -> None:
    hub = FakeHub(lie_log_signer=signer("hub/log-9"))
    document = read_file(filed(hub, tmp_path))
    with pytest.raises(DataError, match="not signed by this log's key"):
        check(document, tmp_path, hub)


def test_another_root_believes_nothing(tmp_path: Path) -> None:
    document = read_file(filed(FakeHub(), tmp_path))
    with pytest.raises(DataError) as caught:
        check(document, tmp_path, authority_root=b64url(DATA.public_key))
    assert caught.value.code == "BAD_KEYS"


def test_after_a_revocation_of_the_answer_key_the_log_must_hold_the_entry(tmp_path: Path) -> None:
    hub = FakeHub()
    document = read_file(filed(hub, tmp_path))
    hub.charter.add(order("revoke_key", keyid="hub/answer-1", reason={"en": "lost", "zh": "遗失"}), ("root", ROOT))
    assert check(document, tmp_path, hub).index == 1
    hub.merged = False
    with pytest.raises(DataError) as caught:
        check(document, tmp_path, hub)
    assert caught.value.code == "KEY_REVOKED"


def test_a_second_log_key_is_tried(tmp_path: Path) -> None:
    hub = FakeHub(lie_log_signer=signer("hub/log-2"))
    hub.charter.add(key(signer("hub/log-2"), "hub-log", custody="hub"), ("root", ROOT))
    assert check(read_file(filed(hub, tmp_path)), tmp_path, hub).index == 1


@pytest.mark.parametrize("raw", [b"", b"[]", b"{", b'{"a":1,"a":2}'])
def test_a_file_that_holds_no_receipt_is_said_so(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(raw)
    with pytest.raises(DataError):
        check(read_file(path), tmp_path)


def test_a_folder_that_cannot_be_written_is_named_and_left_clean(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(UsageError) as caught:
        write_bundle(tmp_path / "file" / "a.json", {"a": 1})
    assert caught.value.code == "CANNOT_FILE"
    (tmp_path / "receipts" / "a.json").mkdir(parents=True)
    with pytest.raises(UsageError):
        write_bundle(tmp_path / "receipts" / "a.json", {"a": 1})
    assert [item.name for item in (tmp_path / "receipts").iterdir()] == ["a.json"]


def test_a_bundle_is_replaced_whole(tmp_path: Path) -> None:
    path = tmp_path / "receipts" / "a.json"
    write_bundle(path, {"a": 1})
    write_bundle(path, {"a": 2})
    assert path.read_bytes() == dumps({"a": 2})
    assert len(list(path.parent.iterdir())) == 1
