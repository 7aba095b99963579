"""Lets a stranger's key into the sandbox, for a month. What it opens is invented, so nobody has to certify it."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Invalid
from audit.proof.canonical import CanonicalError, unb64url
from audit.proof.keys import SignatureError, require_public_key
from exchange.accounts import limits
from exchange.delivery.models import SandboxKey

GOOD_FOR = timedelta(days=30)
KEYS_AN_HOUR = 20
_PRINTED = "public key:"  # whoever pastes the whole line is understood


class BadPublicKey(Invalid):
    """What was sent is no Ed25519 public key in base64url."""

    code = "BAD_PUBLIC_KEY"


def register(public_key: str, *, address: str) -> SandboxKey:
    """Let the key (32 bytes, base64url) ask the sandbox until a month from now; the same key keeps its system's code.

    Raises BadPublicKey and TooManyTries. Has its own transaction.
    """
    raw = _read(public_key)
    limits.take("sandbox.key", address, limit=KEYS_AN_HOUR, window=timedelta(hours=1))
    now = timezone.now()
    SandboxKey.objects.filter(expires_at__lt=now).delete()
    found = SandboxKey.objects.filter(public_key=raw).first()
    if found is not None:
        SandboxKey.objects.filter(pk=found.pk).update(expires_at=now + GOOD_FOR)
        found.refresh_from_db()
        return found
    return SandboxKey.objects.create(system=f"try-{secrets.token_hex(6)}", public_key=raw, expires_at=now + GOOD_FOR)


def _read(public_key: str) -> bytes:
    try:
        raw = unb64url(public_key.strip().removeprefix(_PRINTED).strip())
        require_public_key(raw)
    except (CanonicalError, SignatureError) as error:
        text = _("This is no public key. Paste the line that `hub keys new` printed: 43 letters, digits, hyphens and underscores.")
        raise BadPublicKey(text) from error
    return raw
