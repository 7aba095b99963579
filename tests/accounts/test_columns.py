"""Identifiers in columns: sealed, found again by a keyed hash, and useless when altered or moved."""

from __future__ import annotations

import pytest

from audit.proof.envelope import EnvelopeError
from exchange.accounts.columns import open_identifier, seal_identifier
from tests.world_data import SUBJECTS


def test_an_identifier_comes_back_and_is_not_in_the_column() -> None:
    sealed, blind = seal_identifier("person", SUBJECTS[0])
    assert open_identifier("person", sealed) == SUBJECTS[0]
    assert SUBJECTS[0].encode() not in sealed + blind


def test_two_seals_differ_and_their_blinds_agree() -> None:
    first, second = seal_identifier("person", SUBJECTS[0]), seal_identifier("person", SUBJECTS[0])
    assert first[0] != second[0]
    assert first[1] == second[1]
    assert seal_identifier("passport", SUBJECTS[0])[1] != first[1]


@pytest.mark.parametrize("where", [0, 20, -1])
def test_an_altered_column_does_not_open(where: int) -> None:
    sealed = bytearray(seal_identifier("person", SUBJECTS[0])[0])
    sealed[where] ^= 1
    with pytest.raises(EnvelopeError):
        open_identifier("person", bytes(sealed))


def test_a_column_of_another_kind_does_not_open() -> None:
    with pytest.raises(EnvelopeError):
        open_identifier("passport", seal_identifier("person", SUBJECTS[0])[0])
