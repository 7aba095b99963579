"""Writing an offer down: checked against the signed acts, fixed as a text, and signed by a colleague later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts, trail
from audit.errors import Fault
from audit.ground import log_origin
from audit.proof.acts import OrderFault, Standing, agreement_id
from audit.proof.acts.emergencies import require_emergency
from audit.proof.acts.masks import items_read
from audit.proof.acts.scope import OWNER_CHECK, require_scope
from audit.proof.canonical import document_hash
from catalog.models import Dataset, Department, Purpose
from exchange.accounts.models import Person
from exchange.sharing.askable import Wanted, scope_faults
from exchange.sharing.errors import NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import OFFER, OfferEvent, OfferKind, OfferState
from exchange.sharing.models import StandingOffer
from exchange.sharing.offers.sides import authority_side, owner_side, require_offer_step
from exchange.sharing.offers.text import OfferTerms, emergency_order, offer_order, offer_text
from exchange.sharing.terms import time_text

MOST_SENSITIVE = 4


@transaction.atomic
def draft_offer(terms: OfferTerms, *, dataset: Dataset, acting_user: Person, department: Department) -> StandingOffer:
    """Fix the text of an owner's offer; nothing is open before a colleague signs it. Raises NotThatSide, NotAskable."""
    if not owner_side(acting_user, department, dataset):
        raise NotThatSide(_("An officer of the owner, or the dataset's steward, writes its offers."))
    standing = acts.standing()
    if standing.datasets.get(dataset.code) != department.code:
        raise NotThatSide(_("By the signed acts this dataset belongs to another department."))
    _require_sound(terms, dataset, standing)
    text = offer_text(terms, dataset.code, standing, hub=log_origin())
    kind = OfferKind.OFFER if terms.retention_days is None else OfferKind.FRAMEWORK
    return _keep(offer_order(text, hub=log_origin()), kind, standing, dataset, acting_user, department)


@transaction.atomic
def draft_emergency(
    terms: OfferTerms, *, reason: Mapping[str, str], dataset: Dataset, acting_user: Person, department: Department
) -> StandingOffer:
    """Fix the text of an emergency: `terms.legal_basis` holds the one legal act. Items of sensitivity 4 are named by being in it.

    Raises NotThatSide, NotAskable; StateChanged while the review of an earlier emergency about the dataset is overdue.
    """
    if not authority_side(acting_user, department):
        raise NotThatSide(_("Only a reviewer of the sharing authority declares an emergency."))
    _require_reviewed(dataset)
    standing = acts.standing()
    _require_sound(terms, dataset, standing, reason=reason)
    text = offer_text(terms, dataset.code, standing, hub=log_origin())
    order = emergency_order(text, reason=reason, sensitive=sensitive_items(text, standing), hub=log_origin())
    return _keep(order, OfferKind.EMERGENCY, standing, dataset, acting_user, department)


@transaction.atomic
def withdraw_offer(offer: StandingOffer, *, acting_user: Person, department: Department) -> None:
    """Put a draft away; a change is a new draft, so that nobody signs another text than was read."""
    require_offer_step(acting_user, department, offer, OfferEvent.WITHDRAW)
    sources, target = OFFER[OfferEvent.WITHDRAW]
    if not StandingOffer.objects.filter(pk=offer.pk, state__in=sources).update(state=target):
        raise StateChanged(_("It has moved on meanwhile: look at it again."), state=offer.state)
    offer.refresh_from_db()
    record_step(offer, "withdraw", acting_user=acting_user, department=department)


def sensitive_items(text: Mapping[str, Any], standing: Standing) -> list[str]:
    """The items of sensitivity 4 that an offer opens, by their values or by a fact that reads them."""
    version: Any = standing.versions[text["dataset"]].version
    offered = {fact["fact"] for fact in text["facts"]}
    read = {name for fact in version["facts"] if fact["name"] in offered for name in items_read(fact["expression"])}
    classes = {item["name"]: item["sensitivity"] for item in version["items"]}
    return sorted(name for name in {*text["items"], *read} if classes.get(name, MOST_SENSITIVE) >= MOST_SENSITIVE)


def record_step(offer: StandingOffer, event: str, *, acting_user: Person, department: Department) -> None:
    """An entry in the log for a step of an offer that is no act; codes only."""
    route = {"type": "standing_offer", "event": event, "provider": offer.provider_id, "dataset": str(offer.document["dataset"])}
    trail.record({**route, "side": department.code, "acting": str(acting_user.pk), "count": 1}, message={"offer": offer.offer_hash})


def _keep(
    order: dict[str, Any], kind: OfferKind, standing: Standing, dataset: Dataset, acting_user: Person, department: Department
) -> StandingOffer:
    text = order["offer"]
    try:
        require_scope(standing, text)
        if kind is OfferKind.EMERGENCY:
            require_emergency(standing, order, time_text(timezone.now()))
    except OrderFault as fault:
        raise NotAskable(_("This cannot be offered: %(why)s.") % {"why": fault}, code=fault.code) from fault
    offer = StandingOffer.objects.create(
        offer_id=agreement_id(text),
        offer_hash=document_hash(text),
        kind=kind,
        provider_id=text["provider"],
        dataset=dataset,
        document=text,
        order=order,
        not_after=text["not_after"],
        drafted_by=acting_user,
    )
    offer.refresh_from_db()
    offer.named.set(Department.objects.filter(code__in=text["requesters"]))
    record_step(offer, "draft", acting_user=acting_user, department=department)
    return offer


def _require_sound(terms: OfferTerms, dataset: Dataset, standing: Standing, *, reason: Mapping[str, str] | None = None) -> None:
    """Every fault at once, in the reader's language; what is signed is judged once more by the chain itself."""
    wanted = Wanted(
        dataset=dataset.code,
        requester="",
        purpose="",
        systems=(),
        methods=tuple(terms.methods),
        items=tuple(terms.items),
        facts=terms.facts,
        row_filter=terms.row_filter or {},
    )
    faults = [*scope_faults(wanted, standing), *_party_faults(terms, dataset, standing), *_purpose_faults(terms)]
    if terms.not_after <= timezone.now():
        faults.append(Fault("not_after", "past", _("The last day is over: choose a later one.")))
    if not any(basis.get("article") and basis.get("text") for basis in terms.legal_basis):
        faults.append(Fault("legal_basis", "required", _("Name the law and the article that allow this.")))
    if reason is not None and not any(text.strip() for text in reason.values()):
        faults.append(Fault("reason", "required", _("Write what has happened, and why it cannot wait for the owner's signature.")))
    if faults:
        raise NotAskable(_("This cannot be offered as it stands: see the list."), faults=faults)


def _party_faults(terms: OfferTerms, dataset: Dataset, standing: Standing) -> list[Fault]:
    known = standing.departments - {standing.datasets.get(dataset.code, "")}
    if not terms.requesters:
        return [Fault("requesters", "required", _("Name at least one department."))]
    unknown = sorted(set(terms.requesters) - known)
    text = _("No other department of this code has a certified key: %(code)s.")
    return [Fault("requesters", "unknown", text % {"code": code}) for code in unknown]


def _purpose_faults(terms: OfferTerms) -> list[Fault]:
    known = set(Purpose.objects.exclude(code=OWNER_CHECK).values_list("code", flat=True))
    if terms.purposes and set(terms.purposes) <= known:
        return []
    return [Fault("purposes", "unknown", _("Name registered purposes, at least one."))]


def _require_reviewed(dataset: Dataset) -> None:
    now = timezone.now()
    late = StandingOffer.objects.with_review_open(now).filter(dataset=dataset, review__due_on__lt=timezone.localdate(now))
    if late.exists():
        text = _("The review of the last emergency about this dataset is overdue: write it before another one is declared.")
        raise StateChanged(text, state=OfferState.REVOKED)
