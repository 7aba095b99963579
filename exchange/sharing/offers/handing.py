"""Orders that a department's own machine signs: prepared by a person on a page, found there by their number, done once.

The number is a secret of its own (160 bits): whoever knows it reads the text of the order, and can do nothing without the
department's key. The step is taken as the person who prepared it, by the same action and under the same rules.
"""

from __future__ import annotations

import base64
import secrets
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.proof.canonical import document_hash
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing import actions
from exchange.sharing.errors import NoSuchRequest, StateChanged
from exchange.sharing.models import Agreement, StandingOffer, WaitingOrder
from exchange.sharing.offers import signing
from exchange.sharing.signing import HandedIn

LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class Prepared:
    """What is to be signed: the order, by which key, in which role, and the words that the step needs again."""

    step: str
    order: dict[str, Any]
    keyid: str
    role: str
    words: dict[str, str]


@transaction.atomic
def prepare(prepared: Prepared, thing: Agreement | StandingOffer, *, acting_user: Person, department: Department) -> WaitingOrder:
    """Keep a step until its signature is handed in; the same step prepared again takes the place of the one before."""
    now = timezone.now()
    place = {"agreement": thing} if isinstance(thing, Agreement) else {"offer": thing}
    WaitingOrder.objects.filter(**place, step=prepared.step, prepared_by=acting_user, done_at=None).delete()
    return WaitingOrder.objects.create(
        number=base64.b32encode(secrets.token_bytes(20)).decode("ascii").lower(),
        step=prepared.step,
        order=prepared.order,
        keyid=prepared.keyid,
        role=prepared.role,
        department=department,
        prepared_by=acting_user,
        words=prepared.words,
        created_at=now,
        expires_at=now + LASTS,
        **place,
    )


def waiting_order(number: str) -> WaitingOrder:
    """The order of this number while it waits. Raises NoSuchRequest."""
    rows = WaitingOrder.objects.filter(number=number, done_at=None, expires_at__gt=timezone.now())
    found = rows.select_related("department", "prepared_by", "agreement__dataset", "offer__dataset").first()
    if found is None:
        raise NoSuchRequest(_("No order of this number waits: it was signed, has run out after a day, or the number is mistyped."))
    return found


@transaction.atomic
def hand_in(order: WaitingOrder, *, signature: dict[str, Any]) -> WaitingOrder:
    """Take the step with the signature that was made elsewhere. Raises what the step itself raises, StateChanged if it was taken."""
    if not WaitingOrder.objects.filter(pk=order.pk, done_at=None).update(done_at=timezone.now()):
        raise StateChanged(_("This order was handed in already."), state="DONE")
    _STEPS[order.step](order, signature)
    order.refresh_from_db()
    return order


def shown(order: WaitingOrder) -> dict[str, Any]:
    """What the department's machine gets: the order itself, its hash, and what the dataset's signed description calls things."""
    target = _target_text(order)
    text = order.order.get("agreement") or order.order.get("offer") or target or {}
    return {
        "number": order.number,
        "step": order.step,
        "order": order.order,
        "hash": document_hash(order.order),
        "keyid": order.keyid,
        "role": order.role,
        "department": order.department_id,
        "expires_at": order.expires_at,
        "target": target,
        "described": _described(str(text.get("dataset", ""))),
    }


def _target_text(order: WaitingOrder) -> dict[str, Any] | None:
    """The text of what is suspended, resumed or revoked: its own name proves it."""
    if "target" not in order.order:
        return None
    thing = order.agreement or order.offer
    return dict(thing.document) if thing else None


def _described(dataset: str) -> dict[str, Any]:
    found = acts.standing().versions.get(dataset)
    if found is None:
        return {"title": {}, "items": [], "facts": []}
    version: Any = found.version
    return {
        "title": version.get("title", {}),
        "items": [{"name": row["name"], "title": row.get("title", {}), "sensitivity": row["sensitivity"]} for row in version["items"]],
        "facts": [{"name": row["name"], "title": row.get("title", {})} for row in version["facts"]],
    }


def _who(order: WaitingOrder) -> dict[str, Any]:
    return {"acting_user": order.prepared_by, "department": order.department}


def _agreement_of(order: WaitingOrder) -> Agreement:
    if order.agreement is None:
        raise NoSuchRequest(_("There is no such agreement, or it is not yours to see."))
    return order.agreement


def _offer_of(order: WaitingOrder) -> StandingOffer:
    if order.offer is None:
        raise NoSuchRequest(_("There is no such offer, or it is not yours to see."))
    return order.offer


def _ending(order: WaitingOrder, signature: dict[str, Any]) -> dict[str, Any]:
    return {**order.words, "handed": HandedIn(order.order, signature), **_who(order)}


_STEPS: dict[str, Any] = {
    "sign": lambda order, signature: actions.sign_agreement(_agreement_of(order), signature=signature, **_who(order)),
    "provide_signature": lambda order, signature: actions.provide_signature(_agreement_of(order), signature=signature, **_who(order)),
    "suspend": lambda order, signature: actions.suspend(_agreement_of(order), **_ending(order, signature)),
    "resume": lambda order, signature: actions.resume(_agreement_of(order), **_ending(order, signature)),
    "revoke": lambda order, signature: actions.revoke(_agreement_of(order), **_ending(order, signature)),
    "sign_offer": lambda order, signature: signing.sign_offer(_offer_of(order), signature=signature, **_who(order)),
    "suspend_offer": lambda order, signature: signing.suspend_offer(_offer_of(order), **_ending(order, signature)),
    "resume_offer": lambda order, signature: signing.resume_offer(_offer_of(order), **_ending(order, signature)),
    "revoke_offer": lambda order, signature: signing.revoke_offer(_offer_of(order), **_ending(order, signature)),
}
