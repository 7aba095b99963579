"""Who stands where in a dispute, and who may not rule because they had a hand in it."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from catalog.models import Department
from exchange.accounts.hands import hands_of
from exchange.sharing.errors import FourEyes, NotThatSide, StateChanged
from exchange.sharing.lifecycle import Side
from exchange.sharing.lifecycle.disputes import DISPUTE, DISPUTE_SIDES, DisputeEvent
from exchange.sharing.models import Agreement, CorrectionRequest, Dispute, RequestPart
from exchange.sharing.sides import agreement_sides, part_sides

Thing = RequestPart | CorrectionRequest | Agreement


def thing_of(dispute: Dispute) -> Thing:
    """What the two disagree about."""
    found = dispute.part or dispute.correction or dispute.agreement
    if found is None:
        raise LookupError(dispute.pk)
    return found


def thing_sides(person: Any, department: Department, thing: Thing) -> frozenset[Side]:
    """The sides on which the person stands towards a part, a correction or an agreement."""
    if isinstance(thing, RequestPart):
        return part_sides(person, department, thing)
    return agreement_sides(person, department, thing.agreement if isinstance(thing, CorrectionRequest) else thing)


def require_step(person: Any, department: Department, dispute: Dispute, event: DisputeEvent) -> Side:
    """The side on which the person takes this step. Raises NotThatSide (403), StateChanged (409), FourEyes (403)."""
    fitting = sorted(thing_sides(person, department, thing_of(dispute)) & DISPUTE_SIDES[event])
    if not fitting:
        raise NotThatSide(_("Your role in this department does not take this step."), step=event.value)
    if dispute.state not in DISPUTE[event][0]:
        raise StateChanged(_("It has moved on meanwhile: look at it again."), state=dispute.state)
    if event is DisputeEvent.TAKE_BACK and department.code != dispute.opened_for_id:
        raise NotThatSide(_("Only the side that opened the dispute takes it back."), step=event.value)
    if event is DisputeEvent.RULE and is_party(person, dispute):
        raise FourEyes(_("You had a hand in this: another reviewer must rule."))
    return fitting[0]


def is_party(person: Any, dispute: Dispute) -> bool:
    """Whether the person, or somebody who counts as one with them, took any step in the dispute or in what it is about."""
    hands = hands_of(person)
    return any(hands.did(who, at) for who, at in _steps(dispute))


def dispute_steps(person: Any, department: Department, dispute: Dispute) -> list[str]:
    """What this person may do now. For pages and the API. Only the other side's proposal can be accepted."""
    sides = thing_sides(person, department, thing_of(dispute))
    found = {event for event, (sources, _target) in DISPUTE.items() if dispute.state in sources and DISPUTE_SIDES[event] & sides}
    if department.code != dispute.opened_for_id:
        found.discard(DisputeEvent.TAKE_BACK)
    if not proposals_to(dispute, department).exists():
        found.discard(DisputeEvent.SETTLE)
    if is_party(person, dispute):
        found.discard(DisputeEvent.RULE)
    return sorted(event.value for event in found)


def proposals_to(dispute: Dispute, department: Department) -> Any:
    """What the other side has proposed, the newest first."""
    return dispute.messages.filter(is_proposal=True).exclude(department=department).order_by("-said_at", "-id")


def _steps(dispute: Dispute) -> Iterator[tuple[uuid.UUID | None, datetime | None]]:
    yield dispute.opened_by_id, dispute.opened_at
    yield from dispute.messages.values_list("person_id", "said_at")
    part, correction, agreement = dispute.part, dispute.correction, dispute.agreement
    if part is not None:
        yield part.request.created_by_id, part.request.created_at
        yield from part.moves.values_list("person_id", "at")
    if correction is not None:
        yield correction.asked_by_id, correction.asked_at
        yield correction.answered_by_id, correction.answered_at
    if agreement is not None:
        yield agreement.approved_by_id, agreement.created_at
        yield from agreement.moves.values_list("person_id", "at")
