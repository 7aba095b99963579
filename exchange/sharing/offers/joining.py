"""Joining: an offer whose whole text is known becomes an agreement by one signature of the requester, with no request to write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault, HubError
from audit.proof.acts import Standing
from catalog.models import Department, Purpose
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Person, Role
from exchange.sharing.actions.asking import PartTerms, RequestWords, draft_request
from exchange.sharing.actions.proposing import propose
from exchange.sharing.errors import NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import OfferKind, OfferState, PartEvent
from exchange.sharing.models import Agreement, RequestPart, StandingOffer
from exchange.sharing.moves import move_part
from exchange.sharing.offers.sides import require_joiner
from exchange.sharing.quota import terms_of_quota
from exchange.sharing.terms import Offered, beyond_offer, time_text


@transaction.atomic
def join(offer: StandingOffer, *, systems: Sequence[str], purpose: str, acting_user: Person, department: Department) -> Agreement:
    """Make request, part and PROPOSED agreement of everything that the offer offers; `sign_agreement` puts it into force.

    The owner's two officers have fixed the text, so nobody is left to ask or to check: the requester reads and signs.
    Raises NotThatSide, FourEyes, StateChanged, NotAskable.
    """
    standing = acts.standing()
    offered = require_joinable(offer, standing, acting_user=acting_user, department=department)
    _require_choice(offered.offer, standing, systems=systems, purpose=purpose, requester=department.code)
    words = RequestWords(Purpose.objects.get(code=purpose), reason=_reason(offer), legal_basis=offered.offer["legal_basis"])
    terms = _terms(offered.offer, offer, systems)
    request = draft_request(words, parts={offer.dataset: terms}, acting_user=acting_user, department=department)
    part = RequestPart.objects.select_related("request", "dataset").get(request=request)
    return _granted(part, offered, standing, acting_user=acting_user, department=department)


def may_join(offer: StandingOffer, standing: Standing, *, acting_user: Person, department: Department) -> bool:
    """Whether `join` would be open to this person now; for pages."""
    try:
        require_joinable(offer, standing, acting_user=acting_user, department=department)
    except HubError:
        return False
    return True


def require_joinable(offer: StandingOffer, standing: Standing, *, acting_user: Person, department: Department) -> Offered:
    """The offer as the acts hold it, if this person may join for the department. Raises NotThatSide, FourEyes, StateChanged."""
    acting_as(acting_user, department, Role.OFFICER)
    found = standing.offers.get(offer.offer_hash)
    if found is None or not found.in_force or offer.state_at(timezone.now()) is not OfferState.IN_FORCE:
        raise StateChanged(_("The offer is not in force: nobody can join it now."), state=offer.state)
    if "retention" not in found.offer:
        raise StateChanged(_("This offer is taken up by a request: ask for the dataset."), state=offer.state)
    if department.code not in found.offer["requesters"]:  # type: ignore[operator]
        raise NotThatSide(_("The offer does not name your department."))
    require_joiner(acting_user, offer)
    return Offered(offer.offer_hash, found.offer)


def _require_choice(text: Mapping[str, Any], standing: Standing, *, systems: Sequence[str], purpose: str, requester: str) -> None:
    faults = []
    if not systems or any(standing.systems.get(code) != requester for code in systems):
        faults.append(Fault("systems", "unknown", _("Choose among your department's certified systems, at least one.")))
    if purpose not in text["purposes"]:
        faults.append(Fault("purpose", "unknown", _("Choose one of the purposes that are offered.")))
    if faults:
        raise NotAskable(_("The offer cannot be joined like this."), faults=faults)


def _reason(offer: StandingOffer) -> str:
    return _("Joined the emergency of the authority.") if offer.kind == OfferKind.EMERGENCY else _("Joined the owner's framework.")


def _terms(text: Mapping[str, Any], offer: StandingOffer, systems: Sequence[str]) -> PartTerms:
    quota: Mapping[str, Any] = terms_of_quota(text["quota"])
    return PartTerms(
        items=text["items"],
        facts={fact["fact"]: fact["with"] for fact in text["facts"]},
        methods=text["methods"],
        systems=systems,
        row_filter=text["row_filter"],
        period_from=timezone.now(),
        period_until=offer.not_after,
        retention_days=text["retention"]["days"],
        **quota,
    )


def _granted(part: RequestPart, offered: Offered, standing: Standing, *, acting_user: Person, department: Department) -> Agreement:
    now = timezone.now()
    who: dict[str, Any] = {"acting_user": acting_user, "department": department}
    version = standing.versions[part.dataset.code].hash
    move_part(part, PartEvent.SUBMIT, version_hash=version, submitted_by=acting_user, submitted_at=now, **who)
    move_part(part, PartEvent.GRANT_UNDER_OFFER, decided_at=now, offer_hash=offered.hash, **who)
    agreement = propose(part, standing, offered=offered, approved_by=None)
    beyond = beyond_offer(offered, agreement.document, at=time_text(now))
    if beyond:
        raise NotAskable(_("The dataset has changed since it was offered: %(why)s.") % {"why": beyond}, code="BEYOND_OFFER")
    return agreement
