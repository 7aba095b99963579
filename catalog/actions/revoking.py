"""Revoke a key of a system, or of a service that answers: from the act on nothing that it signs is accepted, and nothing brings it back."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault, Invalid, NotAllowed
from catalog import orders, permission, projection
from catalog.errors import AlreadyThere
from catalog.models import Key

REVOKED_HERE = frozenset({"system", "provider-answer"})


@transaction.atomic
def revoke_key(key: Key, *, reason: str, acting_user: Any) -> Key:
    """Append a `revoke_key` act signed by the department that issued the key's certificate.

    An administrator of that department may. Document keys and the hub's own are the root's to revoke: NotAllowed.
    Raises AlreadyThere for a key that is revoked, Invalid without a reason.
    """
    if key.use not in REVOKED_HERE or key.department is None:
        raise NotAllowed(_("Keys of systems and services are revoked here; document keys by the sharing authority's root."))
    permission.require(acting_user, key.department, permission.ADMINISTRATOR)
    if key.revoked_seq is not None:
        raise AlreadyThere(_("This key is revoked already."))
    if not reason.strip():
        raise Invalid(_("A revocation has a reason."), faults=[Fault("reason", "required", _("Write why."))])
    order = orders.order("revoke_key", keyid=key.keyid, reason=reason.strip())
    orders.append_signed(order, department=key.department, acting_user=acting_user, role="issuer")
    projection.project_keys(acts.standing())
    permission.handled_key(acting_user, key.department, key.keyid, permission.KEY_REVOKED)
    key.refresh_from_db()
    return key
