"""Which keys sign licences and payment orders, and by which anybody checks them: certified ones only."""

from __future__ import annotations

from datetime import UTC, datetime

from django.utils.translation import gettext as _

from audit.acts import standing
from audit.errors import Missing, Unavailable
from audit.proof.keys import Signer, Use
from audit.signers import department_signer, hub_signer


def licence_signer() -> Signer:
    """The hub's key for licences. Raises Unavailable on a hub that was founded before there were licences."""
    try:
        signer = hub_signer(Use.HUB_LICENCE)
    except Missing:
        signer = None
    if signer is None or not _is_certified(signer):
        raise Unavailable(_("This hub has no key for licences yet. Run: manage.py found_hub"), code="NO_LICENCE_KEY")
    return signer


def payer_signer(department: str) -> Signer:
    """The department's own document key where the hub holds it and it may sign now, else the hub's key for licences."""
    try:
        signer = department_signer(department)
    except Missing:
        return licence_signer()
    return signer if _is_certified(signer) else licence_signer()


def licence_keys() -> dict[str, bytes]:
    """The keys by which licences are checked, {keyid: 32 bytes}: also old ones, but none that was revoked.

    A licence has no place in the log, so nothing would tell what a stolen key signed before from what it signed after.
    """
    held = standing().certificates.values()
    return {
        item.certificate.keyid: item.certificate.public_key
        for item in held
        if item.certificate.use is Use.HUB_LICENCE and item.revoked_seq is None
    }


def _is_certified(signer: Signer) -> bool:
    """Whether the key in our hands is the one that was certified under its name, and may sign now."""
    held = standing().certificates.get(signer.keyid)
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return held is not None and held.certificate.public_key == signer.public_key and held.usable_at(now)
