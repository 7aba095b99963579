"""Somebody else's implementation of RFC 9421 speaks with the hub: its request is accepted, and it verifies the hub's answer."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from http_message_signatures import (
    HTTPMessageSigner,
    HTTPMessageVerifier,
    InvalidSignature,
    MappingKeyResolver,
    algorithms,
)

from audit.proof.acts import Ground, StoredAct, read_certificates
from audit.proof.canonical import dumps, fresh_nonce, unb64url
from audit.proof.keys import Use
from tests.journeys.calling import question, told
from tests.journeys.hub_process import RunningHub

KEYID = "CAB-relief/system-1"
ANSWER_COVERS = (
    '"@status"',
    '"content-type"',
    '"content-digest"',
    '"@method";req',
    '"@target-uri";req',
    '"content-digest";req',
    '"signature-input";req;key="hub"',
    '"signature";req;key="hub"',
)


@dataclass
class Request:
    """A message as the library likes it."""

    method: str
    url: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Response:
    """An answer with the request that it answers."""

    status_code: int
    headers: Any
    request: Request
    body: bytes


@pytest.fixture
def exchanged(hub: RunningHub) -> Response:
    """One query: signed by the library, sent by another one, answered by the hub."""
    agreement = hub.agreement("CAB-relief", "R14")
    body = dumps({"salt": fresh_nonce(), **question(agreement)})
    request = Request("POST", f"{hub.url}/exchange/v1/{agreement['id']}/query", {"content-type": "application/json"}, body)
    pem = (hub.place.home / "keys" / "CAB-relief" / "system-1.pem").read_bytes()
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519, key_resolver=MappingKeyResolver(public_keys={}, private_keys={KEYID: pem})
    )
    signer.sign(
        request,
        key_id=KEYID,
        created=datetime.now(UTC),
        nonce=fresh_nonce(),
        label="hub",
        tag="mianzheng-request-v1",
        covered_component_ids=("@method", "@target-uri", "content-digest"),
        body=body,
    )
    answer = httpx.post(request.url, content=body, headers=request.headers, trust_env=False)
    assert answer.status_code == 200, answer.text
    return Response(answer.status_code, answer.headers, request, answer.content)


def test_a_request_signed_by_another_library_is_answered(exchanged: Response) -> None:
    assert b'"state":"FOUND"' in exchanged.body
    assert b'"receipt"' in exchanged.body


def test_the_answer_verifies_with_that_library(hub: RunningHub, exchanged: Response) -> None:
    (found,) = verifier(hub).verify(
        exchanged,
        expect_tag="mianzheng-answer-v1",
        require_components=ANSWER_COVERS,
        max_age=timedelta(seconds=60),
        body=exchanged.body,
    )
    assert found.body == exchanged.body


@pytest.mark.parametrize("member", ["url", "method", "body"])
def test_the_answer_to_another_request_does_not(hub: RunningHub, exchanged: Response, member: str) -> None:
    request = exchanged.request
    other = {"url": request.url.replace("/query", "/verify"), "method": "PUT", "body": exchanged.body.replace(b"FOUND", b"OTHER")}[member]
    if member == "body":
        exchanged.body = other if isinstance(other, bytes) else b""
    else:
        setattr(request, member, other)
    with pytest.raises(InvalidSignature):
        verifier(hub).verify(exchanged, expect_tag="mianzheng-answer-v1", body=exchanged.body)


def verifier(hub: RunningHub) -> HTTPMessageVerifier:
    """The library with the hub's answer keys, as the authority's root certified them."""
    document = told(httpx.get(f"{hub.url}/api/v1/keys", trust_env=False))
    acts = [StoredAct(b64decode(act["act"]), act["hub_signature"]) for act in document["acts"]]
    known = read_certificates(Ground(document["log"], unb64url(hub.demo["authority_root"]), "DATA"), acts)
    keys = {
        keyid: Ed25519PublicKey.from_public_bytes(found.certificate.public_key)
        for keyid, found in known.items()
        if found.certificate.use is Use.HUB_ANSWER
    }
    return HTTPMessageVerifier(signature_algorithm=algorithms.ED25519, key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}))
