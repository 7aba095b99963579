"""The thread of a part: what requester, owner and authority write to each other, read by them alone."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from audit.proof.canonical import document_hash
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.errors import NotAskable, NotThatSide
from exchange.sharing.models import PartMessage, RequestPart
from exchange.sharing.moves import part_route
from exchange.sharing.sides import part_sides
from exchange.sharing.terms import time_text


@transaction.atomic
def say(part: RequestPart, text: str, *, acting_user: Person, department: Department) -> PartMessage:
    """Write a message on a part that was sent. Raises NotThatSide for others than its parties, NotAskable for an empty one."""
    sides = sorted(part_sides(acting_user, department, part))
    if not sides:
        raise NotThatSide(_("Only the requester, the owner and the authority write here."), step="say")
    if not text.strip():
        raise NotAskable(_("The message is empty."), faults=[Fault("text", "required", _("Write something."))])
    at = timezone.now().replace(microsecond=0)
    made = PartMessage.objects.create(part=part, at=at, person=acting_user, department=department, side=sides[0].value, text=text.strip())
    route: dict[str, Any] = {
        "type": "request",
        "event": "message",
        **part_route(part),
        "side": department.code,
        "acting": str(acting_user.pk),
        "count": 1,
    }
    trail.record(route, message={"said": document_hash(_digested(made))})
    return made


def _digested(message: PartMessage) -> dict[str, Any]:
    """What the log's digest is over: recomputable from the row by whoever may read it."""
    return {
        "of": message.part.request.number,
        "dataset": message.part.dataset.code,
        "at": time_text(message.at),
        "person": str(message.person.pk),
        "department": message.department.code,
        "text": message.text,
    }
