"""The counter where authority is handed in: appends signed orders to the chain of acts, and tells what the chain allows.

An act, its entry in the log and whatever it changes are one transaction under the exclusive policy lock; the second
copy follows the commit and precedes the acknowledgement (docs/decisions/0010).
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NoReturn

from django.db import connection, transaction
from django.utils.translation import gettext as _

from audit import copy, trail
from audit.authority import drop_drafts, forget, hold_draft, standing, version
from audit.errors import OrderRefused, PolicyRollback
from audit.locks import lock_exclusive, lock_shared
from audit.models import Act
from audit.proof.acts import AuthorityError, Standing, StoredAct, agreement_id, extend, next_act, seal_act
from audit.proof.canonical import Document, document_hash, dumps
from audit.proof.keys import Signer, Use, sign_document
from audit.signers import hub_signer

__all__ = ["PolicyRollback", "append", "forget", "lock_shared", "sign_order", "standing", "version"]

_TIME = "%Y-%m-%dT%H:%M:%SZ"


def append(order: Document, signatures: list[Document], *, acting_user: Any = None) -> Act:
    """Append a signed order as the next act, in the caller's transaction or one of its own.

    Raises OrderRefused when the chain does not allow it, PolicyRollback when the chain itself does not verify.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            lock_exclusive(cursor)
        before = standing()
        act, stored, after = _seal(before, order, signatures)
        row = _insert(act, stored, _route(order, before, after.head.seq), acting_user)
        hold_draft(after)
        transaction.on_commit(_acknowledge)
    return row


def sign_order(order: Document, *, signer: Signer, role: str) -> Document:
    """Sign an order with a key that the hub holds; the signature object of protocol section 1."""
    return sign_document(signer, kind=str(order["type"]), document=order, role=role, signed_at=_text(datetime.now(UTC)))


def time_text() -> str:
    """Now, as the texts of acts and certificates write it: UTC, seconds."""
    return _text(datetime.now(UTC))


def _seal(before: Standing, order: Document, signatures: list[Document]) -> tuple[Document, StoredAct, Standing]:
    """The act, its bytes, and what is allowed after it: checked as every process checks it at its start."""
    try:
        act = next_act(before, order=order, signatures=signatures, at=max(time_text(), before.at))
        stored = seal_act(hub_signer(Use.HUB_COUNTER), act)
        return act, stored, extend(before, [stored])
    except AuthorityError as error:
        _refuse(error.message, error.code)


def _refuse(message: str, code: str) -> NoReturn:
    raise OrderRefused(_("The signed order is not accepted: {why}").format(why=message), code=code)


def _insert(act: Document, stored: StoredAct, route: dict[str, Any], acting_user: Any) -> Act:
    act_hash = document_hash(act)
    if acting_user is not None:
        route["acting"] = str(acting_user.pk)
    built = trail.record(route, message={"act": act_hash})
    return Act.objects.create(
        seq=route["seq"],
        hash=act_hash,
        type=route["act"],
        at=str(act["at"]),
        raw=stored.raw,
        hub_signature=dumps(stored.hub_signature).decode(),
        leaf=built.leaf,
    )


def _acknowledge() -> None:
    drop_drafts()
    copy.catch_up()


def _route(order: Document, before: Standing, seq: int) -> dict[str, Any]:
    """What the log says in clear about an act: codes only, no text that a person wrote."""
    return {"type": "act", "act": str(order["type"]), "seq": seq, "count": 1, **_parties(order, before)}


def _parties(order: Document, before: Standing) -> Document:
    found = order.get("agreement") or order.get("offer") or order.get("version")
    if isinstance(found, dict) and "agreement" in order:
        named: dict[str, Any] = {**found, "agreement": agreement_id(found)}
    elif "target" in order:
        named = _target(str(order["target"]), before)
    elif isinstance(found, dict):
        named = {**found, "dataset": found.get("dataset") or order.get("dataset")}
    else:
        named = {"dataset": order.get("dataset"), "provider": order.get("owner")}
    if not named.get("provider"):
        named["provider"] = before.datasets.get(str(named.get("dataset")), "")
    return {name: named[name] for name in ("provider", "requester", "dataset", "agreement") if isinstance(named.get(name), str)}


def _target(target: str, before: Standing) -> dict[str, Any]:
    agreement = before.agreements.get(target)
    if agreement is not None:
        return {**agreement.agreement, "agreement": target}
    offer = before.offers.get(target)
    return dict(offer.offer) if offer is not None else {}


def _text(moment: datetime) -> str:
    return moment.strftime(_TIME)
