"""The second officer of the owner, where something of sensitivity 4 is given: confirms what the first decided, or sends it back."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.actions.deciding import forget_decisions, require_owner_by_acts, require_still_askable
from exchange.sharing.actions.proposing import propose
from exchange.sharing.errors import NotAskable
from exchange.sharing.lifecycle import PartEvent
from exchange.sharing.models import Agreement, RequestPart
from exchange.sharing.moves import move_part
from exchange.sharing.sides import require_part_step


@transaction.atomic
def confirm(part: RequestPart, *, acting_user: Person, department: Department, note: str = "") -> Agreement:
    """The second signature: the text is fixed and signed as the first officer decided.

    Raises NotThatSide, StateChanged, HubCustody, NotAskable when the dataset has changed since, and FourEyes for whoever
    asked, checked or approved first.
    """
    require_part_step(acting_user, department, part, PartEvent.CONFIRM)
    standing = acts.standing()
    require_owner_by_acts(standing, part, department)
    require_still_askable(part, standing)
    decided = {"decided_by": acting_user, "decided_at": timezone.now()}
    move_part(part, PartEvent.CONFIRM, acting_user=acting_user, department=department, note=note, **decided)
    return propose(part, standing, offered=None, approved_by=acting_user)


@transaction.atomic
def send_back(part: RequestPart, *, reason: str, acting_user: Person, department: Department) -> None:
    """Not so: the part lies with the owner's officers again, undecided, with the reason. Raises as `confirm`."""
    require_part_step(acting_user, department, part, PartEvent.SEND_BACK)
    if not reason.strip():
        fault = Fault("reason", "required", _("Write what the first officer should look at again."))
        raise NotAskable(_("Say why it goes back."), faults=[fault])
    forget_decisions(part)
    nobody = {"first_approved_by": None, "first_approved_at": None}
    move_part(part, PartEvent.SEND_BACK, acting_user=acting_user, department=department, note=reason, **nobody)
