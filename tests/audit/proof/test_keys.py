"""Keys, certificates and signature objects: what verifies, and everything that must not."""

import stat
from dataclasses import replace
from pathlib import Path

import pytest

from audit.proof.canonical import Document, b64url, signed_bytes
from audit.proof.keys import (
    _SMALL_ORDER,
    Certificate,
    Custody,
    PemSigner,
    SignatureError,
    Use,
    generate_private_key,
    key_order,
    public_key_of,
    require_time,
    sign_document,
    verify_bytes,
    verify_document,
    write_private_key,
)

NOW = "2026-11-20T22:46:00Z"

# RFC 8032 section 7.1, TEST 2: seed, public key, message, signature.
RFC8032_SEED = "4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"
RFC8032_PUBLIC = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
RFC8032_SIGNATURE = (
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
)
PKCS8_ED25519 = "302e020100300506032b657004220420"

# RFC 9421 appendix B.1.4 (key) and B.2.6 (signature base and signature).
RFC9421_PRIVATE = b"""-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIJ+DYvh6SEqVTm50DFtMDoQikTmiCqirVv9mWG9qfSnF
-----END PRIVATE KEY-----
"""
RFC9421_BASE = b"""\
"date": Tue, 20 Apr 2021 02:07:55 GMT
"@method": POST
"@path": /foo
"@authority": example.com
"content-type": application/json
"content-length": 18
"@signature-params": ("date" "@method" "@path" "@authority" "content-type" "content-length")\
;created=1618884473;keyid="test-key-ed25519\""""
RFC9421_SIGNATURE = "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="


def certificate(**changes: object) -> Certificate:
    public_key = public_key_of(generate_private_key())
    plain = Certificate(
        owner="CIVIL",
        name="document-1",
        public_key=public_key,
        use=Use.DOCUMENT,
        custody=Custody.DEPARTMENT,
        not_before="2026-01-01T00:00:00Z",
        not_after="2027-01-01T00:00:00Z",
        hub="log.example/1",
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def signed(document: Document) -> tuple[PemSigner, Document]:
    signer = PemSigner("CIVIL/document-1", generate_private_key())
    return signer, sign_document(signer, kind="agree", document=document, role="provider", signed_at=NOW)


def test_ed25519_agrees_with_the_published_vector() -> None:
    import base64

    der = bytes.fromhex(PKCS8_ED25519 + RFC8032_SEED)
    pem = b"-----BEGIN PRIVATE KEY-----\n" + base64.b64encode(der) + b"\n-----END PRIVATE KEY-----\n"
    signer = PemSigner("a/b", pem)
    assert signer.public_key.hex() == RFC8032_PUBLIC
    assert signer.sign(b"\x72").hex() == RFC8032_SIGNATURE


def test_ed25519_agrees_with_the_vector_of_message_signatures() -> None:
    import base64

    signer = PemSigner("test/key-ed25519", RFC9421_PRIVATE)
    assert base64.b64encode(signer.sign(RFC9421_BASE)).decode() == RFC9421_SIGNATURE


def test_a_signature_object_verifies_over_its_document() -> None:
    document: Document = {"type": "agree", "nonce": "x", "text": "临江市"}
    signer, signature = signed(document)
    verify_document(signature, kind="agree", document=document, public_key=signer.public_key)
    verify_bytes(signer.public_key, signed_bytes("agree", document), signer.sign(signed_bytes("agree", document)))


@pytest.mark.parametrize("kind", ["offer", "act", "agree2"])
def test_a_signature_does_not_serve_for_another_kind(kind: str) -> None:
    signer, signature = signed({"a": 1})
    with pytest.raises(SignatureError):
        verify_document(signature, kind=kind, document={"a": 1}, public_key=signer.public_key)


def test_a_signature_does_not_serve_for_another_document_or_key() -> None:
    signer, signature = signed({"a": 1})
    with pytest.raises(SignatureError, match="another document"):
        verify_document(signature, kind="agree", document={"a": 2}, public_key=signer.public_key)
    other = public_key_of(generate_private_key())
    with pytest.raises(SignatureError, match="does not verify"):
        verify_document(signature, kind="agree", document={"a": 1}, public_key=other)


@pytest.mark.parametrize(
    "change",
    [
        {"alg": "none"},
        {"alg": "rsa"},
        {"value": ""},
        {"value": "A=="},
        {"value": "A"},
        {"value": b64url(b"\0" * 64)},
        {"value": b64url(b"\0" * 63)},
        {"document": "sha256:" + "0" * 64},
        {"keyid": "CIVIL"},
        {"keyid": "CIVIL/a/b"},
        {"keyid": 7},
        {"signed_at": "yesterday"},
        {"extra": "member"},
    ],
)
def test_a_changed_signature_object_is_refused(change: Document) -> None:
    signer, signature = signed({"a": 1})
    with pytest.raises(SignatureError):
        verify_document({**signature, **change}, kind="agree", document={"a": 1}, public_key=signer.public_key)


@pytest.mark.parametrize("member", ["alg", "keyid", "role", "document", "signed_at", "value"])
def test_a_signature_object_without_a_member_is_refused(member: str) -> None:
    signer, signature = signed({"a": 1})
    del signature[member]
    with pytest.raises(SignatureError):
        verify_document(signature, kind="agree", document={"a": 1}, public_key=signer.public_key)


def test_text_that_reads_differently_than_it_is_is_not_signed() -> None:
    with pytest.raises(ValueError, match="invisible"):
        signed({"text": "pay \u202e001"})


def test_a_certificate_survives_its_order() -> None:
    original = certificate()
    assert Certificate.from_order(key_order(original)) == original
    assert original.keyid == "CIVIL/document-1"


@pytest.mark.parametrize(
    "change",
    [
        {"owner": "CIVIL/x"},
        {"owner": 5},
        {"nonce": 5},
        {"hub": None},
        {"owner": ""},
        {"name": "document 1"},
        {"name": "a\n"},
        {"alg": "rsa-pss-sha512"},
        {"alg": "none"},
        {"public_key": "AAAA"},
        {"public_key": b64url(b"\0" * 32)},
        {"public_key": b64url(b"\x01" + b"\0" * 31)},
        {"public_key": b64url(b"\x01" + b"\0" * 30 + b"\x80")},
        {"use": "anything"},
        {"custody": "nobody"},
        {"not_before": "2026-13-01T00:00:00Z"},
        {"not_before": "2026-01-01T00:00:00+00:00"},
        {"not_after": "2025-01-01T00:00:00Z"},
        {"not_after": 5},
        {"type": "agree"},
        {"more": "text"},
    ],
)
def test_a_malformed_certificate_is_refused(change: Document) -> None:
    with pytest.raises(SignatureError):
        Certificate.from_order({**key_order(certificate()), **change})


def test_a_certificate_counts_between_its_two_times() -> None:
    cert = certificate()
    assert cert.valid_at(cert.not_before)
    assert cert.valid_at(cert.not_after)
    assert not cert.valid_at("2025-12-31T23:59:59Z")
    assert not cert.valid_at("2027-01-01T00:00:01Z")


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00Z", "2026-11-20T24:00:00Z", "2026-11-20 22:46:00Z", "", None, 1])
def test_a_time_that_is_not_one_is_refused(text: object) -> None:
    with pytest.raises(SignatureError):
        require_time(text)


def test_a_key_of_small_order_lets_anybody_sign_and_is_refused_for_that() -> None:
    """Shows the danger with the bare primitive, then that `verify_bytes` refuses the key."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    identity = b"\x01" + b"\0" * 31
    forged = identity + b"\0" * 32  # R = the neutral element, s = 0: right for every message
    Ed25519PublicKey.from_public_bytes(identity).verify(forged, b"any text at all")
    with pytest.raises(SignatureError, match="small order"):
        verify_bytes(identity, b"any text at all", forged)


def test_the_list_of_small_order_points_is_whole() -> None:
    p = 2**255 - 19
    d = -121665 * pow(121666, -1, p) % p

    def eight_times_is_neutral(y: int) -> bool:
        x_squared = (y * y - 1) * pow(d * y * y + 1, -1, p) % p
        for _ in range(3):  # doubling on y alone: y' = (y² + x²) / (2 + x² - y²), x' = 2xy / (y² - x²)
            sum_, difference = (y * y + x_squared) % p, (y * y - x_squared) % p
            x_squared = 4 * x_squared * y * y * pow(difference, -2, p) % p
            y = sum_ * pow(2 - difference, -1, p) % p
        return y == 1

    for encoded in _SMALL_ORDER:
        assert eight_times_is_neutral(int.from_bytes(encoded, "little") % p)
    # Eight points of small order have five values of y; 0 and 1 have a second encoding, y + p, below 2^255.
    values = {int.from_bytes(encoded, "little") % p for encoded in _SMALL_ORDER}
    assert len(values) == 5
    assert {int.from_bytes(encoded, "little") for encoded in _SMALL_ORDER} == {
        v + k * p for v in values for k in (0, 1) if v + k * p < 2**255
    }


def test_a_key_file_is_private_and_never_overwritten(tmp_path: Path) -> None:
    pem = generate_private_key()
    path = tmp_path / "document-1.pem"
    write_private_key(path, pem)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with pytest.raises(FileExistsError):
        write_private_key(path, generate_private_key())
    assert path.read_bytes() == pem
    assert [item.name for item in tmp_path.iterdir()] == ["document-1.pem"]
    assert PemSigner("CIVIL/document-1", path).public_key == public_key_of(pem)


@pytest.mark.parametrize("keyid", ["", "CIVIL", "CIVIL/", "a/b/c", "a/b\n", "a b/c"])
def test_a_signer_has_a_keyid(keyid: str) -> None:
    with pytest.raises(SignatureError, match="owner/name"):
        PemSigner(keyid, RFC9421_PRIVATE)


def test_a_key_of_another_kind_is_refused() -> None:
    from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    pem = X25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(SignatureError, match="no Ed25519"):
        PemSigner("CIVIL/document-1", pem)


@pytest.mark.parametrize("pem", [b"", b"not a key", RFC9421_PRIVATE[:60]])
def test_what_is_no_key_file_is_refused(pem: bytes) -> None:
    with pytest.raises(SignatureError):
        PemSigner("CIVIL/document-1", pem)
