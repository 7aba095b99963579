"""Signed requests and answers: with an outside RFC 9421 library both ways, and everything that must be refused."""

import base64
import hashlib
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from http_message_signatures import HTTPMessageSigner, HTTPMessageVerifier, MappingKeyResolver, algorithms

from audit.proof.keys import PemSigner, generate_private_key
from audit.proof.message import (
    MessageError,
    ParsedRequest,
    content_digest,
    parse_request,
    sign_answer,
    sign_error,
    sign_request,
    signing_keyid,
    single_headers,
    verify_answer,
    verify_error,
    verify_request,
)

TARGET = "https://hub.example/exchange/v1/abcdefgh234567/query"
BODY = b'{"purpose":"ALLOWANCE","salt":"0123456789012345678901"}'
NONCE = "AAAAAAAAAAAAAAAAAAAAAA"
CREATED = 1_763_678_760
REQUEST_PEM = generate_private_key()
ANSWER_PEM = generate_private_key()
SYSTEM = PemSigner("civil-affairs/request-1", REQUEST_PEM)
HUB = PemSigner("hub/answer-1", ANSWER_PEM)


@dataclass
class OutsideRequest:
    """What the outside library reads of a request."""

    method: str
    url: str
    headers: dict[str, str]


@dataclass
class OutsideResponse:
    """What the outside library reads of a response."""

    status_code: int
    headers: dict[str, str]
    request: OutsideRequest
    body: bytes = field(default=b"")


def our_headers(body: bytes = BODY) -> dict[str, str]:
    return sign_request(SYSTEM, method="POST", target_uri=TARGET, body=body, created=CREATED, nonce=NONCE)


def parsed(headers: dict[str, str], body: bytes = BODY, target: str = TARGET, method: str = "POST") -> ParsedRequest:
    return parse_request(method=method, target_uri=target, headers=headers, body=body)


def refused(code: str, headers: dict[str, str], **changes: object) -> None:
    with pytest.raises(MessageError) as caught:
        parsed(headers, **changes)  # type: ignore[arg-type]
    assert caught.value.code == code


def test_the_base_is_the_one_of_the_protocol() -> None:
    request = parsed(our_headers())
    assert request.signature_base.decode() == (
        '"@method": POST\n'
        f'"@target-uri": {TARGET}\n'
        f'"content-digest": sha-256=:{base64.b64encode(hashlib.sha256(BODY).digest()).decode()}:\n'
        '"@signature-params": ("@method" "@target-uri" "content-digest");created=1763678760'
        ';nonce="AAAAAAAAAAAAAAAAAAAAAA";keyid="civil-affairs/request-1";alg="ed25519";tag="mianzheng-request-v1"'
    )
    assert (request.keyid, request.created, request.nonce) == ("civil-affairs/request-1", CREATED, NONCE)
    verify_request(request, SYSTEM.public_key)


def test_the_digest_agrees_with_the_example_of_rfc_9530() -> None:
    assert content_digest(b'{"hello": "world"}\n') == "sha-256=:RK/0qy18MlBSVnWgjwz6lZEWjP/lF5HF9bvEF8FabDg=:"


def test_a_request_made_by_the_outside_library_is_accepted() -> None:
    request = OutsideRequest("POST", TARGET, {"Content-Type": "application/json"})
    signer = HTTPMessageSigner(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys={}, private_keys={SYSTEM.keyid: REQUEST_PEM}),
    )
    signer.sign(
        request,
        key_id=SYSTEM.keyid,
        created=datetime.fromtimestamp(CREATED, UTC),
        nonce=NONCE,
        label="hub",
        tag="mianzheng-request-v1",
        covered_component_ids=("@method", "@target-uri", "content-digest"),
        body=BODY,
    )
    headers = {name.lower(): value for name, value in request.headers.items()}
    assert "sha-256" in headers["content-digest"]
    verify_request(parsed(headers), SYSTEM.public_key)


def outside_verifier(label_key: dict[str, bytes]) -> HTTPMessageVerifier:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    keys = {keyid: Ed25519PublicKey.from_public_bytes(raw) for keyid, raw in label_key.items()}
    return HTTPMessageVerifier(
        signature_algorithm=algorithms.ED25519,
        key_resolver=MappingKeyResolver(public_keys=keys, private_keys={}),
    )


def fresh_headers() -> tuple[dict[str, str], int]:
    """The outside verifier looks at the wall clock, so these are signed now."""
    now = int(datetime.now(UTC).timestamp())
    return sign_request(SYSTEM, method="POST", target_uri=TARGET, body=BODY, created=now, nonce=NONCE), now


def test_the_outside_library_verifies_our_request() -> None:
    headers, _ = fresh_headers()
    results = outside_verifier({SYSTEM.keyid: SYSTEM.public_key}).verify(OutsideRequest("POST", TARGET, headers))
    assert set(results[0].covered_components) == {
        '"@method"',
        '"@target-uri"',
        '"content-digest"',
        '"@signature-params"',
    }


def test_the_outside_library_verifies_our_answer_with_its_request() -> None:
    headers, now = fresh_headers()
    answer = b'{"answer":{"state":"FOUND"}}'
    answer_headers = sign_answer(HUB, status=200, content_type="application/json", body=answer, request=parsed(headers), created=now)
    response = OutsideResponse(200, answer_headers, OutsideRequest("POST", TARGET, headers), answer)
    results = outside_verifier({HUB.keyid: HUB.public_key}).verify(response)
    assert results[0].parameters["tag"] == "mianzheng-answer-v1"
    covered = results[0].covered_components
    assert covered['"signature";req;key="hub"'] == headers["signature"].removeprefix("hub=")
    assert covered['"@target-uri";req'] == TARGET


def test_parameters_may_come_in_any_order() -> None:
    member = (
        'hub=("@method" "@target-uri" "content-digest");tag="mianzheng-request-v1";alg="ed25519"'
        f';keyid="{SYSTEM.keyid}";nonce="{NONCE}";created={CREATED}'
    )
    unsigned = parsed({**our_headers(), "signature-input": member})
    signature = base64.b64encode(SYSTEM.sign(unsigned.signature_base)).decode()
    verify_request(parsed({**our_headers(), "signature-input": member, "signature": f"hub=:{signature}:"}), SYSTEM.public_key)


def test_a_digest_with_a_second_algorithm_is_accepted() -> None:
    digest = f"sha-512=:{base64.b64encode(hashlib.sha512(BODY).digest()).decode()}:, {content_digest(BODY)}"
    assert parsed({**our_headers(), "content-digest": digest}).content_digest == digest


@pytest.mark.parametrize(
    ("code", "header", "value"),
    [
        ("DIGEST_MISSING", "content-digest", None),
        ("DIGEST_MISSING", "content-digest", ""),
        ("DIGEST_MISSING", "content-digest", f"sha-512=:{base64.b64encode(hashlib.sha512(BODY).digest()).decode()}:"),
        ("DIGEST_MISMATCH", "content-digest", content_digest(b"other")),
        ("DIGEST_MALFORMED", "content-digest", content_digest(BODY)[:-1]),
        ("DIGEST_MALFORMED", "content-digest", f"{content_digest(BODY)}, {content_digest(BODY)}"),
        ("DIGEST_MALFORMED", "content-digest", f"{content_digest(BODY)}\n"),
        ("CONTENT_ENCODING", "content-encoding", "gzip"),
        ("CONTENT_ENCODING", "content-encoding", "identity"),
        ("SIGNATURE_MISSING", "signature", None),
        ("SIGNATURE_MISSING", "signature-input", None),
        ("SIGNATURE_MALFORMED", "signature", "hub=::"),
        ("SIGNATURE_MALFORMED", "signature", f"hub=:{base64.b64encode(bytes(63)).decode()}:"),
        ("SIGNATURE_MALFORMED", "signature", f"sig1=:{base64.b64encode(bytes(64)).decode()}:"),
        ("SIGNATURE_MALFORMED", "signature", f"hub=:{base64.b64encode(bytes(64)).decode()[:85]}B==:"),
    ],
)
def test_a_changed_header_is_refused(code: str, header: str, value: str | None) -> None:
    headers = our_headers()
    if value is None:
        del headers[header]
    else:
        headers[header] = value
    refused(code, headers)


@pytest.mark.parametrize(
    ("code", "old", "new"),
    [
        ("COMPONENTS_WRONG", "hub=", "sig1="),
        ("COMPONENTS_WRONG", ' "content-digest"', ""),
        ("COMPONENTS_WRONG", '"content-digest")', '"content-digest" "content-type")'),
        ("COMPONENTS_WRONG", '"@method" "@target-uri"', '"@target-uri" "@method"'),
        ("COMPONENTS_WRONG", '"@target-uri"', '"@path"'),
        ("PARAMETERS_WRONG", f";created={CREATED}", ""),
        ("PARAMETERS_WRONG", f";created={CREATED}", f';created="{CREATED}"'),
        ("PARAMETERS_WRONG", f";created={CREATED}", f";created=0{CREATED}"),
        ("PARAMETERS_WRONG", f";created={CREATED}", f";created={CREATED};created={CREATED}"),
        ("PARAMETERS_WRONG", f';nonce="{NONCE}"', ""),
        ("PARAMETERS_WRONG", NONCE, "short"),
        ("PARAMETERS_WRONG", f';keyid="{SYSTEM.keyid}"', ""),
        ("PARAMETERS_WRONG", SYSTEM.keyid, "nobody"),
        ("PARAMETERS_WRONG", ';alg="ed25519"', ""),
        ("PARAMETERS_WRONG", ';tag="mianzheng-request-v1"', ""),
        ("PARAMETERS_WRONG", ";tag=", ";expires=9999999999;tag="),
        ("ALGORITHM_UNKNOWN", '"ed25519"', '"hmac-sha256"'),
        ("TAG_WRONG", "mianzheng-request-v1", "mianzheng-answer-v1"),
        ("SIGNATURE_MALFORMED", ";created", "; created"),
        ("SIGNATURE_MALFORMED", 'request-v1"', 'request-v1", other=("@method");created=1'),
        ("SIGNATURE_MALFORMED", 'request-v1"', 'request-v1"\n"@method": GET'),
    ],
)
def test_a_changed_signature_input_is_refused(code: str, old: str, new: str) -> None:
    headers = our_headers()
    assert old in headers["signature-input"]
    headers["signature-input"] = headers["signature-input"].replace(old, new)
    refused(code, headers)


def test_two_members_in_signature_are_refused() -> None:
    headers = our_headers()
    headers["signature"] += f", other=:{base64.b64encode(bytes(64)).decode()}:"
    refused("SIGNATURE_MALFORMED", headers)


@pytest.mark.parametrize(
    ("code", "target"),
    [
        ("QUERY_STRING", TARGET + "?a=1"),
        ("QUERY_STRING", TARGET + "?"),
        ("TARGET_MALFORMED", TARGET + "#x"),
        ("TARGET_MALFORMED", TARGET + '\n"x": y'),
        ("TARGET_MALFORMED", TARGET + "/查询"),
        ("TARGET_MALFORMED", "/exchange/v1/echo"),
    ],
)
def test_a_target_that_is_not_plain_is_refused(code: str, target: str) -> None:
    refused(code, our_headers(), target=target)


@pytest.mark.parametrize(
    "changes",
    [
        {"method": "GET"},
        {"target": TARGET.replace("query", "batch")},
        {"target": TARGET.replace("https", "http")},
        {"target": TARGET.replace("hub.example", "other.example")},
    ],
)
def test_a_signature_serves_one_method_and_address_only(changes: dict[str, str]) -> None:
    request = parsed(our_headers(), **changes)  # type: ignore[arg-type]
    with pytest.raises(MessageError, match="does not verify"):
        verify_request(request, SYSTEM.public_key)


def test_a_signature_with_changed_parameters_does_not_verify() -> None:
    headers = our_headers()
    headers["signature-input"] = headers["signature-input"].replace(str(CREATED), str(CREATED + 1))
    with pytest.raises(MessageError) as caught:
        verify_request(parsed(headers), SYSTEM.public_key)
    assert caught.value.code == "SIGNATURE_WRONG"


@pytest.mark.parametrize("name", [b"Signature", b"signature-input", b"Content-Digest", b"Content-Encoding"])
def test_a_header_that_comes_twice_is_refused(name: bytes) -> None:
    with pytest.raises(MessageError) as caught:
        single_headers([(name, b"a"), (b"Accept", b"x"), (name.lower(), b"a")])
    assert caught.value.code == "HEADER_TWICE"


def test_other_headers_may_come_twice() -> None:
    assert single_headers([(b"Accept", b" a "), (b"accept", b"b")]) == {"accept": "a, b"}


ANSWER = b'{"answer":{"state":"NO_RECORD"}}'


def answered(request: ParsedRequest, status: int = 200) -> dict[str, str]:
    return sign_answer(HUB, status=status, content_type="application/json", body=ANSWER, request=request, created=CREATED)


def test_an_answer_verifies_for_its_request() -> None:
    request = parsed(our_headers())
    headers = answered(request)
    assert signing_keyid(headers) == "hub/answer-1"
    verify_answer(status=200, headers=headers, body=ANSWER, request=request, public_key=HUB.public_key)


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("SIGNATURE_WRONG", {"status": 403}),
        ("DIGEST_MISMATCH", {"body": ANSWER + b" "}),
        ("SIGNATURE_WRONG", {"public_key": SYSTEM.public_key}),
    ],
)
def test_a_changed_answer_is_refused(code: str, changes: dict[str, object]) -> None:
    request = parsed(our_headers())
    whole: dict[str, object] = {
        "status": 200,
        "headers": answered(request),
        "body": ANSWER,
        "request": request,
        "public_key": HUB.public_key,
    }
    with pytest.raises(MessageError) as caught:
        verify_answer(**{**whole, **changes})  # type: ignore[arg-type]
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("code", "header", "value"),
    [
        ("SIGNATURE_WRONG", "content-type", "text/html"),
        ("CONTENT_TYPE", "content-type", ""),
        ("CONTENT_TYPE", "content-type", "a\nb"),
        ("CONTENT_ENCODING", "content-encoding", "gzip"),
        ("SIGNATURE_MISSING", "signature", ""),
    ],
)
def test_changed_answer_headers_are_refused(code: str, header: str, value: str) -> None:
    request = parsed(our_headers())
    with pytest.raises(MessageError) as caught:
        verify_answer(
            status=200,
            headers={**answered(request), header: value},
            body=ANSWER,
            request=request,
            public_key=HUB.public_key,
        )
    assert caught.value.code == code


def test_an_answer_does_not_serve_for_another_request() -> None:
    """Same body, same address, another nonce: the answer to the first must not pass for the second."""
    first = parsed(our_headers())
    second = parsed(sign_request(SYSTEM, method="POST", target_uri=TARGET, body=BODY, created=CREATED, nonce="B" * 22))
    with pytest.raises(MessageError) as caught:
        verify_answer(status=200, headers=answered(first), body=ANSWER, request=second, public_key=HUB.public_key)
    assert caught.value.code == "SIGNATURE_WRONG"


def test_an_error_verifies_and_never_passes_for_an_answer() -> None:
    headers = {
        **sign_error(HUB, status=401, body=ANSWER, created=CREATED),
        "content-type": "application/problem+json",
    }
    verify_error(status=401, headers=headers, body=ANSWER, public_key=HUB.public_key)
    with pytest.raises(MessageError) as caught:
        verify_answer(status=401, headers=headers, body=ANSWER, request=parsed(our_headers()), public_key=HUB.public_key)
    assert caught.value.code == "COMPONENTS_WRONG"
    with pytest.raises(MessageError):
        verify_error(status=400, headers=headers, body=ANSWER, public_key=HUB.public_key)


@pytest.mark.parametrize("value", ["", "hub=()", 'hub=();keyid="nobody"', "x"])
def test_an_answer_without_a_key_is_unsigned(value: str) -> None:
    with pytest.raises(MessageError):
        signing_keyid({"signature-input": value})


@pytest.mark.parametrize(
    ("code", "changes"),
    [
        ("PARAMETERS_WRONG", {"nonce": "short"}),
        ("PARAMETERS_WRONG", {"nonce": 'A" ;x="' + "A" * 22}),
        ("TARGET_MALFORMED", {"method": "post"}),
        ("TARGET_MALFORMED", {"method": "POST\n"}),
        ("QUERY_STRING", {"target_uri": TARGET + "?x"}),
    ],
)
def test_what_nobody_would_accept_is_not_signed(code: str, changes: dict[str, str]) -> None:
    with pytest.raises(MessageError) as caught:
        sign_request(
            SYSTEM,
            method=changes.get("method", "POST"),
            target_uri=changes.get("target_uri", TARGET),
            body=BODY,
            created=CREATED,
            nonce=changes.get("nonce", NONCE),
        )
    assert caught.value.code == code


@pytest.mark.parametrize("status", [0, 99, 600, -200])
def test_a_status_that_is_none_is_not_signed(status: int) -> None:
    with pytest.raises(MessageError):
        sign_error(HUB, status=status, body=b"", created=CREATED)
