"""Accounts of departments' databases: files on the hub's machine, named by the signed description, never in a table or an act.

One JSON file an account, `STORE_CREDENTIALS_DIR/NAME.json`: `{"user": …, "password": …}`, and `"ca": "FILE.pem"` (in the same
folder) where the connection is encrypted and the server's certificate is checked. Readable by the hub's own account only.
"""

from __future__ import annotations

import os
import re
import stat
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from audit.proof.canonical import CanonicalError, loads

LARGEST_BYTES = 8_192
_NAME = re.compile(r"[a-z][a-z0-9_-]{0,59}")
_FILE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
_OPEN_TO_OTHERS = 0o077


class CredentialsUnusable(Exception):
    """There is no such account here, or its file may be read by others; the text says what to do, never what it holds."""


@dataclass(frozen=True)
class Credentials:
    """How the hub signs in to one database. `ca` is the path of the authority's certificate, or empty."""

    user: str
    password: str = field(repr=False)
    ca: str = ""


def folder() -> Path:
    """Where the files are."""
    return Path(settings.STORE_CREDENTIALS_DIR)


def read(name: str) -> Credentials:
    """The account of this name, read anew each time, so that a changed password needs no restart. Raises CredentialsUnusable."""
    if not _NAME.fullmatch(name):
        raise CredentialsUnusable(_("An account is named in lower-case letters, digits, underscores and hyphens."))
    return _parsed(_private_bytes(folder() / f"{name}.json"))


def problem(name: str) -> str:
    """What keeps the hub from using this account, as a sentence; empty when nothing does."""
    try:
        read(name)
    except CredentialsUnusable as unusable:
        return str(unusable)
    return ""


def all_problems() -> dict[str, str]:
    """What is wrong with the files that are there, by file name."""
    found = {path.stem: problem(path.stem) for path in sorted(folder().glob("*.json"))}
    return {name: text for name, text in found.items() if text}


def _private_bytes(path: Path) -> bytes:
    """A regular file of the hub's own account that nobody else may read; a link is not followed."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    except OSError:
        raise CredentialsUnusable(
            _("The hub has no account %(name)s: put its file into STORE_CREDENTIALS_DIR.") % {"name": path.stem}
        ) from None
    with os.fdopen(descriptor, "rb") as opened:
        about = os.fstat(descriptor)
        if not stat.S_ISREG(about.st_mode) or about.st_mode & _OPEN_TO_OTHERS or about.st_uid not in (os.geteuid(), 0):
            raise CredentialsUnusable(_("Others may read the file of account %(name)s: chmod 600 it.") % {"name": path.stem})
        return opened.read(LARGEST_BYTES + 1)


def _parsed(raw: bytes) -> Credentials:
    wrong = CredentialsUnusable(_("The file of an account is {“user”: …, “password”: …} and, where it is encrypted, “ca”."))
    try:
        document: Any = loads(raw) if len(raw) <= LARGEST_BYTES else None
    except CanonicalError:
        raise wrong from None
    if not isinstance(document, dict) or not {"user", "password"} <= set(document) <= {"user", "password", "ca"}:
        raise wrong
    if not all(isinstance(value, str) and value and "\0" not in value for value in document.values()):
        raise wrong
    authority = document.get("ca", "")
    if authority and (not _FILE.fullmatch(authority) or not (folder() / authority).is_file()):
        raise CredentialsUnusable(_("The file that “ca” names is not in STORE_CREDENTIALS_DIR."))
    return Credentials(document["user"], document["password"], str(folder() / authority) if authority else "")
