"""Checkpoints: the bytes of C2SP signed-note and tlog-checkpoint, and every way to bend them."""

import base64
import json
from pathlib import Path
from typing import Any

import pytest

from audit.proof.keys import PemSigner, SignatureError, verify_bytes
from audit.proof.merkle import EMPTY_ROOT
from audit.proof.note import (
    Checkpoint,
    NoteError,
    key_id,
    parse_checkpoint,
    parse_verifier_key,
    sign_checkpoint,
    verifier_key,
    verify_checkpoint,
)
from tests.audit.proof.sample_log import fresh_signer

VECTORS: dict[str, Any] = json.loads((Path(__file__).parents[2] / "vectors" / "notes.json").read_text())
ORIGIN = "log.example/mianzheng"
ROOT = bytes(range(32))


@pytest.fixture(scope="module")
def signer() -> PemSigner:
    return fresh_signer("hub/log-1")


@pytest.mark.parametrize("text", VECTORS["verifier_keys"])
def test_published_verifier_keys_are_read_and_written(text: str) -> None:
    assert verifier_key(*parse_verifier_key(text)) == text


@pytest.mark.parametrize(
    "text", [*VECTORS["foreign_verifier_keys"], "", "a+b", "name+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"]
)
def test_keys_of_other_kinds_names_or_lengths_are_refused(text: str) -> None:
    with pytest.raises(NoteError):
        parse_verifier_key(text)


def test_every_changed_character_of_a_verifier_key_is_refused() -> None:
    text = VECTORS["verifier_keys"][0]
    for at in range(len(text)):
        with pytest.raises(NoteError):
            parse_verifier_key(text[:at] + chr(ord(text[at]) + 1) + text[at + 1 :])
        with pytest.raises(NoteError):
            parse_verifier_key(text[:at])


def test_the_published_signed_note_verifies() -> None:
    published = VECTORS["signed_text"]
    _, key = parse_verifier_key(published["verifier_key"])
    signature = base64.b64decode(published["signature"])
    assert signature[:4].hex() == published["verifier_key"].split("+")[1]
    verify_bytes(key, published["text"].encode(), signature[4:])
    with pytest.raises(SignatureError):
        verify_bytes(key, published["text"].replace("crypto", "Crypto").encode(), signature[4:])


def test_the_published_checkpoint_is_read() -> None:
    published = VECTORS["checkpoint"]
    checkpoint = parse_checkpoint(published["text"])
    assert (checkpoint.origin, checkpoint.size, checkpoint.root.hex()) == (published["origin"], published["size"], published["root"])
    assert [(line.name, line.key_id.hex(), len(line.value)) for line in checkpoint.signatures] == [
        (published["origin"], published["key_id"], 64)
    ]
    assert published["text"].startswith(checkpoint.text + "\n— ")


@pytest.mark.parametrize(("size", "root"), [(0, EMPTY_ROOT), (1, ROOT), (2**53 - 1, ROOT)])
def test_what_was_signed_verifies(signer: PemSigner, size: int, root: bytes) -> None:
    checkpoint = verify_checkpoint(sign_checkpoint(signer, ORIGIN, size, root), ORIGIN, signer.public_key)
    assert (checkpoint.origin, checkpoint.size, checkpoint.root) == (ORIGIN, size, root)


def test_the_signature_is_over_the_three_lines(signer: PemSigner) -> None:
    text = sign_checkpoint(signer, ORIGIN, 7, ROOT)
    signed, line = text.split("\n\n")
    assert signed == f"{ORIGIN}\n7\n{base64.b64encode(ROOT).decode()}"
    verify_bytes(signer.public_key, (signed + "\n").encode(), base64.b64decode(line.split(" ")[2])[4:])


def test_another_key_or_log_is_refused(signer: PemSigner) -> None:
    text = sign_checkpoint(signer, ORIGIN, 7, ROOT)
    with pytest.raises(NoteError):
        verify_checkpoint(text, ORIGIN, fresh_signer("hub/log-2").public_key)
    with pytest.raises(NoteError):
        verify_checkpoint(text, "log.example/other", signer.public_key)


def test_the_same_key_and_name_under_the_head_of_another_log_is_refused(signer: PemSigner) -> None:
    other = Checkpoint("log.example/other", 7, ROOT).text
    line = base64.b64encode(key_id(ORIGIN, signer.public_key) + signer.sign(other.encode())).decode()
    with pytest.raises(NoteError):
        verify_checkpoint(f"{other}\n— {ORIGIN} {line}\n", ORIGIN, signer.public_key)


def test_lines_of_other_keys_are_ignored(signer: PemSigner) -> None:
    text = sign_checkpoint(signer, ORIGIN, 7, ROOT)
    witness = "— witness.example " + base64.b64encode(b"\1\2\3\4" + b"s" * 2428).decode() + "\n"
    assert len(verify_checkpoint(text + witness * 20, ORIGIN, signer.public_key).signatures) == 21
    with pytest.raises(NoteError):
        verify_checkpoint(text.split("\n\n")[0] + "\n\n" + witness, ORIGIN, signer.public_key)


def test_a_line_of_this_key_that_fails_condemns_the_note(signer: PemSigner) -> None:
    good = sign_checkpoint(signer, ORIGIN, 7, ROOT)
    bad_line = sign_checkpoint(signer, ORIGIN, 8, ROOT).split("\n\n")[1]
    with pytest.raises(NoteError):
        verify_checkpoint(good + bad_line, ORIGIN, signer.public_key)


def test_every_changed_character_is_noticed(signer: PemSigner) -> None:
    text = sign_checkpoint(signer, ORIGIN, 7, ROOT)
    for at in range(len(text)):
        for forged in (text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :], text[:at] + text[at + 1 :], text[:at]):
            with pytest.raises(NoteError):
                verify_checkpoint(forged, ORIGIN, signer.public_key)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("\n7\n", "\n07\n"),
        ("\n7\n", "\n-7\n"),
        ("\n7\n", "\n+7\n"),
        ("\n7\n", "\n７\n"),
        ("\n7\n", "\n" + "7" * 20 + "\n"),
        ("\n7\n", "\n7\r\n"),
        ("8=\n", "8=\nextension line\n"),
        ("8=\n", "8\n"),
        ("8=\n", "9=\n"),
        ("\n7\n", "\n7\n\n"),
        (ORIGIN, "log\ud800"),
        (ORIGIN, "log\t"),
        ("— ", "- "),
        ("— ", "—  "),
        (ORIGIN + "\n7", "\n7"),
    ],
)
def test_malformed_checkpoints_are_refused(signer: PemSigner, old: str, new: str) -> None:
    text = sign_checkpoint(signer, ORIGIN, 7, ROOT)
    assert old in text
    with pytest.raises(NoteError):
        parse_checkpoint(text.replace(old, new, 1))


@pytest.mark.parametrize("text", ["", "\n", "\n\n", f"{ORIGIN}\n7\nAAAA\n", "a\n" * 200_000])
def test_other_texts_are_no_checkpoints(text: str) -> None:
    with pytest.raises(NoteError):
        parse_checkpoint(text)


@pytest.mark.parametrize(
    ("origin", "size", "root"), [("", 1, ROOT), ("a b", 1, ROOT), ("a+b", 1, ROOT), ("a\nb", 1, ROOT), ("a", -1, ROOT), ("a", 1, ROOT[:31])]
)
def test_nothing_malformed_is_signed(signer: PemSigner, origin: str, size: int, root: bytes) -> None:
    with pytest.raises(NoteError):
        sign_checkpoint(signer, origin, size, root)
