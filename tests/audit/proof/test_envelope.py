"""Envelopes: what a key opens, what it must not, and disclosures rebuilt to the byte."""

import hashlib
import hmac
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from audit.proof.canonical import b64url, dumps
from audit.proof.disclosure import disclosure, open_disclosure
from audit.proof.envelope import (
    EnvelopeError,
    blind,
    fresh_subject_key,
    open_person,
    open_sealed,
    person_disclosure,
    person_salt,
    seal,
    seal_person,
    sealed_person,
    unwrap_key,
    wrap_key,
)

KEY, OTHER = bytes(range(32)), bytes(range(1, 33))
NONCE = bytes(range(16))
PERSON: dict[str, Any] = {"id": "51010019900101123X", "role": "subject", "case": "C-1", "asked": ["grade"], "state": "FOUND"}


def test_a_blind_is_the_hmac_that_the_protocol_writes() -> None:
    expected = hmac.new(KEY, b"person:51010019900101123X", hashlib.sha256).digest()
    assert blind(KEY, "person", "51010019900101123X") == expected


def test_blinds_differ_by_key_kind_and_identifier() -> None:
    blinds = {blind(key, kind, name) for key in (KEY, OTHER) for kind in ("person", "permit") for name in ("1", "2")}
    assert len(blinds) == 8


def test_a_kind_with_a_colon_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        blind(KEY, "a:b", "c")


def test_a_short_search_key_is_refused() -> None:
    with pytest.raises(EnvelopeError):
        blind(b"", "person", "51010019900101123X")


def test_a_salt_is_the_hmac_that_the_protocol_writes() -> None:
    expected = hmac.new(KEY, NONCE + b"\x00\x00\x00\x07", hashlib.sha256).digest()
    assert person_salt(KEY, NONCE, 7) == b64url(expected)


def test_a_person_disclosure_is_rebuilt_exactly_from_its_ciphertext() -> None:
    text, ciphertext = sealed_person(KEY, NONCE, 3, PERSON)
    reopened = open_person(KEY, NONCE, 3, ciphertext)
    assert reopened == PERSON
    assert text == person_disclosure(KEY, NONCE, 3, reopened) == disclosure(person_salt(KEY, NONCE, 3), "person", PERSON)
    assert open_disclosure(text)[1:] == ("person", PERSON)


def test_a_ciphertext_shows_nothing_and_is_never_the_same() -> None:
    first, second = (seal_person(KEY, NONCE, 0, PERSON) for _ in range(2))
    assert first != second
    assert b"51010019900101123X" not in first
    assert len(first) == len(dumps(PERSON)) + 29


@pytest.mark.parametrize(("key", "nonce", "position"), [(OTHER, NONCE, 3), (KEY, NONCE[::-1], 3), (KEY, NONCE, 4)])
def test_another_person_entry_or_position_does_not_open(key: bytes, nonce: bytes, position: int) -> None:
    ciphertext = seal_person(KEY, NONCE, 3, PERSON)
    with pytest.raises(EnvelopeError):
        open_person(key, nonce, position, ciphertext)


def test_every_changed_or_missing_byte_is_noticed() -> None:
    ciphertext = seal_person(KEY, NONCE, 0, PERSON)
    for at in range(len(ciphertext)):
        for forged in (
            ciphertext[:at] + bytes([ciphertext[at] ^ 1]) + ciphertext[at + 1 :],
            ciphertext[:at],
            ciphertext[:at] + ciphertext[at + 1 :],
        ):
            with pytest.raises(EnvelopeError):
                open_person(KEY, NONCE, 0, forged)


def test_an_error_says_nothing_of_the_person() -> None:
    with pytest.raises(EnvelopeError) as caught:
        open_person(OTHER, NONCE, 0, seal_person(KEY, NONCE, 0, PERSON))
    assert "5101" not in str(caught.value)


@pytest.mark.parametrize(("key", "nonce", "position"), [(KEY[:31], NONCE, 0), (b"", NONCE, 0), (KEY, NONCE[:15], 0), (KEY, b"", 0)])
def test_keys_and_nonces_of_a_wrong_length_are_refused(key: bytes, nonce: bytes, position: int) -> None:
    with pytest.raises(EnvelopeError):
        sealed_person(key, nonce, position, PERSON)


@pytest.mark.parametrize("position", [-1, 2**32])
def test_positions_have_four_bytes(position: int) -> None:
    with pytest.raises(EnvelopeError):
        sealed_person(KEY, NONCE, position, PERSON)


def test_a_wrapped_key_opens_for_its_person_and_generation_only() -> None:
    key, person = fresh_subject_key(), blind(KEY, "person", "1")
    wrapped = wrap_key(KEY, key, person)
    assert unwrap_key(KEY, wrapped, person) == key
    assert key not in wrapped
    for kek, name, data in (
        (OTHER, person, wrapped),
        (KEY, blind(KEY, "person", "2"), wrapped),
        (KEY, person, wrapped[:-1]),
        (KEY, person, b""),
    ):
        with pytest.raises(EnvelopeError):
            unwrap_key(kek, data, name)


def test_a_sealed_column_is_no_wrapped_key() -> None:
    with pytest.raises(EnvelopeError):
        unwrap_key(KEY, seal(KEY, fresh_subject_key(), "person.identifier"), blind(KEY, "person", "1"))


def test_only_whole_keys_are_wrapped() -> None:
    with pytest.raises(EnvelopeError):
        wrap_key(KEY, b"short", b"")


@given(st.binary(max_size=200), st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_sealed_columns_read_back_in_their_place_only(plaintext: bytes, context: str) -> None:
    sealed = seal(KEY, plaintext, context)
    assert open_sealed(KEY, sealed, context) == plaintext
    for key, data, place in (
        (OTHER, sealed, context),
        (KEY, sealed, context + "x"),
        (KEY, b"\x02" + sealed[1:], context),
        (KEY, sealed[:28], context),
    ):
        with pytest.raises(EnvelopeError):
            open_sealed(key, data, place)


def test_subject_keys_are_random() -> None:
    assert len({fresh_subject_key() for _ in range(50)}) == 50
    assert {len(fresh_subject_key()) for _ in range(5)} == {32}
