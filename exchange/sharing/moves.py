"""The one way in which states change: a conditional UPDATE of a row of the lifecycle table, a Move, an entry in the log."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.proof.canonical import document_hash
from catalog.models import Department
from exchange.sharing.clocks.parts import after_move
from exchange.sharing.errors import StateChanged
from exchange.sharing.lifecycle import AGREEMENT, PART, AgreementEvent, AgreementState, PartEvent, PartState
from exchange.sharing.models import Agreement, Move, RequestPart
from exchange.sharing.terms import time_text


def move_part(part: RequestPart, event: PartEvent, *, acting_user: Any, department: Department, note: str = "", **changes: Any) -> None:
    """Move `part` by `event`, with other columns in the same UPDATE; zero rows: StateChanged. Refreshes `part`.

    Call inside a transaction. `note` is what a person wrote: it stays in the row and reaches the log as a digest only.
    """
    sources, target = PART[event]
    before = PartState(part.state)
    after = target or before
    rows = RequestPart.objects.filter(pk=part.pk, state=before) if before in sources else RequestPart.objects.none()
    if not rows.update(state=after, **changes):
        raise StateChanged(_("It has moved on meanwhile: look at it again."), state=part.state)
    part.refresh_from_db()
    move = _move(event.value, before, after, acting_user, department, note)
    Move.objects.create(part=part, **move)
    route = {
        "type": "request",
        "event": event.value,
        **part_route(part),
        "side": department.code,
        "acting": str(acting_user.pk),
        "count": 1,
    }
    trail.record(route, message={"move": document_hash(_digested(move, part.request.number))})
    after_move(part, acting_user=acting_user)


def move_agreement(
    agreement: Agreement, event: AgreementEvent, *, acting_user: Any, department: Department, note: str = "", **changes: Any
) -> None:
    """The same for an agreement. Its log entry is the act's own; a step without an act records one here."""
    sources, target = AGREEMENT[event]
    before = AgreementState(agreement.state)
    after = AgreementState(changes.pop("state", target or before))
    rows = Agreement.objects.filter(pk=agreement.pk, state=before) if before in sources else Agreement.objects.none()
    if not rows.update(state=after, **changes):
        raise StateChanged(_("The agreement has moved on meanwhile: look at it again."), state=agreement.state)
    agreement.refresh_from_db()
    move = _move(event.value, before, after, acting_user, department, note)
    Move.objects.create(agreement=agreement, **move)
    route = {
        "type": "agreement",
        "event": event.value,
        **_agreement_route(agreement),
        "side": department.code,
        "acting": str(acting_user.pk),
        "count": 1,
    }
    trail.record(route, message={"move": document_hash(_digested(move, agreement.agreement_id))})


def _move(event: str, before: str, after: str, acting_user: Any, department: Department, note: str) -> dict[str, Any]:
    return {
        "event": event,
        "from_state": str(before),
        "to_state": str(after),
        "at": timezone.now().replace(microsecond=0),
        "person": acting_user,
        "department": department,
        "note": note,
    }


def move_digest(move: Move, subject: str) -> str:
    """The digest of a step as the log has it, from the row; `subject` is the request's number or the agreement's name."""
    names = ("event", "from_state", "to_state", "at", "person", "department", "note")
    return document_hash(_digested({name: getattr(move, name) for name in names}, subject))


def _digested(move: dict[str, Any], subject: str) -> dict[str, Any]:
    """What the log's digest of a move is over: recomputable from the row by whoever may see it."""
    return {
        "of": subject,
        "event": move["event"],
        "from": move["from_state"],
        "to": move["to_state"],
        "at": time_text(move["at"]),
        "person": str(move["person"].pk),
        "department": move["department"].code,
        "note": move["note"],
    }


def part_route(part: RequestPart) -> dict[str, Any]:
    """Who asks whom for which data and what for: in every entry about a part."""
    request = part.request
    return {
        "requester": request.requester_id,
        "provider": part.dataset.provider_id,
        "dataset": part.dataset.code,
        "purpose": request.purpose_id,
    }


def _agreement_route(agreement: Agreement) -> dict[str, Any]:
    return {
        "requester": agreement.requester_id,
        "provider": agreement.provider_id,
        "dataset": str(agreement.document["dataset"]),
        "agreement": agreement.agreement_id,
    }
