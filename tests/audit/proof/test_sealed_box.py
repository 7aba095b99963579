"""Sealed files: the vectors of the RFCs, and every way in which a file can be other than it was sealed."""

from __future__ import annotations

import io

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import ChaCha20Poly1305
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from audit.proof import sealed_box
from audit.proof.keys import Certificate, Custody, SignatureError, Use, generate_private_key, key_order, public_key_of
from audit.proof.sealed_box import FRAME, HEAD, TAG, SealError, generate_seal_key, opened, seal_key_public, sealed

PEM = generate_seal_key()
SIZES = [0, 1, FRAME - 1, FRAME, FRAME + 1, 3 * FRAME, 3 * FRAME + 5]


def content(size: int) -> bytes:
    return bytes(place * 7 % 251 for place in range(size))


def box(raw: bytes, context: str = "a/b") -> bytes:
    return b"".join(sealed(io.BytesIO(raw), recipient=seal_key_public(PEM), context=context))


def unbox(raw: bytes, *, pem: bytes = PEM, context: str = "a/b") -> bytes:
    return b"".join(opened(io.BytesIO(raw), pem=pem, context=context))


def test_x25519_is_that_of_rfc_7748_section_5_2() -> None:
    scalar = X25519PrivateKey.from_private_bytes(bytes.fromhex("a546e36bf0527c9d3b16154b82465edd62144c0ac1fc5a18506a2244ba449ac4"))
    shared = sealed_box._shared(scalar, bytes.fromhex("e6db6867583030db3594c1a424b15f7c726624ec26b3353b10a903a6d0ab1c4c"))
    assert shared.hex() == "c3da55379de9c6908e94ea4df28d084f32eccf03491c71f754b4075577a28552"


def test_hkdf_is_that_of_rfc_5869_appendix_a_1() -> None:
    derived = HKDF(algorithm=SHA256(), length=42, salt=bytes(range(13)), info=bytes(range(0xF0, 0xFA))).derive(b"\x0b" * 22)
    assert derived.hex() == "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"


def test_chacha20_poly1305_is_that_of_rfc_8439_section_2_8_2() -> None:
    text = b"Ladies and Gentlemen of the class of '99: If I could offer you only one tip for the future, sunscreen would be it."
    cipher = ChaCha20Poly1305(bytes(range(0x80, 0xA0)))
    made = cipher.encrypt(bytes.fromhex("070000004041424344454647"), text, bytes.fromhex("50515253c0c1c2c3c4c5c6c7"))
    assert made[-16:].hex() == "1ae10b594f09e26a7e902ecbd0600691"


def test_the_form_is_the_one_that_is_written_down() -> None:
    """Opened by hand from the primitives, as the module's first lines say."""
    whole, own = box(content(FRAME + 3), "a/b"), seal_key_public(PEM)
    ephemeral = whole[len(b"mianzheng-seal-1\n") : HEAD]
    shared = sealed_box._private(PEM).exchange(X25519PublicKey.from_public_bytes(ephemeral))
    key = HKDF(algorithm=SHA256(), length=32, salt=ephemeral + own, info=b"mianzheng/seal/v1\na/b").derive(shared)
    frames = [whole[HEAD : HEAD + FRAME + TAG], whole[HEAD + FRAME + TAG :]]
    opened_by_hand = ChaCha20Poly1305(key).decrypt(bytes(12), frames[0], None)
    opened_by_hand += ChaCha20Poly1305(key).decrypt(bytes(10) + b"\x01\x01", frames[1], None)
    assert opened_by_hand == content(FRAME + 3)


@pytest.mark.parametrize("size", SIZES)
def test_what_was_sealed_is_opened(size: int) -> None:
    raw = content(size)
    whole = box(raw)
    assert unbox(whole) == raw
    assert len(whole) == HEAD + size + TAG * max(1, -(-size // FRAME))


def test_two_seals_of_one_file_have_nothing_in_common() -> None:
    first, second = box(content(100)), box(content(100))
    assert first[len(sealed_box.MAGIC) :] != second[len(sealed_box.MAGIC) :]


@pytest.mark.parametrize("size", [1, FRAME, 2 * FRAME, 2 * FRAME + 5])
def test_a_file_that_is_cut_off_anywhere_does_not_open(size: int) -> None:
    whole = box(content(size))
    cuts = {0, 1, HEAD - 1, HEAD, HEAD + TAG, HEAD + FRAME + TAG, HEAD + 2 * (FRAME + TAG), len(whole) - TAG, len(whole) - 1}
    for cut in sorted(cut for cut in cuts if cut < len(whole)):
        with pytest.raises(SealError):
            unbox(whole[:cut])


def test_frames_that_are_exchanged_repeated_or_left_out_do_not_open() -> None:
    whole, step = box(content(3 * FRAME)), FRAME + TAG
    head, frames = whole[:HEAD], [whole[HEAD + place * step : HEAD + (place + 1) * step] for place in range(3)]
    for order in ([1, 0, 2], [0, 2], [0, 0, 1, 2], [0, 1, 2, 2], [0, 1]):
        with pytest.raises(SealError):
            unbox(head + b"".join(frames[place] for place in order))


def test_a_frame_of_another_file_does_not_open_in_its_place() -> None:
    one, other = box(content(2 * FRAME)), box(content(2 * FRAME))
    with pytest.raises(SealError):
        unbox(one[: HEAD + FRAME + TAG] + other[HEAD + FRAME + TAG :])


@pytest.mark.parametrize("place", [0, 20, HEAD, HEAD + 100, -1])
def test_a_changed_byte_is_noticed(place: int) -> None:
    whole = bytearray(box(content(1000)))
    whole[place] ^= 1
    with pytest.raises(SealError):
        unbox(bytes(whole))


def test_another_key_and_another_context_open_nothing() -> None:
    whole = box(content(10))
    for wrong in ({"pem": generate_seal_key()}, {"context": "a/c"}):
        with pytest.raises(SealError):
            unbox(whole, **wrong)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "key",
    [bytes(32), (1).to_bytes(32, "little"), bytes(31), bytes.fromhex("e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800")],
)
def test_keys_that_seal_for_everybody_are_refused(key: bytes) -> None:
    with pytest.raises(SealError):
        list(sealed(io.BytesIO(b""), recipient=key, context=""))


@pytest.mark.parametrize("pem", [b"", b"no key", generate_private_key()])
def test_what_is_no_seal_key_is_refused(pem: bytes) -> None:
    with pytest.raises(SealError):
        seal_key_public(pem)


def certificate(alg: str, use: Use, key: bytes) -> Certificate:
    span = {"not_before": "2020-01-01T00:00:00Z", "not_after": "2100-01-01T00:00:00Z"}
    return Certificate(owner="CAB", name="seal-1", public_key=key, use=use, custody=Custody.DEPARTMENT, hub="h", alg=alg, **span)


def test_a_certificate_names_the_algorithm_of_its_use() -> None:
    right = certificate("x25519", Use.SEAL, seal_key_public(PEM))
    assert Certificate.from_order(key_order(right)) == right
    signing = public_key_of(generate_private_key())
    for wrong in (
        certificate("ed25519", Use.SEAL, seal_key_public(PEM)),
        certificate("x25519", Use.SYSTEM, signing),
        certificate("x25519", Use.SEAL, bytes(32)),
    ):
        with pytest.raises(SignatureError):
            wrong.checked()
