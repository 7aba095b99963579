"""What the sharing authority does with a request: the formal check, or one notice that lists everything missing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault
from audit.ground import log_origin
from audit.proof.acts import Standing
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.actions.asking import wanted
from exchange.sharing.actions.deciding import wishes_of
from exchange.sharing.actions.proposing import propose
from exchange.sharing.askable import askable_faults
from exchange.sharing.errors import NotAskable
from exchange.sharing.foreseeing import fitting_offer
from exchange.sharing.lifecycle import PartEvent
from exchange.sharing.models import Agreement, RequestedItem, RequestPart, Wish
from exchange.sharing.moves import move_part
from exchange.sharing.sides import require_part_step
from exchange.sharing.terms import Offered, agreement_text, masks_of_part, time_text


@transaction.atomic
def check(
    part: RequestPart, *, acting_user: Person, department: Department, note: str = "", remarks: Mapping[str, str] | None = None
) -> Agreement | None:
    """Pass a submitted part on to its owner; inside the owner's standing offer the agreement is proposed at once.

    `remarks`: wish (`items.grade`) → what the owner should look at, for what the authority does not simply pass.

    Raises NotAskable when the dataset has changed so that the request no longer fits: return it then.
    """
    require_part_step(acting_user, department, part, PartEvent.CHECK)
    standing = acts.standing()
    faults = askable_faults(wanted(part), standing)
    if faults:
        raise NotAskable(_("The dataset has changed since: return the request with this list."), faults=faults)
    _mark(part, remarks or {})
    offered = _fitting_offer(part, standing)
    if offered is None:
        done = {"checked_by": acting_user, "checked_at": timezone.now()}
        move_part(part, PartEvent.CHECK, acting_user=acting_user, department=department, note=note, **done)
        return None
    return _grant_under_offer(part, offered, standing, acting_user=acting_user, department=department)


@transaction.atomic
def return_part(part: RequestPart, *, missing: Sequence[Fault], acting_user: Person, department: Department) -> None:
    """Send a part back once, with one complete list of what is missing. Raises NotAskable for an empty list."""
    require_part_step(acting_user, department, part, PartEvent.RETURN)
    if not missing or not all(str(fault.message).strip() for fault in missing):
        raise NotAskable(_("List everything that is missing, each with a sentence."), code="LIST_NEEDED")
    notice = [{"where": fault.where, "rule": fault.rule, "message": str(fault.message)} for fault in missing]
    note = "\n".join(str(fault.message) for fault in missing)
    move_part(part, PartEvent.RETURN, acting_user=acting_user, department=department, note=note, notice=notice)


def _fitting_offer(part: RequestPart, standing: Standing) -> Offered | None:
    def text(offered: Offered) -> dict[str, Any]:
        return agreement_text(part, standing, hub=log_origin(), offered=offered)

    return fitting_offer(standing, part.dataset.code, text, at=time_text(timezone.now()))[0]


def _mark(part: RequestPart, remarks: Mapping[str, str]) -> None:
    wishes = {wish.wish: wish for wish in wishes_of(part)}
    faults = [Fault(name, "unknown", _("This was not asked for.")) for name in remarks if name not in wishes]
    if faults:
        raise NotAskable(_("Only what is asked for can be marked."), faults=faults)
    for name, remark in remarks.items():
        wishes[name].remark = remark
        wishes[name].save(update_fields=["remark"])


def _mask_as_offered(part: RequestPart, offered: Offered) -> None:
    """The page shows what the signed text says: items that the owner's offer masks are masked."""
    for name, mask in masks_of_part(part, offered).items():
        RequestedItem.objects.filter(part=part, name=name).update(decision=Wish.MASKED, **mask)


def _grant_under_offer(
    part: RequestPart, offered: Offered, standing: Standing, *, acting_user: Person, department: Department
) -> Agreement:
    now = timezone.now()
    move_part(
        part,
        PartEvent.GRANT_UNDER_OFFER,
        acting_user=acting_user,
        department=department,
        checked_by=acting_user,
        checked_at=now,
        decided_at=now,
        offer_hash=offered.hash,
    )
    _mask_as_offered(part, offered)
    return propose(part, standing, offered=offered, approved_by=None)
