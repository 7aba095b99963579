"""What the owner of a dataset does with a checked part: approve, item by item, or refuse with reason and ground."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault
from audit.proof.acts import Standing
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing import jurisdiction
from exchange.sharing.actions.asking import wanted
from exchange.sharing.actions.proposing import propose
from exchange.sharing.askable import askable_faults
from exchange.sharing.errors import NotAskable, NotThatSide
from exchange.sharing.lifecycle import PartEvent
from exchange.sharing.models import Agreement, RequestedFact, RequestedItem, RequestPart, Wish
from exchange.sharing.moves import move_part
from exchange.sharing.sides import require_part_step


@transaction.atomic
def approve(
    part: RequestPart,
    *,
    acting_user: Person,
    department: Department,
    refused: Mapping[str, str] | None = None,
    note: str = "",
) -> Agreement:
    """Approve a checked part, but for the items and facts in `refused` (name → written reason); fixes and signs the text.

    Raises NotThatSide, StateChanged, FourEyes, HubCustody, and NotAskable when nothing is left or the data changed.
    """
    require_part_step(acting_user, department, part, PartEvent.APPROVE)
    standing = acts.standing()
    _require_owner_by_acts(standing, part, department)
    _refuse_some(part, refused or {})
    _require_still_askable(part, standing)
    decided = {"decided_by": acting_user, "decided_at": timezone.now()}
    move_part(part, PartEvent.APPROVE, acting_user=acting_user, department=department, note=note, **decided)
    return propose(part, standing, offered=None, approved_by=acting_user)


@transaction.atomic
def refuse(part: RequestPart, *, reason: str, ground: str, acting_user: Person, department: Department) -> None:
    """Refuse a checked part with a written reason and a coded legal ground (jurisdiction.refusal_grounds)."""
    require_part_step(acting_user, department, part, PartEvent.REFUSE)
    faults = []
    if not reason.strip():
        faults.append(Fault("reason", "required", _("Write why, so that the requester can act on it.")))
    if ground not in jurisdiction.refusal_grounds():
        codes = ", ".join(jurisdiction.refusal_grounds())
        faults.append(Fault("ground", "unknown", _("Choose a legal ground among: %(codes)s.") % {"codes": codes}))
    if faults:
        raise NotAskable(_("A refusal has a reason and a legal ground."), faults=faults)
    decided = {"decided_by": acting_user, "decided_at": timezone.now(), "decision_reason": reason, "ground": ground}
    move_part(part, PartEvent.REFUSE, acting_user=acting_user, department=department, note=reason, **decided)
    for wishes in (RequestedItem.objects.filter(part=part), RequestedFact.objects.filter(part=part)):
        wishes.update(decision=Wish.REFUSED)


def _require_owner_by_acts(standing: Standing, part: RequestPart, department: Department) -> None:
    """The table says who owns the dataset; before the hub signs for somebody, the signed acts must say it too."""
    if standing.datasets.get(part.dataset.code) != department.code:
        raise NotThatSide(_("By the signed acts this dataset belongs to another department."))


def _refuse_some(part: RequestPart, refused: Mapping[str, str]) -> None:
    asked = {wish.name for wish in _wishes(part)}
    faults = [Fault(name, "unknown", _("This was not asked for.")) for name in refused if name not in asked]
    faults += [Fault(name, "reason", _("Write why it is refused.")) for name, reason in refused.items() if not reason.strip()]
    if faults:
        raise NotAskable(_("Some of what is refused does not hold."), faults=faults)
    for name, reason in refused.items():
        part.items.filter(name=name).update(decision=Wish.REFUSED, reason=reason)
        part.facts.filter(name=name).update(decision=Wish.REFUSED, reason=reason)


def _wishes(part: RequestPart) -> list[RequestedItem | RequestedFact]:
    return [*RequestedItem.objects.filter(part=part), *RequestedFact.objects.filter(part=part)]


def _require_still_askable(part: RequestPart, standing: Standing) -> None:
    left_items = part.items.exclude(decision=Wish.REFUSED).exists()
    left_facts = part.facts.exclude(decision=Wish.REFUSED).exists()
    if not left_items and not left_facts:
        raise NotAskable(_("Nothing is left: refuse the whole part instead, with its legal ground."), code="NOTHING_LEFT")
    refused = {wish.name for wish in _wishes(part) if wish.decision == Wish.REFUSED}
    faults = [fault for fault in askable_faults(wanted(part), standing) if fault.where.rpartition(".")[2] not in refused]
    if faults:
        raise NotAskable(_("The dataset has changed since it was asked: refuse these, or return the part."), faults=faults)
