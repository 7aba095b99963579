"""Exports that are sealed to a key of the requester: only that key opens them, and without it none leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hub_client.errors import DataError, UsageError

from audit import acts, ceremony, signers
from audit.errors import OrderRefused
from audit.ground import log_origin
from audit.proof.acts import agreement_id
from audit.proof.canonical import fresh_nonce
from audit.proof.sealed_box import MAGIC, generate_seal_key, seal_key_public
from tests.client.test_pull import Command, Wire
from tests.delivery.export_caller import Exporter, made_here, manifest_of
from tests.delivery.test_exports import INSIDE, agreed, rows_of
from tests.world import World
from tests.world_data import SUBJECTS

PEM = generate_seal_key()


def sealed_agreement(world: World, keyid: str = "CAB-relief/seal-1") -> str:
    """The agreement once more, with exports sealed to that key."""
    text = {**agreed(world).document, "seal_to": keyid, "nonce": fresh_nonce()}
    order = {"type": "agree", "agreement": text, "hub": log_origin(), "nonce": fresh_nonce()}
    roles = {"provider": "DPF", "requester": "CAB"}
    acts.append(order, [acts.sign_order(order, signer=signers.department_signer(code), role=role) for role, code in roles.items()])
    return agreement_id(text)


@pytest.fixture
def sealed(world: World, monkeypatch: pytest.MonkeyPatch) -> str:
    made_here(monkeypatch)
    ceremony.certify_seal_key("CAB-relief", "CAB", seal_key_public(PEM))
    return sealed_agreement(world)


def test_what_leaves_is_sealed_and_the_manifest_says_to_whom(sealed: str) -> None:
    exporter = Exporter("CAB-relief")
    export = exporter.prepared(sealed)
    body = exporter.pull(export["addresses"]["data"]).body
    manifest = manifest_of(exporter.get(export["addresses"]["manifest"]))
    assert body.startswith(MAGIC)
    assert not any(subject.encode() in body for subject in SUBJECTS)
    assert (manifest["bytes"], manifest["sealed"]["to"]) == (len(body), "CAB-relief/seal-1")


def command(tmp_path: Path, settings: Any, agreement: str) -> Command:
    settings.PUBLIC_URLS = ["http://localhost:8000"]
    return Command(tmp_path, Wire(), agreement)


def test_the_requesters_key_opens_the_export(sealed: str, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "seal.pem").write_bytes(PEM)
    pulling = command(tmp_path, settings, sealed)
    pulling.pull(seal_key=str(tmp_path / "seal.pem"))
    assert sorted(row["person"] for row in rows_of(pulling.out.read_bytes())) == sorted(INSIDE)
    assert [path.name for path in tmp_path.glob("rows.csv*")] == ["rows.csv"]


def test_another_key_opens_nothing_and_leaves_nothing_open(sealed: str, tmp_path: Path, settings: Any) -> None:
    (tmp_path / "seal.pem").write_bytes(generate_seal_key())
    pulling = command(tmp_path, settings, sealed)
    with pytest.raises(DataError):
        pulling.pull(seal_key=str(tmp_path / "seal.pem"))
    assert [path.name for path in sorted(tmp_path.glob("rows.csv*"))] == ["rows.csv.part", "rows.csv.part.json"]
    with pytest.raises(UsageError):
        pulling.pull()


def test_after_the_key_was_revoked_no_export_leaves(sealed: str) -> None:
    exporter = Exporter("CAB-relief")
    export = exporter.prepared(sealed)
    order = {"type": "revoke_key", "keyid": "CAB-relief/seal-1", "reason": {"en": "Lost"}, "hub": log_origin(), "nonce": fresh_nonce()}
    acts.append(order, [acts.sign_order(order, signer=signers.department_signer("CAB"), role="issuer")])
    assert exporter.pull(export["addresses"]["data"]).status == 403
    assert exporter.open(sealed).code == "SEAL_KEY_REVOKED"


@pytest.mark.parametrize("keyid", ["CAB-relief/system-1", "DPF-register/seal-1", "CAB-relief/seal-9"])
def test_an_agreement_names_a_seal_key_of_its_requester(world: World, keyid: str) -> None:
    ceremony.certify_seal_key("DPF-register", "DPF", seal_key_public(PEM))
    with pytest.raises(OrderRefused):
        sealed_agreement(world, keyid)


def test_a_seal_key_signs_nothing(sealed: str) -> None:
    from audit.proof.keys import PemSigner, SignatureError

    with pytest.raises(SignatureError):
        PemSigner("CAB-relief/seal-1", PEM)
