"""A citizen says that what a register holds about them is wrong; the provider answers, by a date."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from audit.models import SubjectTrace
from audit.subjects import blind_of
from catalog.models import Dataset
from exchange.accounts.acting import is_steward, roles_in
from exchange.accounts.models import Role
from exchange.accounts.subject import opened
from exchange.affairs import sealing
from exchange.affairs.actions.four_eyes import is_bound
from exchange.affairs.actions.owning import require_own, require_words
from exchange.affairs.actions.telling import tell_objector
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import due_after
from exchange.affairs.errors import AnswerIncomplete, CaseMoved, NoSuchCase, NotThisOfficer
from exchange.affairs.gathering import enqueue_gathering
from exchange.affairs.gathering.keeping import UNDECIDED
from exchange.affairs.lifecycle import OBJECTION, EvidenceEvent, ObjectionEvent
from exchange.affairs.models import Case, Evidence, Objection
from exchange.affairs.moves import hold_case, moved_on, try_evidence
from exchange.affairs.reading import objection_context
from exchange.affairs.recorded import AUTOMATIC, by_officer, record_step
from exchange.delivery.subjects import is_personal
from exchange.sharing import jurisdiction

OBJECTION_RULE = "correction_request"


@transaction.atomic
def object_to(
    *, evidence: Evidence | None = None, entry: int | None = None, provider: str, dataset: str, words: str, applicant: Applicant
) -> Objection:
    """Say that something is wrong: about a piece of one's own case, or one line of "who looked me up" that names oneself.

    Raises NoSuchCase where neither is the applicant's own, AnswerIncomplete without words, CaseMoved while the office has
    not answered the same yet.
    """
    require_words(words, _("Say what is wrong."))
    _require_answered(evidence, entry, applicant)
    if evidence is not None:
        case = Case.objects.of(applicant.subject).filter(evidence_set=evidence.evidence_set_id).select_related("version__matter").first()
        if case is None:
            raise NoSuchCase(_("You have no application of this number."))
        objection = make_objection(provider, dataset, words, applicant=applicant, evidence=evidence)
        record_step(case, "object_to_evidence", by=require_own(case, applicant), requirement=evidence.requirement)
        return objection
    if entry is None or not names(entry, applicant):
        raise NoSuchCase(_("This line does not speak of you."))
    objection = make_objection(provider, dataset, words, applicant=applicant, entry=entry)
    _record_correction(objection, "object", officer=AUTOMATIC)
    return objection


def _require_answered(evidence: Evidence | None, entry: int | None, applicant: Applicant) -> None:
    """An office that has not answered is not asked the same again."""
    sources, _target = OBJECTION[ObjectionEvent.WITHDRAW]
    waiting = Objection.objects.filter(subject_blind=applicant.subject.blind, state__in=sources)
    if waiting.filter(evidence=evidence, entry=entry).exists():
        raise moved_on()


def names(entry: int, applicant: Applicant) -> bool:
    """Whether an entry of the log names the applicant."""
    return SubjectTrace.objects.filter(blind=blind_of(*applicant.subject.who), entry=entry).exists()


def open_objection(case: Case, row: Evidence, words: str, *, applicant: Applicant) -> Objection:
    """The objection of a disputed piece, in the caller's transaction, whose step is its entry.

    Where nobody could be asked, it goes to the department that leads the matter.
    """
    provider = row.provider or provider_of(row.dataset) or case.version.matter.lead_id
    return make_objection(provider, row.dataset, words, applicant=applicant, evidence=row)


def make_objection(
    provider: str, dataset: str, words: str, *, applicant: Applicant, evidence: Evidence | None = None, entry: int | None = None
) -> Objection:
    """The row of an objection with its clock; its words are sealed for the person whom they are about."""
    subject = applicant.subject
    sealed, blind = subject.sealed()
    due = due_after(timezone.localdate(), jurisdiction.time_limit(OBJECTION_RULE))
    objection = Objection(
        evidence=evidence,
        entry=entry,
        person_id=applicant.person,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        provider=provider,
        dataset=dataset,
        made_at=timezone.now(),
        due_on=due.on,
        due_is_provisional=due.is_provisional,
    )
    objection.words = sealing.seal(subject, require_words(words, _("Say what is wrong.")), context=objection_context(objection))
    objection.save(force_insert=True)
    return objection


def take_back_objection(row: Evidence) -> None:
    """The citizen withdraws what was objected to one piece."""
    sources, target = OBJECTION[ObjectionEvent.WITHDRAW]
    Objection.objects.filter(evidence=row, state__in=sources).update(state=target, settled_at=timezone.now())


@transaction.atomic
def settle_objection(objection: Objection, *, upheld: bool, answer: str, acting_user: Any) -> Objection:
    """The provider answers: put right (then an open case asks once more), or right as it stands. Raises NotThisOfficer, CaseMoved."""
    require_provider(objection, acting_user)
    if not answer.strip():
        raise AnswerIncomplete(_("An answer says what was looked at."), faults=[Fault("answer", "required", _("Write it."))])
    sources, target = OBJECTION[ObjectionEvent.UPHOLD if upheld else ObjectionEvent.REJECT]
    subject = opened(objection.subject_kind, objection.subject_sealed, blind=objection.subject_blind)
    sealed = sealing.seal(subject, answer.strip(), context=f"{objection_context(objection)}:answer")
    case = _held_case(objection)  # before the objection's own row: everybody takes the two in this order
    waiting = Objection.objects.filter(pk=objection.pk, state__in=sources)
    if not waiting.update(state=target, answer=sealed, settled_at=timezone.now(), settled_by=acting_user):
        raise moved_on()
    objection.refresh_from_db()
    officer = by_officer(acting_user)
    if case is None:
        _record_correction(objection, "settle_objection", officer=officer.officer)
    else:
        record_step(case, "settle_objection", by=officer, requirement=objection.evidence.requirement if objection.evidence else "")
        if upheld and objection.evidence:
            _ask_again(case, objection.evidence)
    tell_objector(objection)
    return objection


def require_provider(objection: Objection, person: Any) -> None:
    """Return when the person answers for the provider and it is not about themselves. Raises NotThisOfficer."""
    dataset = Dataset.objects.filter(code=objection.dataset).first()
    speaks = Role.OFFICER in roles_in(person, objection.provider) or (dataset is not None and is_steward(person, dataset))
    if not speaks:
        raise NotThisOfficer(_("Only the office that holds the data answers this."))
    if is_bound(person, objection.subject_blind) or objection.person_id == person.pk:
        raise NotThisOfficer(_("This is about you: a colleague must answer it."))


def _held_case(objection: Objection) -> Case | None:
    """The undecided case whose piece was objected to, held; None where there is none, or it has just been decided."""
    if objection.evidence is None:
        return None
    cases = Case.objects.filter(evidence_set=objection.evidence.evidence_set_id, state__in=UNDECIDED)
    case = cases.filter(subject_blind=objection.subject_blind).select_related("version__matter").first()
    if case is not None:
        try:
            hold_case(case, *UNDECIDED)
        except CaseMoved:
            return None
    return case


def _ask_again(case: Case, evidence: Evidence) -> None:
    """The register was put right: the question is put once more, and the citizen sees the new answer."""
    if try_evidence(evidence, EvidenceEvent.ASK_AGAIN, preview="", attempts=0, reason="", found=None, receipt=None, leaf=None):
        enqueue_gathering(case)


def provider_of(dataset: str) -> str:
    """The department that owns a dataset, by the catalogue; empty where it is not known."""
    owner = Dataset.objects.filter(code=dataset).values_list("provider_id", flat=True).first()
    return str(owner or "")


def _record_correction(objection: Objection, event: str, *, officer: str) -> None:
    subject = opened(objection.subject_kind, objection.subject_sealed, blind=objection.subject_blind)
    persons = (trail.PersonNamed(*subject.who, "subject", "", officer, [event], objection.state),) if is_personal(subject.kind) else ()
    route: dict[str, Any] = {
        "type": "correction",
        "event": event,
        "requester": "",
        "provider": objection.provider,
        "dataset": objection.dataset,
        "count": 1,
    }
    trail.record(route, persons=persons)
