"""The log over HTTP: what anyone may read verifies with the proof library alone; disclosures are the auditors'."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from rest_framework.test import APIRequestFactory, force_authenticate

from audit import api, follower, readers, sequencer, trail
from audit.ground import log_origin
from audit.head import read_head
from audit.models import Entry
from audit.proof.acts import StoredAct, empty, extend
from audit.proof.canonical import loads, unb64url
from audit.proof.merkle import leaf_hash, verify_inclusion
from audit.proof.note import parse_verifier_key, verify_checkpoint
from audit.proof.receipt import read_proof
from audit.proof.tiles import decode_bundle

pytestmark = pytest.mark.urls("audit.urls")

AUDITOR = SimpleNamespace(is_authenticated=True, pk="a", name="auditor")
OFFICER = SimpleNamespace(is_authenticated=True, pk="o", name="officer")


@pytest.fixture(autouse=True)
def _judge() -> Iterator[None]:
    before = list(readers._judges)
    readers.register_auditors(lambda user: user is AUDITOR)
    yield
    readers._judges[:] = before


def _get(client: Client, path: str, **query: str) -> Any:
    return client.get(path, query)


def test_a_stranger_proves_an_entry_from_policy_to_leaf(hub: None, client: Client) -> None:
    policy = _get(client, "/log/policy").content.decode()
    assert policy.endswith("quorum none\n")
    name, key = parse_verifier_key(policy.splitlines()[0].removeprefix("log "))
    assert name == log_origin()
    entry = _get(client, "/api/v1/log/entries/3").json()
    proof = _get(client, "/api/v1/log/proof", leaf=entry["leaf"]).json()
    assert proof == _get(client, "/api/v1/log/proof", index="3").json()
    head = verify_checkpoint(proof.pop("checkpoint"), name, key)
    index, size, path = read_proof(proof)
    verify_inclusion(leaf_hash(b64decode(entry["entry"])), index, size, path, head.root)
    assert verify_checkpoint(_get(client, "/log/checkpoint").content.decode(), name, key) == head


def test_tiles_are_served_with_caches_and_only_up_to_the_checkpoint(hub: None, client: Client) -> None:
    with transaction.atomic():
        trail.insert([trail.build(trail.Draft({"type": "case"}), at_ms=trail.now_ms(), keys={}) for _ in range(300)])
    sequencer.sequence_once()
    width = read_head().size - 256
    answer = _get(client, "/log/tile/entries/000")
    assert "immutable" in answer["Cache-Control"]
    assert decode_bundle(answer.content, 256)[0] == bytes(Entry.objects.get(pk=0).raw)
    assert _get(client, f"/log/tile/0/001.p/{width}").status_code == 200
    for missing in (
        f"0/001.p/{width + 1}",
        "0/000.p/9",
        "0/002",
        "9/000",
        "0/0000",
        "entries/../../keys/log_origin",
        "0/x000/001",
        "64/000",
    ):
        assert _get(client, f"/log/tile/{missing}").status_code == 404, missing


def test_what_waits_says_so_and_what_is_not_there_is_not_found(hub: None, client: Client) -> None:
    with transaction.atomic():
        built = trail.record({"type": "case"})
    waiting = _get(client, "/api/v1/log/proof", leaf=f"sha256:{built.leaf.hex()}")
    assert (waiting.status_code, waiting.json()["code"]) == (503, "NOT_YET_MERGED")
    assert _get(client, "/api/v1/log/proof", leaf="sha256:" + "0" * 64).status_code == 404
    assert _get(client, "/api/v1/log/proof", leaf="nonsense").status_code == 422
    assert _get(client, "/api/v1/log/proof").status_code == 422
    assert _get(client, "/api/v1/log/entries/99999").status_code == 404


def _as(user: Any, view: Any, **arguments: Any) -> Any:
    request = APIRequestFactory().get("/", arguments.pop("query", {}))
    force_authenticate(request, user=user)
    return view.as_view()(request, **arguments)


def test_disclosures_are_for_auditors(hub: None) -> None:
    assert "disclosures" not in _as(OFFICER, api.EntryView, index=0).data
    assert len(_as(AUDITOR, api.EntryView, index=0).data["disclosures"]) == 2


def test_search_is_for_auditors(hub: None, client: Client) -> None:
    follower.follow_once()
    assert client.get("/api/v1/log/search").status_code in (401, 403)
    assert _as(OFFICER, api.SearchView).status_code == 403
    found = _as(AUDITOR, api.SearchView, query={"type": "act", "limit": "2"}).data
    assert [row["entry"] for row in found["results"]] == [6, 5]
    assert found["next"] == 5
    assert _as(AUDITOR, api.SearchView, query={"raw": "x"}).status_code == 422


def test_anyone_can_check_the_keys_from_the_root(hub: None, client: Client) -> None:
    from audit.ground import ground

    document = _get(client, "/api/v1/keys").json()
    known = ground()
    assert unb64url(document["authority_root"]) == known.root
    stored = [StoredAct(b64decode(item["act"]), item["hub_signature"]) for item in document["acts"]]
    standing = extend(empty(known), stored)  # here every act so far is about keys, so they are the whole chain
    assert [item["keyid"] for item in document["acts"]] == list(standing.certificates)
    assert loads(stored[0].raw)["seq"] == 1
