"""Finds the private keys that the hub holds: PKCS#8 files under KEYS_DIR, one folder an owner, never in the database."""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path

from django.utils.translation import gettext as _

from audit.errors import Missing
from audit.ground import keys_folder
from audit.proof.keys import HUB_OWNER, KEYID, ROOT_KEYID, PemSigner, Signer, Use

_NUMBERED = re.compile(r"(?P<stem>.+)-(?P<number>[0-9]+)")


def hub_signer(use: Use | str) -> Signer:
    """The hub's newest key of a use, `hub/counter-2` for `hub-counter`. Raises Missing."""
    return _newest(HUB_OWNER, Use(use).value.removeprefix("hub-"))


def department_signer(code: str) -> Signer:
    """The newest document key of a department, where the hub holds it. Raises Missing."""
    return _newest(code, Use.DOCUMENT.value)


def root_signer() -> Signer:
    """The authority's root key, where the hub holds it (the demonstration). Raises Missing."""
    return system_signer(ROOT_KEYID)


def system_signer(keyid: str) -> Signer:
    """The key of exactly this keyid. Raises Missing."""
    if not has_key(keyid):
        raise Missing(_("The hub does not hold this key. Sign where the key is kept."), code="KEY_NOT_HELD", keyid=keyid)
    return _load(keyid, str(key_path(keyid)))


def has_key(keyid: str) -> bool:
    """Whether the hub holds the private key of this keyid."""
    return bool(KEYID.fullmatch(keyid)) and key_path(keyid).exists()


def key_path(keyid: str) -> Path:
    """Where the private key of a keyid stands, or would."""
    owner, name = keyid.split("/")
    return keys_folder() / owner / f"{name}.pem"


def newest_name(owner: str, stem: str) -> str | None:
    """The key name of an owner with the highest number, `document-2`; None if there is none."""
    found = [(int(match["number"]), path.stem) for path in (keys_folder() / owner).glob("*.pem") if (match := _is_of(path, stem))]
    return max(found)[1] if found else None


def _is_of(path: Path, stem: str) -> re.Match[str] | None:
    match = _NUMBERED.fullmatch(path.stem)
    return match if match and match["stem"] == stem else None


def _newest(owner: str, stem: str) -> Signer:
    name = newest_name(owner, stem)
    return system_signer(f"{owner}/{name}" if name else f"{owner}/{stem}-1")


@lru_cache(maxsize=256)
def _load(keyid: str, path: str) -> PemSigner:
    return PemSigner(keyid, Path(path))
