"""Who the sandbox is: its own root, counter and answer keys, and the two acts that certify them, made once and kept in files."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from audit.ceremony import new_certificate
from audit.errors import Unavailable
from audit.files import make_folder
from audit.ground import keys_folder, log_origin
from audit.proof.acts import Ground, Standing, empty, extend, next_act, seal_act
from audit.proof.canonical import JSON, Document, b64url, dumps, loads
from audit.proof.keys import (
    HUB_OWNER,
    ROOT_KEYID,
    Custody,
    PemSigner,
    Signer,
    Use,
    generate_private_key,
    key_order,
    sign_document,
    write_private_key,
)

FOLDER = "sandbox"
_DOCUMENT = "keys.json"
_SINCE = timedelta(days=1)
_TIME = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True)
class Identity:
    """The sandbox's origin, its root's public key (base64url), its signer of answers, and the document of its keys."""

    origin: str
    root: str
    answers: Signer
    document: bytes


def identity() -> Identity:
    """The sandbox's identity, made at the first call. Raises Unavailable where its files can be neither read nor written."""
    return _identity(keys_folder() / FOLDER, f"sandbox.{log_origin()}")


@lru_cache(maxsize=4)
def _identity(folder: Path, origin: str) -> Identity:
    try:
        make_folder(folder)
        folder.chmod(0o700)
        root, counter, answers = (_signer(folder, keyid) for keyid in (ROOT_KEYID, f"{HUB_OWNER}/counter-1", f"{HUB_OWNER}/answer-1"))
        document = _document(folder / _DOCUMENT, origin, (root, counter, answers))
    except OSError as error:
        raise Unavailable(
            _("The sandbox has no keys: its folder beside the hub's keys must be writable once."), code="NO_SANDBOX"
        ) from error
    return Identity(origin, b64url(root.public_key), answers, document)


def _signer(folder: Path, keyid: str) -> PemSigner:
    path = folder / f"{keyid.replace('/', '-')}.pem"
    if not path.exists():
        _write_once(path, generate_private_key())
    return PemSigner(keyid, path)


def _write_once(path: Path, content: bytes) -> None:
    """Whoever comes second finds the first one's file."""
    try:
        write_private_key(path, content)
    except FileExistsError:
        return


def _document(path: Path, origin: str, signers: tuple[Signer, Signer, Signer]) -> bytes:
    """The document as the hub's own `GET /api/v1/keys` has it."""
    if not path.exists():
        _write_once(path, dumps(_make_document(origin, *signers)))
    raw = path.read_bytes()
    if loads(raw)["log"] != origin:
        raise Unavailable(_("The sandbox was made for another log. Remove its folder beside the hub's keys."), code="NO_SANDBOX")
    return raw


def _make_document(origin: str, root: Signer, counter: Signer, answers: Signer) -> Document:
    standing = empty(Ground(origin, root.public_key, ""))
    acts: list[JSON] = []
    for signer, use in ((counter, Use.HUB_COUNTER), (answers, Use.HUB_ANSWER)):
        standing, act = _certified(standing, signer, use, root=root, counter=counter)
        acts.append(act)
    return {"log": origin, "authority_root": b64url(root.public_key), "acts": acts}


def _certified(standing: Standing, signer: Signer, use: Use, *, root: Signer, counter: Signer) -> tuple[Standing, Document]:
    certificate = new_certificate(signer.keyid, signer.public_key, use, Custody.HUB, hub=standing.ground.hub, since=_SINCE)
    order, at = key_order(certificate.checked()), datetime.now(UTC).strftime(_TIME)
    signature = sign_document(root, kind=str(order["type"]), document=order, role="root", signed_at=at)
    stored = seal_act(counter, next_act(standing, order=order, signatures=[signature], at=at))
    written: Document = {
        "seq": standing.head.seq + 1,
        "keyid": signer.keyid,
        "act": b64encode(stored.raw).decode("ascii"),
        "hub_signature": stored.hub_signature,
    }
    return extend(standing, [stored]), written
