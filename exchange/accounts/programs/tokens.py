"""Codes and tokens: how they are made, and what is kept of them. Both are found again by a keyed hash and stand nowhere in clear."""

from __future__ import annotations

import secrets
from datetime import timedelta

from exchange.accounts.columns import keyed_hash
from exchange.accounts.models import Person

# Consonants without vowels, so that no code is a word (RFC 8628, section 6.1); eight of them are 34 bits, asked for a few times only.
_LETTERS = "BCDFGHJKLMNPQRSTVWXZ"
_HALF = 4
TOKEN_BYTES = 32
PREFIX = "mzp_"
"""How every token begins, so that whoever finds one in a file knows what it is."""

CODE_LASTS = timedelta(minutes=15)
IDLE = timedelta(hours=12)
LONGEST = timedelta(days=30)


def fresh_secret() -> str:
    """256 random bits as text."""
    return PREFIX + secrets.token_urlsafe(TOKEN_BYTES)


def fresh_user_code() -> str:
    """A code for a person to type, like WDJB-MJHT."""
    return "-".join("".join(secrets.choice(_LETTERS) for _ in range(_HALF)) for _ in range(2))


def plain_code(typed: str) -> str:
    """What was typed, without the dash, spaces and small letters."""
    return "".join(letter for letter in typed.upper() if letter in _LETTERS)


def secret_hash(secret: str) -> bytes:
    """What is kept of a device code or a token."""
    return keyed_hash("hub.program.secret", secret)


def user_code_hash(typed: str) -> bytes:
    """What is kept of a user code."""
    return keyed_hash("hub.program.user_code", plain_code(typed))


def address_hash(address: str) -> bytes:
    """What is kept of a network address while a program waits."""
    return keyed_hash("hub.program.address", address)


def account_hash(person: Person) -> bytes:
    """What changes with the person's password and whenever all their sessions are ended."""
    return keyed_hash("hub.program.account", f"{person.pk}:{person.get_session_auth_hash()}")
