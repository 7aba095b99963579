"""Receipts on disk: one JSON file each, readable by their owner alone, because the answer inside names people."""

import os
from contextlib import suppress
from pathlib import Path
from typing import Any

from audit.proof.canonical import CanonicalError, dumps, fresh_nonce, loads
from hub_client.connection import MAX_ANSWER
from hub_client.errors import DataError, UsageError
from hub_client.session import Answered, Session
from hub_client.trust import utc_text
from hub_client.verifying import KEYS_FILE

_MAX_FILE = 3 * MAX_ANSWER


def file_answer(folder: Path, answered: Answered, session: Session) -> str:
    """File an answer's bundle and give the path; "" where there is no receipt to file.

    The hub's keys of that moment are kept once beside the receipts, so that these can be checked offline.
    """
    if answered.receipt is None:
        return ""
    _keep_keys(folder / KEYS_FILE, session)
    issued = utc_text(answered.receipt.issued_ms / 1000).replace(":", "")
    path = folder / f"{issued}-{answered.receipt.leaf.hex()[:16]}.json"
    write_bundle(path, answered.bundle)
    return str(path)


def write_bundle(path: Path, bundle: dict[str, Any]) -> None:
    """Write a bundle whole or not at all, mode 0600, and let it reach the disk before anybody acts upon it."""
    draft = path.with_name(f".{path.name}.{fresh_nonce()}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(dumps(bundle))
            file.flush()
            os.fsync(file.fileno())
        draft.replace(path)
    except OSError as error:
        with suppress(OSError):
            draft.unlink()
        raise UsageError("CANNOT_FILE", f"the receipt cannot be filed in {path.parent}: {error.strerror}") from None


def _keep_keys(path: Path, session: Session) -> None:
    document = dict(session.trust().document)
    if not path.is_file() or path.read_bytes() != dumps(document):
        write_bundle(path, document)


def read_file(path: Path) -> dict[str, Any]:
    """Any JSON object that may hold a receipt."""
    try:
        document = loads(path.read_bytes(), max_bytes=_MAX_FILE)
    except OSError as error:
        raise UsageError("NO_FILE", f"{path} cannot be read: {error.strerror}") from None
    except CanonicalError as error:
        raise DataError("BAD_JSON", f"{path}: {error}") from None
    if not isinstance(document, dict):
        raise DataError("BAD_JSON", f"{path} holds no JSON object")
    return document
