"""What departments do with corrections: say that a value looks wrong, answer, take back, look whose it is."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from catalog.models import Department
from exchange.accounts.acting import roles_in
from exchange.accounts.hands import hands_of
from exchange.accounts.models import Person, Role
from exchange.accounts.subject import Subject
from exchange.sharing.clocks.stages import forget_stages
from exchange.sharing.corrections.clock import KINDS, columns_of, due_since, route_of
from exchange.sharing.corrections.received import is_personal, normalised, received_value
from exchange.sharing.corrections.sealing import seal_words, subject_of
from exchange.sharing.corrections.telling import publish
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.lifecycle import Side
from exchange.sharing.lifecycle.corrections import CORRECTION, CORRECTION_SIDES, CorrectionEvent, CorrectionState
from exchange.sharing.models import Agreement, CorrectionNotice, CorrectionRequest
from exchange.sharing.sides import agreement_sides

VERDICTS = (CorrectionEvent.ACCEPT, CorrectionEvent.CONFIRM, CorrectionEvent.LEAVE_OPEN)
_WAITING = (CorrectionState.OPEN, CorrectionState.ACCEPTED)


@dataclass(frozen=True)
class Claim:
    """Which value looks wrong: the entry that brought it, the item, whose it is; and what the department believes, and why."""

    entry: int
    item: str
    kind: str
    identifier: str = field(repr=False)
    believed: str = field(repr=False)
    reason: str = field(repr=False)
    evidence: str = field(default="", repr=False)


def ask_correction(agreement: Agreement, *, claim: Claim, acting_user: Person, department: Department) -> CorrectionRequest:
    """Say that a received value looks wrong. The log must show that the department received it under this agreement.

    Raises NotThatSide, NotAskable (words are missing), NotReceived, StateChanged (the same is being looked at already).
    """
    _require_side(agreement, Side.REQUESTER, acting_user, department)
    _require_words(believed=claim.believed, reason=claim.reason)
    kinds = [str(subject["kind"]) for subject in _document(agreement).get("subjects") or ()]
    subject = normalised(claim.kind, claim.identifier, allowed=kinds)
    received_value(agreement, entry=claim.entry, item=claim.item, subject=subject)
    number = f"C-{uuid.uuid4().hex[:12].upper()}"
    words = {"believed": claim.believed.strip(), "reason": claim.reason.strip(), "evidence": claim.evidence.strip()}
    sealed = seal_words(subject, number, "words", words)  # commits the subject's key, hence before the transaction
    return _make(agreement, claim, subject, number=number, words=sealed, acting_user=acting_user)


@transaction.atomic
def _make(agreement: Agreement, claim: Claim, subject: Subject, *, number: str, words: bytes, acting_user: Person) -> CorrectionRequest:
    sealed, blind = subject.sealed()
    same = {"requester": agreement.requester, "entry": claim.entry, "item": claim.item, "subject_blind": blind}
    if CorrectionRequest.objects.filter(**same, state__in=_WAITING).exists():
        raise StateChanged(_("You have asked for this already, and it is being looked at."))
    today = timezone.localdate()
    made = CorrectionRequest.objects.create(
        number=number,
        agreement=agreement,
        dataset=agreement.dataset,
        provider=agreement.dataset.provider,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        words=words,
        asked_by=acting_user,
        asked_at=timezone.now(),
        running_since=today,
        **same,
        **columns_of(due_since(today, today)),
    )
    record(made, "ask", acting_user, agreement.requester, subject=subject)
    return made


def answer_correction(
    correction: CorrectionRequest, *, verdict: str, words: str, acting_user: Person, department: Department
) -> CorrectionRequest:
    """The provider's answer: `accept` (the next revision puts it right), `confirm` (it is right) or `leave_open` (cannot decide).

    Raises NotThatSide, FourEyes (whoever asked, or whom it is about), NotAskable, StateChanged.
    """
    require_answerer(correction, acting_user, department)
    if verdict not in VERDICTS:
        codes = ", ".join(VERDICTS)
        raise NotAskable(_("Say what you found."), faults=[Fault("verdict", "unknown", _("Choose among: %(codes)s.") % {"codes": codes})])
    _require_words(answer=words)
    subject = subject_of(correction)
    sealed = seal_words(subject, correction.number, "answer", {"answer": words.strip()})
    return _answer(correction, CorrectionEvent(verdict), sealed, subject, acting_user=acting_user, department=department)


@transaction.atomic
def _answer(
    correction: CorrectionRequest, event: CorrectionEvent, answer: bytes, subject: Subject, *, acting_user: Person, department: Department
) -> CorrectionRequest:
    move(correction, event, answer=answer, answered_by=acting_user, answered_at=timezone.now())
    record(correction, event.value, acting_user, department, subject=subject)
    forget_stages(correction.number, KINDS)
    if event is CorrectionEvent.ACCEPT and correction.dataset.current_revision_id is None:
        publish(correction, revision=None)  # rows that stay with the provider have no revisions: they are right from now on
    return correction


@transaction.atomic
def take_back(correction: CorrectionRequest, *, acting_user: Person, department: Department) -> None:
    """The requester was wrong. Raises NotThatSide, StateChanged."""
    _require_side(correction.agreement, Side.REQUESTER, acting_user, department)
    move(correction, CorrectionEvent.TAKE_BACK)
    record(correction, "take_back", acting_user, department, subject=subject_of(correction))
    forget_stages(correction.number, KINDS)


@transaction.atomic
def open_subject(correction: CorrectionRequest, *, acting_user: Person, department: Department) -> Subject:
    """Whose value it is, for either side; the look is recorded before anything is shown, and the person reads of it.

    Raises NotThatSide: nobody else is shown it, not the authority either.
    """
    if not agreement_sides(acting_user, department, correction.agreement) & {Side.REQUESTER, Side.PROVIDER}:
        raise NotThatSide(_("Only the two departments see whose value it is."))
    subject = subject_of(correction)
    route: dict[str, Any] = {
        "type": "view",
        "event": "department_correction",
        "requester": department.code,
        "provider": "",
        "dataset": correction.dataset.code,
        "count": 1,
    }
    trail.record(route, persons=_named(subject, acting_user, "department_correction"))
    return subject


@transaction.atomic
def mark_seen(notice: CorrectionNotice, *, acting_user: Person, department: Department) -> None:
    """The department has looked at what it did with the old value. Raises NotThatSide, StateChanged."""
    if notice.department_id != department.code or Role.OFFICER not in roles_in(acting_user, department):
        raise NotThatSide(_("An officer of the department that was told marks this."))
    rows = CorrectionNotice.objects.filter(pk=notice.pk, seen_at__isnull=True)
    if not rows.update(seen_at=timezone.now(), seen_by=acting_user):
        raise StateChanged(_("A colleague has marked it meanwhile."))
    notice.refresh_from_db()


@transaction.atomic
def look_again(correction: CorrectionRequest, *, acting_user: Person, department: Department) -> None:
    """By a ruling of the authority: the provider answers anew, with its whole time. Raises StateChanged."""
    today = timezone.localdate()
    due = columns_of(due_since(today, today))
    move(correction, CorrectionEvent.LOOK_AGAIN, answer=None, answered_by=None, answered_at=None, running_since=today, **due)
    record(correction, "look_again", acting_user, department, subject=subject_of(correction))


def move(correction: CorrectionRequest, event: CorrectionEvent, **changes: Any) -> None:
    """The conditional UPDATE of a row of the lifecycle table. Raises StateChanged."""
    sources, target = CORRECTION[event]
    rows = CorrectionRequest.objects.filter(pk=correction.pk, state__in=sources)
    if not rows.update(state=target, **changes):
        raise StateChanged(_("It has moved on meanwhile: look at it again."), state=correction.state)
    correction.refresh_from_db()


def record(correction: CorrectionRequest, event: str, person: Person, department: Department, *, subject: Subject) -> None:
    """One entry; it names the person whose value it is, under that person's key."""
    route = route_of(correction, event, side=department.code, acting=str(person.pk))
    trail.record(route, persons=_named(subject, person, event))


def correction_steps(person: Any, department: Department, correction: CorrectionRequest) -> list[str]:
    """What this person may do now: `answer`, `take_back`. For pages and the API."""
    sides = agreement_sides(person, department, correction.agreement)
    allowed = {event for event, (sources, _target) in CORRECTION.items() if correction.state in sources and CORRECTION_SIDES[event] & sides}
    if _is_concerned(correction, person):
        allowed -= set(VERDICTS)
    return sorted({"answer" if event in VERDICTS else event.value for event in allowed} - {"look_again"})


def _named(subject: Subject, person: Person, event: str) -> tuple[trail.PersonNamed, ...]:
    if not is_personal(subject.kind):
        return ()
    return (trail.PersonNamed(*subject.who, "subject", "", str(person.pk), [event], None),)


def _document(agreement: Agreement) -> dict[str, Any]:
    version = agreement.dataset.current_version
    return dict(version.content) if version else {}


def _is_concerned(correction: CorrectionRequest, person: Any) -> bool:
    own = getattr(person, "identifier_blind", None)
    about_me = own is not None and bytes(own) == bytes(correction.subject_blind)
    return about_me or hands_of(person).did(correction.asked_by_id, correction.asked_at)


def require_answerer(correction: CorrectionRequest, person: Person, department: Department) -> None:
    """Return when the person answers for the provider, and neither asked nor is the one it is about. Raises NotThatSide, FourEyes."""
    _require_side(correction.agreement, Side.PROVIDER, person, department)
    if _is_concerned(correction, person):
        raise FourEyes(_("You asked for this, or it is about you: a colleague must answer."))


def _require_side(agreement: Agreement, side: Side, person: Person, department: Department) -> None:
    if side not in agreement_sides(person, department, agreement):
        raise NotThatSide(_("Your role in this department does not take this step."))


def _require_words(**texts: str) -> None:
    faults = [
        Fault(name, "required", _("Write this, so that the other side can act on it.")) for name, text in texts.items() if not text.strip()
    ]
    if faults:
        raise NotAskable(_("Something is missing; see the list."), faults=faults)
