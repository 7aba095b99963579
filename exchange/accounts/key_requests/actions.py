"""Asking for a key's certificate or its end, and deciding about it. Asking changes nothing: the act is the administrator's."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.proof.canonical import CanonicalError, unb64url
from audit.proof.keys import KEYID, SignatureError, require_public_key
from catalog import actions as catalog
from catalog.models import Key, System
from exchange.accounts.acting import acting_as
from exchange.accounts.errors import Conflict, Invalid
from exchange.accounts.models import KeyRequest, KeyRequestState, KeyWish, Person, Role

MAY_ASK = (Role.ADMINISTRATOR, Role.OFFICER, Role.PUBLISHER)
MOST_WAITING = 20


def ask_certificate(system: System, *, name: str, public_key: str, acting_user: Person) -> KeyRequest:
    """Hand in a public key (Ed25519, base64url) for `system`. Handed in again it is the same request.

    Raises RoleNeeded, Invalid with every fault, Conflict where the name belongs to another key.
    """
    acting_as(acting_user, system.department_id, *MAY_ASK)
    keyid, raw = f"{system.code}/{name}", _read_key(public_key)
    faults = [] if KEYID.fullmatch(keyid) else [Fault("name", "format", _("Use letters, digits and hyphens only."))]
    faults += [] if raw else [Fault("public_key", "format", _("Hand in the 43 characters of an Ed25519 public key in base64url."))]
    if faults or raw is None:
        raise Invalid(_("This key cannot be handed in like this."), faults=faults)
    same = KeyRequest.objects.filter(wish=KeyWish.CERTIFY, keyid=keyid).exclude(state=KeyRequestState.REFUSED).first()
    if same is not None and bytes(same.public_key) == raw:
        return same
    if same is not None or Key.objects.filter(keyid=keyid).exists():
        raise Conflict(_("A key of this name is there already. Choose the next number."), code="KEY_NAME_TAKEN")
    return _ask(KeyWish.CERTIFY, system, keyid, raw, acting_user)


def ask_end(system: System, *, name: str, acting_user: Person) -> KeyRequest:
    """Ask for the end of a key that was replaced. Asked again it is the same request. Raises RoleNeeded, Conflict."""
    acting_as(acting_user, system.department_id, *MAY_ASK)
    keyid = f"{system.code}/{name}"
    key = Key.objects.filter(keyid=keyid, department=system.department_id).first()
    if key is None:
        raise Conflict(_("This system has no key of that name."), code="NO_SUCH_KEY")
    same = KeyRequest.objects.filter(wish=KeyWish.REVOKE, keyid=keyid).exclude(state=KeyRequestState.REFUSED).first()
    if same is not None:
        return same
    if key.revoked_seq is not None:
        raise Conflict(_("This key has ended already."), code="KEY_ENDED")
    if not Key.objects.in_force().filter(certificate__owner=system.code).exclude(keyid=keyid).exists():
        raise Conflict(_("It is the only key of its system: certify another one first."), code="LAST_KEY")
    return _ask(KeyWish.REVOKE, system, keyid, unb64url(key.certificate["public_key"]), acting_user)


@transaction.atomic
def grant(asked: KeyRequest, *, acting_user: Person) -> KeyRequest:
    """Certify the key, or end it: the administrator's act, by the same action as on the page of keys. Raises Conflict, RoleNeeded."""
    acting_as(acting_user, asked.department_id, Role.ADMINISTRATOR)
    _decide(asked, KeyRequestState.DONE, acting_user)
    if asked.wish == KeyWish.CERTIFY:
        system = System.objects.select_related("department").get(code=asked.system)
        names = {"en": system.name_en, "zh": system.name_zh}
        key = {"public_key": bytes(asked.public_key), "key_name": asked.keyid.partition("/")[2]}
        catalog.register_system(system.department, code=system.code, name=names, **key, acting_user=acting_user)  # type: ignore[arg-type]
    else:
        key_row = Key.objects.select_related("department").get(keyid=asked.keyid)
        catalog.revoke_key(key_row, reason=_("Replaced by another key."), acting_user=acting_user)
    return asked


@transaction.atomic
def refuse(asked: KeyRequest, *, acting_user: Person) -> KeyRequest:
    """Do nothing about it. Raises Conflict, RoleNeeded."""
    acting_as(acting_user, asked.department_id, Role.ADMINISTRATOR)
    return _decide(asked, KeyRequestState.REFUSED, acting_user)


def _decide(asked: KeyRequest, state: KeyRequestState, acting_user: Person) -> KeyRequest:
    now: datetime = timezone.now()
    rows = KeyRequest.objects.filter(pk=asked.pk, state=KeyRequestState.WAITING)
    if not rows.update(state=state, decided_by=acting_user, decided_at=now):
        raise Conflict(_("Somebody has decided this already."))
    asked.refresh_from_db()
    return asked


def _ask(wish: KeyWish, system: System, keyid: str, public_key: bytes, acting_user: Person) -> KeyRequest:
    if KeyRequest.objects.filter(department=system.department_id, state=KeyRequestState.WAITING).count() >= MOST_WAITING:
        raise Conflict(_("Too many keys of your department wait. Ask an administrator to decide about them."), code="TOO_MANY_WAIT")
    try:
        with transaction.atomic():
            return KeyRequest.objects.create(
                wish=wish,
                department_id=system.department_id,
                system=system.code,
                keyid=keyid,
                public_key=public_key,
                asked_by=acting_user,
                asked_at=timezone.now(),
            )
    except IntegrityError as error:
        raise Conflict(_("The same was asked at this very moment. Ask again.")) from error


def _read_key(text: str) -> bytes | None:
    try:
        raw = unb64url(text.strip())
        require_public_key(raw)
    except (CanonicalError, SignatureError):
        return None
    return raw
