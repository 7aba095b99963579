"""What the hub knows from outside its database: the log's origin and the authority's root key."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from audit.errors import Unavailable
from audit.proof.acts import Ground
from audit.proof.canonical import unb64url

ORIGIN_FILE = "log_origin"
ROOT_FILE = "authority-root.pub"


def log_origin() -> str:
    """The log's origin: its setting, or the file written at the first start. Raises Unavailable before that."""
    return _known(settings.LOG_ORIGIN, ORIGIN_FILE)


def authority_root() -> bytes:
    """The authority's Ed25519 public key, 32 bytes. Raises Unavailable before the hub is founded."""
    return unb64url(_known(settings.AUTHORITY_ROOT, ROOT_FILE))


def ground() -> Ground:
    """All of it, as the fold of acts takes it."""
    return Ground(hub=log_origin(), root=authority_root(), authority=settings.AUTHORITY_DEPARTMENT)


def keys_folder() -> Path:
    """The folder of private keys, never inside the database."""
    return Path(settings.KEYS_DIR)


def _known(setting: str, file_name: str) -> str:
    if setting:
        return setting
    path = keys_folder() / file_name
    if path.exists():
        return path.read_text("utf-8").strip()
    raise Unavailable(_("This hub has no keys yet. Run: manage.py found_hub"), code="NOT_FOUNDED")
