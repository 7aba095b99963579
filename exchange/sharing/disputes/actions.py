"""What people do in a dispute: open it, talk, propose, settle, hand it to the authority, which rules with a reason."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from audit.proof.canonical import document_hash
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing import jurisdiction
from exchange.sharing.actions.deciding import forget_decisions
from exchange.sharing.clocks.pauses import close_pause, open_pause
from exchange.sharing.clocks.stages import forget_stages
from exchange.sharing.corrections import actions as correcting
from exchange.sharing.corrections.clock import clock_of as clock_of_correction
from exchange.sharing.corrections.clock import recompute
from exchange.sharing.disputes.clock import KINDS, columns_of, due_since, route_of
from exchange.sharing.disputes.sides import Thing, proposals_to, require_step, thing_sides
from exchange.sharing.errors import NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import PartEvent, PartState, Side
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.lifecycle.disputes import DISPUTE, DisputeEvent, DisputeState
from exchange.sharing.models import CorrectionRequest, Dispute, DisputeMessage, PauseReason, Quarrel, RequestPart, Ruling
from exchange.sharing.moves import move_part

# What may be ordered where: an order that changes nothing there would be a word only.
RULINGS: Mapping[str, tuple[Ruling, ...]] = {
    Quarrel.CORRECTION: (Ruling.LOOK_AGAIN, Ruling.ANSWER, Ruling.NOTHING),
    Quarrel.MISUSE: (Ruling.STOP_USE, Ruling.NOTHING),
    Quarrel.OVERDUE: (Ruling.ANSWER, Ruling.NOTHING),
    Quarrel.REFUSAL: (Ruling.LOOK_AGAIN, Ruling.NOTHING),
}
_ANSWERED = (CorrectionState.CONFIRMED, CorrectionState.UNDECIDED)


@dataclass(frozen=True)
class Decision:
    """What the authority orders, on which coded ground, why, and until when something is owed (ANSWER only)."""

    ruling: str
    ground: str
    reason: str
    until: date | None = None


@transaction.atomic
def open_dispute(thing: Thing, *, about: str, reason: str, acting_user: Person, department: Department) -> Dispute:
    """Begin a dispute for one of the two sides. Raises NotThatSide, NotAskable (no such quarrel here, no reason), StateChanged."""
    if not thing_sides(acting_user, department, thing) & {Side.PROVIDER, Side.REQUESTER}:
        raise NotThatSide(_("Your role in this department does not take this step."))
    faults = _faults(reason=reason)
    if about not in quarrels_about(thing):
        faults.append(Fault("about", "unknown", _("There is nothing of this kind to disagree about here.")))
    if faults:
        raise NotAskable(_("A dispute says what it is about, and why."), faults=faults)
    name = _column(thing)
    if Dispute.objects.open().filter(about=about, **{name: thing}).exists():
        raise StateChanged(_("A dispute about this is open already: join it."))
    today, state = timezone.localdate(), DisputeState.TALKS
    made = Dispute.objects.create(
        number=f"D-{uuid.uuid4().hex[:12].upper()}",
        about=about,
        dataset=thing.dataset,
        requester_id=_requester(thing),
        provider_id=thing.dataset.provider_id,
        opened_for=department,
        opened_by=acting_user,
        opened_at=timezone.now(),
        state=state,
        running_since=today,
        **{name: thing},
        **columns_of(due_since(today, today, state)),
    )
    _say(made, "open", reason, acting_user, department)
    return made


@transaction.atomic
def say(dispute: Dispute, *, text: str, acting_user: Person, department: Department, is_proposal: bool = False) -> DisputeMessage:
    """Write to the other side; a proposal can be accepted by it. Raises NotThatSide, StateChanged, NotAskable."""
    event = DisputeEvent.PROPOSE if is_proposal else DisputeEvent.SAY
    require_step(acting_user, department, dispute, event)
    if faults := _faults(text=text):
        raise NotAskable(_("Write something to the other side."), faults=faults)
    return _say(dispute, event.value, text, acting_user, department, is_proposal=is_proposal)


@transaction.atomic
def settle(dispute: Dispute, *, acting_user: Person, department: Department) -> None:
    """Accept the other side's newest proposal: the two agree. Raises NotThatSide, StateChanged where there is none."""
    require_step(acting_user, department, dispute, DisputeEvent.SETTLE)
    proposal = proposals_to(dispute, department).first()
    if proposal is None:
        raise StateChanged(_("The other side has proposed nothing that could be accepted."))
    DisputeMessage.objects.filter(pk=proposal.pk).update(is_accepted=True)
    _move(dispute, DisputeEvent.SETTLE, ended_at=timezone.now())
    _record(dispute, "settle", proposal.text, acting_user, department)
    _ended(dispute)


@transaction.atomic
def hand_over(dispute: Dispute, *, reason: str, acting_user: Person, department: Department) -> None:
    """The talks have failed: the authority is to rule. The clock of a correction that is still open stands meanwhile."""
    require_step(acting_user, department, dispute, DisputeEvent.HAND_OVER)
    if faults := _faults(reason=reason):
        raise NotAskable(_("Say why the two of you cannot agree."), faults=faults)
    today = timezone.localdate()
    due = due_since(today, today, DisputeState.WITH_AUTHORITY)
    _move(dispute, DisputeEvent.HAND_OVER, running_since=today, **columns_of(due))
    _say(dispute, "hand_over", reason, acting_user, department)
    forget_stages(dispute.number, KINDS)
    if dispute.correction is not None and dispute.correction.state == CorrectionState.OPEN:
        open_pause(clock_of_correction(dispute.correction), PauseReason.DISPUTE, acting_user=acting_user)


@transaction.atomic
def rule(dispute: Dispute, *, decision: Decision, acting_user: Person, department: Department) -> Dispute:
    """The authority's ruling, with reason and coded ground. It can order that something is looked at again; it signs for nobody.

    Raises NotThatSide, FourEyes (whoever had a hand in it), StateChanged, NotAskable with the list of faults.
    """
    require_step(acting_user, department, dispute, DisputeEvent.RULE)
    if faults := _decision_faults(dispute, decision):
        raise NotAskable(_("A ruling says what must happen, on which ground, and why."), faults=faults)
    words: dict[str, Any] = {"ruling": decision.ruling, "ruling_ground": decision.ground, "ruling_reason": decision.reason}
    _move(dispute, DisputeEvent.RULE, ended_at=timezone.now(), ruled_by=acting_user, ruling_until=decision.until, **words)
    _record(dispute, "rule", decision.reason, acting_user, department, ruling=decision.ruling, ground=decision.ground)
    _ended(dispute)
    if decision.ruling == Ruling.LOOK_AGAIN:
        _look_again(dispute, decision, acting_user, department)
    return dispute


@transaction.atomic
def take_back(dispute: Dispute, *, acting_user: Person, department: Department) -> None:
    """The side that opened it wants no ruling any more. Raises NotThatSide, StateChanged."""
    require_step(acting_user, department, dispute, DisputeEvent.TAKE_BACK)
    _move(dispute, DisputeEvent.TAKE_BACK, ended_at=timezone.now())
    _record(dispute, "take_back", "", acting_user, department)
    _ended(dispute)


def quarrels_about(thing: Thing) -> list[Quarrel]:
    """What one may disagree about here now."""
    today = timezone.localdate()
    if isinstance(thing, RequestPart):
        if thing.state == PartState.REFUSED:
            return [Quarrel.REFUSAL]
        is_late = thing.state in {PartState.CHECKED, PartState.APPROVED_ONCE} and thing.due_on is not None and thing.due_on < today
        return [Quarrel.OVERDUE] if is_late else []
    if isinstance(thing, CorrectionRequest):
        return [] if thing.state == CorrectionState.WITHDRAWN else [Quarrel.CORRECTION]
    return [Quarrel.MISUSE] if thing.state in {"IN_FORCE", "SUSPENDED"} else []


def rulings_of(dispute: Dispute) -> list[Ruling]:
    """What may be ordered now: nothing is looked at again that was not decided, no answer is owed where one was given."""
    found = list(RULINGS[dispute.about])
    decided = _is_decided(dispute)
    return [one for one in found if (one != Ruling.LOOK_AGAIN or decided) and (one != Ruling.ANSWER or not decided)]


def _is_decided(dispute: Dispute) -> bool:
    if dispute.part is not None:
        return dispute.part.state == PartState.REFUSED
    return dispute.correction is not None and dispute.correction.state in _ANSWERED


def _look_again(dispute: Dispute, decision: Decision, person: Person, department: Department) -> None:
    if dispute.part is not None:
        forget_decisions(dispute.part)
        cleared: dict[str, Any] = {"decided_by": None, "decided_at": None, "decision_reason": "", "ground": ""}
        move_part(dispute.part, PartEvent.LOOK_AGAIN, acting_user=person, department=department, note=decision.reason, **cleared)
    elif dispute.correction is not None:
        correcting.look_again(dispute.correction, acting_user=person, department=department)


def _decision_faults(dispute: Dispute, decision: Decision) -> list[Fault]:
    faults = _faults(reason=decision.reason)
    possible = rulings_of(dispute)
    if decision.ruling not in possible:
        codes = ", ".join(possible)
        faults.append(Fault("ruling", "unknown", _("Choose among: %(codes)s.") % {"codes": codes}))
    if decision.ground not in jurisdiction.ruling_grounds():
        codes = ", ".join(jurisdiction.ruling_grounds())
        faults.append(Fault("ground", "unknown", _("Choose among: %(codes)s.") % {"codes": codes}))
    if decision.ruling == Ruling.ANSWER and (decision.until is None or decision.until < timezone.localdate()):
        faults.append(Fault("until", "required", _("Name the day by which the answer is owed.")))
    return faults


def _faults(**texts: str) -> list[Fault]:
    return [
        Fault(name, "required", _("Write this, so that the other side can act on it.")) for name, text in texts.items() if not text.strip()
    ]


def _move(dispute: Dispute, event: DisputeEvent, **changes: Any) -> None:
    sources, target = DISPUTE[event]
    rows = Dispute.objects.filter(pk=dispute.pk, state__in=sources)
    if not rows.update(state=target or dispute.state, **changes):
        raise StateChanged(_("It has moved on meanwhile: look at it again."), state=dispute.state)
    dispute.refresh_from_db()


def _say(dispute: Dispute, event: str, text: str, person: Person, department: Department, *, is_proposal: bool = False) -> DisputeMessage:
    given = {"department": department, "person": person, "said_at": timezone.now(), "text": text.strip()}
    made = DisputeMessage.objects.create(dispute=dispute, is_proposal=is_proposal, **given)
    _record(dispute, event, made.text, person, department)
    return made


def _record(dispute: Dispute, event: str, text: str, person: Person, department: Department, **more: Any) -> None:
    """One entry; what was written reaches the log as a digest only."""
    said: dict[str, Any] = {"of": dispute.number, "event": event, "text": text}
    route = route_of(dispute, event, side=department.code, acting=str(person.pk), **more)
    trail.record(route, message={"said": document_hash(said)})


def _ended(dispute: Dispute) -> None:
    """Reminders leave the console, and a clock that stood for the dispute goes on."""
    forget_stages(dispute.number, KINDS)
    if dispute.correction is not None and close_pause(clock_of_correction(dispute.correction), PauseReason.DISPUTE):
        recompute(dispute.correction, timezone.localdate())


def _column(thing: Thing) -> str:
    if isinstance(thing, RequestPart):
        return "part"
    return "correction" if isinstance(thing, CorrectionRequest) else "agreement"


def _requester(thing: Thing) -> str:
    return thing.request.requester_id if isinstance(thing, RequestPart) else thing.requester_id
