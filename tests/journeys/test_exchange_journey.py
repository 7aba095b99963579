"""The main job from end to end, over HTTP against a running hub: publish, ask, agree, exchange, prove, revoke, be refused."""

from __future__ import annotations

import csv
import io
import json
import shutil
from base64 import b64decode
from pathlib import Path
from typing import Any

import httpx
import pytest

from audit.proof.acts import Ground, StoredAct, read_certificates
from audit.proof.canonical import unb64url
from audit.proof.keys import Use
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.note import verify_checkpoint
from tests.journeys.calling import Department, Ended, person, post_json, told, wait_for
from tests.journeys.hub_process import RunningHub, free_port
from tests.world_data import CONDITIONAL, SUBJECTS, WORDS

NEW = {**CONDITIONAL, "code": "J14", "name": "journey_certificate"}
SUBJECT, OTHER = SUBJECTS[0], SUBJECTS[1]
CASE = ("--case", "2026-118", "--officer", "automatic")


def test_from_publication_to_a_refusal_that_proves_itself(hub: RunningHub, department: Department) -> None:
    publish(hub)
    agreement = agree(hub)
    department.configure("CAB-relief")
    asked = ("--agreement", agreement, "--subject", SUBJECT, "--purpose", "disability_allowance", *CASE, "--json")

    found = department.hub("query", *asked)
    assert found.code == 0, found.err
    assert found.document["answer"]["records"] == [{"grade": 2}]
    told_yes = department.hub("verify-fact", *asked, "--fact", "valid", "--fact", "grade_in:grades=1|2")
    assert [answer["answer"] for answer in told_yes.document["answers"]] == ["YES", "YES"]
    relayed = ask_by_relay(department, agreement)

    for ended in (found.document, told_yes.document, relayed):
        prove_offline(department, Path(ended["receipt_file"]))
    refuse_what_was_tampered_with(department, Path(found.document["receipt_file"]))
    auditor_finds(hub, agreement, leaf_of(Path(found.document["receipt_file"])), outcome="ANSWERED", method="QUERY")

    revoke(hub, agreement)
    refused = department.hub("query", *asked)
    assert refused.code == 3
    error = refused.document["error"]
    assert (error["code"], error["status"]) == ("REVOKED", 403)
    prove_offline(department, Path(error["receipt_file"]))
    auditor_finds(hub, agreement, leaf_of(Path(error["receipt_file"])), outcome="REFUSED", reason="REVOKED")


def publish(hub: RunningHub) -> None:
    """A new dataset with two rows, by the provider's publisher, with nothing but the management API."""
    with person(hub, "dpf-publisher") as publisher:
        told(publisher.post("/api/v1/catalog/departments/DPF/versions", json={"document": NEW}), 201)
        upload = publisher.post("/api/v1/catalog/datasets/J14/loads", files={"file": ("rows.csv", rows(), "text/csv")})
        address = f"/api/v1/catalog/loads/{told(upload, 202)['id']}"
        load = wait_for(lambda: checked(publisher, address), "the check of the file")
        assert (load["state"], load["row_count"]) == ("READY", 2), load
        assert told(publisher.post(f"{address}/publication"))["state"] == "PUBLISHED"


def rows() -> bytes:
    """Two certificates: a valid one of grade 2, and one that has run out."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(NEW["column_mapping"].values())
    writer.writerow([SUBJECT, "mental", 2, "2099-12-31", "not shared"])
    writer.writerow([OTHER, "visual", 4, "2020-01-01", "not shared"])
    return text.getvalue().encode()


def checked(publisher: httpx.Client, address: str) -> Any:
    """The load, once it is no longer waiting or being checked."""
    load = told(publisher.get(address))
    return load if load["state"] not in ("RECEIVED", "CHECKING") else None


def agree(hub: RunningHub) -> str:
    """Ask, check, approve and sign, each by another person; gives the agreement's id."""
    part = {
        "dataset": "J14",
        "items": ["grade"],
        "facts": {"valid": {}, "grade_in": {"grades": {"in": [1, 2]}}},
        "methods": ["VERIFY", "QUERY", "BATCH"],
        "systems": ["CAB-relief"],
        "monthly_subjects": 600,
        "justifications": dict.fromkeys(("items.grade", "facts.valid", "facts.grade_in"), "The allowance depends on it."),
    }
    wanted = {"purpose": "disability_allowance", **WORDS, "parts": [part]}
    with (
        person(hub, "cab-officer") as asker,
        person(hub, "data-reviewer") as reviewer,
        person(hub, "dpf-officer") as owner,
        person(hub, "dpf-officer-2") as second,
    ):
        number = told(asker.post("/api/v1/requests", json=wanted), 201)["number"]
        steps = f"/api/v1/requests/{number}/parts/J14"
        told(asker.post(f"/api/v1/requests/{number}/submit"))
        assert owner.post(f"{steps}/approve", json={}).status_code in (403, 404, 409)  # nobody skips the authority's check
        told(reviewer.post(f"{steps}/check", json={"note": "complete"}))
        assert told(owner.post(f"{steps}/approve", json={}))["parts"][0]["state"] == "APPROVED_ONCE"  # the grade is of class 4
        approved = told(second.post(f"{steps}/confirm", json={}))
        agreement = str(approved["parts"][0]["agreement"])
        signed = told(asker.post(f"/api/v1/agreements/{agreement}/sign", json={}))
    assert signed["state"] == "IN_FORCE"
    return agreement


def ask_by_relay(department: Department, agreement: str) -> dict[str, Any]:
    """The same question from a program that knows nothing but HTTP and JSON."""
    with department.relay() as relay:
        wire = {
            "purpose": "disability_allowance",
            "case": "2026-119",
            "officer": "automatic",
            "subject": OTHER,
            "facts": [{"fact": "valid"}],
        }
        status, answer = post_json(f"{relay}/{agreement}/verify", wire)
        assert status == 200, answer
        assert [fact["answer"] for fact in answer["answers"]] == ["NO"]
        status, problem = post_json(f"{relay}/{agreement}/query", {"purpose": "old_age_allowance", "subject": OTHER})
        assert (status, problem["code"]) == (403, "PURPOSE_NOT_AGREED")
    return answer


def prove_offline(department: Department, receipt: Path) -> None:
    """Once the log has the entry, the filed receipt proves itself with no hub to ask."""
    wait_for(lambda: in_log(department.hub("verify", str(receipt), "--save", "--json")), "the entry in the log")
    alone = department.hub("verify", str(receipt), "--offline", "--base-url", f"http://127.0.0.1:{free_port()}", "--json")
    assert alone.code == 0, alone.err
    proved = alone.document
    assert (proved["state"], proved["answer_checked"], proved["messages_checked"]) == ("IN_LOG", True, True)


def in_log(ended: Ended) -> bool:
    """Whether `hub verify` saw the entry in the log."""
    assert ended.code == 0, ended.err
    return bool(ended.document["state"] == "IN_LOG")


def refuse_what_was_tampered_with(department: Department, receipt: Path) -> None:
    """Another grade in the answer, another record in the receipt: neither is believed."""
    bundle = json.loads(receipt.read_text("utf-8"))
    changed = {**bundle, "answer": {**bundle["answer"], "body": bundle["answer"]["body"].replace('"grade":2', '"grade":1')}}
    cut = {**bundle, "proof": {**bundle["proof"], "path": bundle["proof"]["path"][:-1]}}
    for name, forged in (("changed", changed), ("cut", cut)):
        assert forged != bundle
        file = receipt.with_name(f"{name}.json")
        file.write_text(json.dumps(forged, ensure_ascii=False, sort_keys=True, separators=(",", ":")), "utf-8")
        ended = department.hub("verify", str(file), "--offline", "--json")
        assert ended.code == 1, ended.out
        assert "error" in ended.document


def leaf_of(receipt: Path) -> str:
    """The leaf that a filed receipt speaks of."""
    return str(json.loads(receipt.read_text("utf-8"))["receipt"]["leaf"])


def auditor_finds(hub: RunningHub, agreement: str, leaf: str, **expected: str) -> None:
    """The auditor searches by agreement, and proves the entry from its bytes up to a checkpoint of the log's own key."""
    with person(hub, "auditor") as auditor:
        wanted = {"agreement": agreement, "type": "refusal" if expected["outcome"] == "REFUSED" else "exchange"}
        lines = wait_for(lambda: told(auditor.get("/api/v1/log/search", params=wanted))["results"], "the auditor's index")
        entries = {line["entry"]: told(auditor.get(f"/api/v1/log/entries/{line['entry']}")) for line in lines}
        index = next(index for index, entry in entries.items() if entry["leaf"] == leaf)
        line = next(line for line in lines if line["entry"] == index)
        assert {name: line[name] for name in expected} == expected
        proof = told(auditor.get("/api/v1/log/proof", params={"leaf": leaf}))
    origin, log_key = log_key_of(hub)
    checkpoint = verify_checkpoint(proof["checkpoint"], origin, log_key)
    path = [bytes.fromhex(node.removeprefix("sha256:")) for node in proof["path"]]
    assert proof["index"] == index
    assert proof["size"] == checkpoint.size
    raw = b64decode(entries[index]["entry"])
    verify_inclusion(leaf_hash(raw), index, checkpoint.size, path, checkpoint.root)
    assert SUBJECT.encode() not in raw


def log_key_of(hub: RunningHub) -> tuple[str, bytes]:
    """The log's name and key, believed because the authority's root certified it."""
    document = told(httpx.get(f"{hub.url}/api/v1/keys", trust_env=False))
    acts = [StoredAct(b64decode(act["act"]), act["hub_signature"]) for act in document["acts"]]
    ground = Ground(document["log"], unb64url(hub.demo["authority_root"]), "DATA")
    keys = [known.certificate for known in read_certificates(ground, acts).values()]
    return document["log"], next(key.public_key for key in keys if key.use is Use.HUB_LOG)


def revoke(hub: RunningHub, agreement: str) -> None:
    """The owner ends it for ever."""
    with person(hub, "dpf-officer") as owner:
        ended = told(
            owner.post(f"/api/v1/agreements/{agreement}/revoke", json={"reason": "The allowance ended.", "ground": "PURPOSE_ENDED"})
        )
    assert ended["state"] == "REVOKED"


def test_a_batch_from_a_file_is_answered_in_its_order(department: Department, hub: RunningHub) -> None:
    agreement = hub.agreement("CAB-relief", "R14")
    file = department.folder / "people.csv"
    file.write_text(
        "subject,case\n" + "".join(f"{subject},B-{place}\n" for place, subject in enumerate(agreement["subjects"][:5])), "utf-8"
    )
    asked = ("--agreement", agreement["id"], "--subjects", str(file), "--purpose", agreement["purpose"], *CASE)
    ended = department.hub("batch", *asked, "--fact", "valid", "--json")
    assert ended.code == 0, ended.err
    assert [answer["subject"] for answer in ended.document["answers"]] == agreement["subjects"][:5]
    plain = department.hub("batch", *asked)
    assert plain.code == 0
    assert "receipt:" in plain.out


@pytest.mark.parametrize(
    ("words", "code", "name"),
    [
        (["query", "--subject", "1", "--agreement", "nothing", "--json"], 2, "NO_PURPOSE"),
        (["batch", "--subjects", "missing.csv", "--dataset", "R14", "--json"], 2, "NO_SUBJECTS"),
        (["query", "--subject", "1", "--dataset", "R14", "--private-key-file", "missing.pem", "--json"], 2, ""),
        (["query", "--subject", "1", "--dataset", "R14", "--base-url", "http://hub.example", "--json"], 2, "NOT_ENCRYPTED"),
        (["query", "--subject", "1", "--dataset", "R14", "--retries", "0", "--base-url", "http://127.0.0.1:9", "--json"], 4, "UNREACHABLE"),
        (["verify", "missing.json", "--json"], 2, "NO_FILE"),
        (["query", "--subject", "1", "--dataset", "R14", "--purpose", "licence_renewal", "--json"], 3, "PURPOSE_NOT_AGREED"),
        (["doctor", "--json", "--base-url", "http://127.0.0.1:9"], 4, ""),
    ],
)
def test_exit_codes_tell_scripts_what_went_wrong(department: Department, words: list[str], code: int, name: str) -> None:
    ended = department.hub(*words)
    assert ended.code == code, ended.out + ended.err
    if name:
        assert ended.document["error"]["code"] == name


def test_unknown_words_are_a_wrong_usage(department: Department) -> None:
    assert department.hub("fetch").code == 2
    assert department.hub("query").code == 2


def test_doctor_finds_a_healthy_client_healthy(department: Department) -> None:
    ended = department.hub("doctor", "--json")
    assert ended.code == 0, ended.out
    assert ended.document["healthy"] is True


def test_doctor_names_a_key_that_is_not_the_certified_one(department: Department) -> None:
    department.hub("keys", "new", "--system", "CAB-relief", "--name", "other", "--out", "other.pem")
    wrong = department.hub("doctor", "--json", "--private-key-file", "other.pem")
    assert wrong.code == 1
    assert "another key" in bad(wrong)["certificate"]
    unknown = department.hub("doctor", "--json", "--private-key-file", "other.pem", "--keyid", "CAB-relief/other")
    assert "not certified" in bad(unknown)["certificate"]


def test_doctor_names_a_clock_that_is_wrong(department: Department) -> None:
    late = "import sys, time; real = time.time; time.time = lambda: real() - 300; sys.argv[0] = 'hub'"
    late += "; import hub_client.command as c; sys.exit(c.main())"
    root = Path(__file__).parents[2]
    ended = department.hub("doctor", "--json", program=["-c", late], PYTHONPATH=f"{root}:{root / 'client'}")
    assert ended.code == 1, ended.out + ended.err
    assert "behind the hub's" in bad(ended)["clock"]


def test_doctor_names_an_address_by_which_the_hub_does_not_know_itself(department: Department, hub: RunningHub) -> None:
    ended = department.hub("doctor", "--json", "--base-url", f"http://localhost:{hub.port}")
    assert ended.code == 1, ended.out + ended.err
    assert bad(ended)["address"].endswith(f"set base_url to {hub.url}")


def bad(ended: Ended) -> dict[str, str]:
    """What the doctor found bad, by name."""
    return {item["name"]: item["text"] for item in ended.document["findings"] if item["state"] == "BAD"}


def test_receipts_can_be_checked_with_the_saved_keys_alone(department: Department, hub: RunningHub, tmp_path: Path) -> None:
    agreement = hub.agreement("CAB-relief", "R14")
    asked = ("--agreement", agreement["id"], "--subject", agreement["subjects"][0], "--purpose", agreement["purpose"], *CASE, "--json")
    ended = department.hub("query", *asked)
    receipt = Path(ended.document["receipt_file"])
    alone = department.hub("verify", str(receipt), "--offline", "--json")
    assert (alone.code, alone.document["state"]) == (0, "PROMISED")
    elsewhere = shutil.copy(receipt, tmp_path / "alone.json")
    assert department.hub("verify", str(elsewhere), "--offline", "--json").document["error"]["code"] == "NO_KEYS"
