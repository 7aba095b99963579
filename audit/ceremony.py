"""The founding of a hub: its keys and files, and the first acts, which certify the hub's own keys under the root.

In production the root signs elsewhere; here the demonstration's hub holds it, as `custody: hub` shows everywhere.
"""

from __future__ import annotations

import os
import secrets
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.db import transaction
from django.utils.translation import gettext as _

from audit.acts import append, sign_order, standing
from audit.errors import NotAllowed
from audit.files import make_folder, sync_folder
from audit.ground import ORIGIN_FILE, ROOT_FILE, keys_folder, log_origin
from audit.models import Act
from audit.proof import sealed_box
from audit.proof.canonical import b64url
from audit.proof.keys import (
    HUB_OWNER,
    ROOT_KEYID,
    Certificate,
    Custody,
    Signer,
    Use,
    generate_private_key,
    key_order,
    public_key_of,
    write_private_key,
)
from audit.signers import department_signer, has_key, hub_signer, key_path, root_signer, system_signer
from audit.subjects import CURRENT_GENERATION, SEARCH_KEY_FILE, key_encryption_file

HUB_USES = (Use.HUB_COUNTER, Use.HUB_LOG, Use.HUB_ANSWER, Use.HUB_LICENCE)
_YEARS_VALID = 5
_TIME = "%Y-%m-%dT%H:%M:%SZ"
_SINCE = timedelta(minutes=5)  # clocks differ


def make_hub_keys(keys: Path | None = None) -> None:
    """Make what a hub needs before its first act, below KEYS_DIR, and leave what is there: safe to run again.

    Root and hub keys (PKCS#8), the search key and the first key-encryption key (32 bytes each), the log's origin.
    """
    folder = keys or keys_folder()
    make_folder(folder)
    folder.chmod(0o700)
    if not os.environ.get("AUTHORITY_ROOT"):
        _make_private_key(folder, ROOT_KEYID)
        _write_new(folder / ROOT_FILE, b64url(public_key_of((folder / f"{ROOT_KEYID}.pem").read_bytes())).encode())
    for use in HUB_USES:
        _make_private_key(folder, f"{HUB_OWNER}/{_stem(use)}-1")
    for name in (SEARCH_KEY_FILE, key_encryption_file(CURRENT_GENERATION)):
        _write_new(folder / name, os.urandom(32))
    if not os.environ.get("LOG_ORIGIN"):
        _write_new(folder / ORIGIN_FILE, f"hub.invalid/mianzheng/{secrets.token_hex(8)}".encode())


def first_acts() -> None:
    """Append the acts that certify the hub's own keys, counter first; those that stand already are left alone."""
    with transaction.atomic():
        known = standing().certificates
        for use in HUB_USES:
            signer = hub_signer(use)
            if signer.keyid not in known:
                _certify(new_certificate(signer.keyid, signer.public_key, use, Custody.HUB), root_signer(), "root")


def found_hub() -> None:
    """Make keys and first acts of a new hub; does nothing to one that is founded."""
    make_hub_keys()
    first_acts()


def certify_department(code: str, *, public_key: bytes | None = None, name: str = "document-1") -> Act:
    """Certify a department's document key under the root; without a public key the hub makes and holds the key."""
    key, custody = _public_key(f"{code}/{name}", public_key)
    return _certify(new_certificate(f"{code}/{name}", key, Use.DOCUMENT, custody), root_signer(), "root")


def certify_system(
    code: str,
    department: str,
    name: str = "system-1",
    public_key: bytes | None = None,
    custody: Custody | None = None,
) -> Act:
    """Certify a system's key under the department's document key; without a public key the hub makes and holds it."""
    key, kept_by = _public_key(f"{code}/{name}", public_key)
    certificate = new_certificate(f"{code}/{name}", key, Use.SYSTEM, custody or kept_by)
    return _certify(certificate, department_signer(department), "issuer")


def certify_answer_key(department: str, public_key: bytes, *, name: str = "answer-1") -> Act:
    """Certify the key with which a department's own service signs its answers, under the department's document key."""
    certificate = new_certificate(f"{department}/{name}", public_key, Use.PROVIDER_ANSWER, Custody.DEPARTMENT)
    return _certify(certificate, department_signer(department), "issuer")


def certify_seal_key(owner: str, department: str, public_key: bytes, *, name: str = "seal-1") -> Act:
    """Certify the X25519 key to which a requester's exports are sealed, under its department's document key; the hub never holds it."""
    certificate = replace(new_certificate(f"{owner}/{name}", public_key, Use.SEAL, Custody.DEPARTMENT), alg=sealed_box.ALGORITHM)
    return _certify(certificate, department_signer(department), "issuer")


def make_key(keyid: str) -> Signer:
    """Make a private key that the hub holds, unless it has it, and give its signer."""
    _make_private_key(keys_folder(), keyid)
    return system_signer(keyid)


def _public_key(keyid: str, given: bytes | None) -> tuple[bytes, Custody]:
    if given is not None:
        return given, Custody.DEPARTMENT
    if keyid.startswith(f"{HUB_OWNER}/") or keyid == ROOT_KEYID:
        raise NotAllowed(_("This name belongs to the hub. Choose another."), code="RESERVED_NAME")
    return make_key(keyid).public_key, Custody.HUB


def new_certificate(keyid: str, public_key: bytes, use: Use, custody: Custody, *, hub: str = "", since: timedelta = _SINCE) -> Certificate:
    """An unsigned certificate for `keyid` (`owner/name`) at the log `hub` (by default this one), valid since `since` and for five years."""
    now, (owner, _slash, name) = datetime.now(UTC), keyid.partition("/")
    return Certificate(
        owner=owner,
        name=name,
        public_key=public_key,
        use=use,
        custody=custody,
        not_before=(now - since).strftime(_TIME),
        not_after=(now + timedelta(days=365 * _YEARS_VALID)).strftime(_TIME),
        hub=hub or log_origin(),
    )


def _certify(certificate: Certificate, signer: Signer, role: str) -> Act:
    order = key_order(certificate.checked())
    return append(order, [sign_order(order, signer=signer, role=role)])


def _make_private_key(folder: Path, keyid: str) -> None:
    path = folder / f"{keyid}.pem"
    if not path.exists():
        make_folder(path.parent)
        path.parent.chmod(0o700)
        write_private_key(path, generate_private_key())
        sync_folder(path.parent)


def _write_new(path: Path, data: bytes) -> None:
    if path.exists():
        return
    make_folder(path.parent)
    write_private_key(path, data)  # whole or not at all, mode 0600, never over another
    sync_folder(path.parent)


def _stem(use: Use) -> str:
    return use.value.removeprefix("hub-")


__all__ = [
    "HUB_USES",
    "certify_answer_key",
    "certify_department",
    "certify_system",
    "first_acts",
    "found_hub",
    "has_key",
    "key_path",
    "make_hub_keys",
    "make_key",
    "new_certificate",
]
