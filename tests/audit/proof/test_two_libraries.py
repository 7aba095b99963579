"""Signatures are the same with and without the quicker library: what one accepts the other accepts, and nothing more."""

from base64 import b64encode

import pytest

from audit.proof import keys
from audit.proof.keys import PemSigner, SignatureError, verify_bytes

# RFC 8032 section 7.1, TEST 2.
SEED = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
PUBLIC = bytes.fromhex("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c")
MESSAGE, SIGNATURE = (
    b"\x72",
    bytes.fromhex(
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00"
    ),
)
ORDER = 2**252 + 27742317777372353535851937790883648493
# Made by the holder of the key above over b"one text": R is a multiple of the base point, and the same R plus the point of order two.
PLAIN_R = bytes.fromhex(
    "4aa00db515d206e563f0a2054a5a1969a66e6840e502e978fcd36b8620e2dbb1e3c1e1a84bd373a1eea0b94247160e899c161fbbf12422302f45d27aed22ec09"
)
MIXED_R = bytes.fromhex(
    "a35ff24aea2df91a9c0f5dfab5a5e696599197bf1afd1687032c9479df1d244ea10feb5d157c4aaff4d8dfbc8b20f262e36fe87e4536ad841e0d6c382d9ae702"
)


@pytest.fixture(params=["with libsodium", "with cryptography alone"])
def _library(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if request.param == "with cryptography alone":
        monkeypatch.setattr(keys, "sodium", None)
    else:
        assert keys.sodium is not None, "the tests' environment has PyNaCl"


def signer() -> PemSigner:
    der = bytes.fromhex("302e020100300506032b657004220420") + SEED
    return PemSigner("CIVIL/a", b"-----BEGIN PRIVATE KEY-----\n%b\n-----END PRIVATE KEY-----\n" % b64encode(der))


@pytest.mark.usefixtures("_library")
def test_the_published_vector_is_signed_and_verified() -> None:
    assert signer().public_key == PUBLIC
    assert signer().sign(MESSAGE) == SIGNATURE
    verify_bytes(PUBLIC, MESSAGE, SIGNATURE)
    verify_bytes(PUBLIC, b"one text", PLAIN_R)


@pytest.mark.usefixtures("_library")
@pytest.mark.parametrize(
    ("data", "signature"),
    [
        (b"\x73", SIGNATURE),
        (b"", SIGNATURE),
        (MESSAGE, SIGNATURE[:-1]),
        (MESSAGE, SIGNATURE + b"\0"),
        (MESSAGE, b""),
        (b"", SIGNATURE + MESSAGE),
        (MESSAGE, SIGNATURE[:32] + (int.from_bytes(SIGNATURE[32:], "little") + ORDER).to_bytes(32, "little")),
        (b"one text", MIXED_R),
    ],
    ids=["changed", "empty", "cut off", "longer", "none", "all of it", "s not reduced", "R with a part of small order"],
)
def test_what_no_verifier_must_accept_is_refused(data: bytes, signature: bytes) -> None:
    """With R of mixed order verifiers may differ (RFC 8032 section 5.1.7): whoever signs could be believed here and denied there."""
    with pytest.raises(SignatureError):
        verify_bytes(PUBLIC, data, signature)
