"""Passwords of the demonstration: readable, different in every home, and the same again when a broken-off run goes on."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from pathlib import Path

from audit.ground import keys_folder

_SEED_FILE = "demonstration_passwords.seed"
_WORDS_FILE = Path(__file__).with_name("password_words.txt")


def password_of(username: str) -> str:
    """Three words and four digits, from a secret of this home and the name."""
    digest = hmac.new(_seed(), username.encode(), hashlib.sha256).digest()
    known = _WORDS_FILE.read_text("utf-8").split()
    words = [known[int.from_bytes(digest[at : at + 4], "big") % len(known)] for at in (0, 4, 8)]
    return "-".join([*words, f"{int.from_bytes(digest[12:16], 'big') % 10_000:04d}"])


def _seed() -> bytes:
    path = keys_folder() / _SEED_FILE
    if not path.exists():
        _write_whole(path, secrets.token_bytes(32))
    return path.read_bytes()


def _write_whole(path: Path, data: bytes) -> None:
    """Give the file its name only when it is complete, readable by the hub's own account only."""
    part = path.with_suffix(".part")
    with open(part, "wb", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
