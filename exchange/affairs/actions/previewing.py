"""The citizen looks at what was found, item by item, before anything is handed in: accepts, disputes, declines, or helps out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.affairs import sealing
from exchange.affairs.actions.answer_form import read_answer
from exchange.affairs.actions.objecting import open_objection, take_back_objection
from exchange.affairs.actions.owning import evidence_of, require_own
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import PROVIDER_DOWN, close_pause
from exchange.affairs.errors import AnswerIncomplete
from exchange.affairs.gathering import enqueue_gathering
from exchange.affairs.lifecycle import EVIDENCE, CaseEvent, CaseState, EvidenceEvent, EvidenceState
from exchange.affairs.models import Case, Channel, Evidence
from exchange.affairs.models.evidence import Preview
from exchange.affairs.moves import hold_case, move_case, move_evidence, moved_on
from exchange.affairs.reading import evidence_context, opened_evidence, plan_of
from exchange.affairs.recorded import By, record_step, subject_of_case
from exchange.affairs.rules import Answer
from exchange.affairs.rules.matter import Requirement, RequirementKind

RETRY, OFFICER, COMMITMENT, UPLOAD = "retry", "officer", "commitment", "upload"
_NOT_FOUND = "NO_RECORD"
_SHOWN = frozenset({EvidenceState.FETCHED, EvidenceState.NO_RECORD})


@transaction.atomic
def answer_preview(case: Case, *, answers: Mapping[str, str], words: Mapping[str, str], applicant: Applicant) -> Case:
    """Say of each piece whether it is handed over: ACCEPTED, DISPUTED (with what is wrong, in `words`) or DECLINED.

    May be said again until the case is handed in. Raises AnswerIncomplete with every fault, CaseMoved.
    """
    by = require_own(case, applicant)
    hold_case(case, CaseState.PREVIEW)
    rows = {row.requirement: row for row in Evidence.objects.filter(evidence_set=case.evidence_set_id)}
    faults = [fault for code, said in answers.items() if (fault := _fault(code, said, rows.get(code), words.get(code, "")))]
    if faults:
        raise AnswerIncomplete(_("Some of your answers need another look."), faults=faults)
    new = {code: Preview(said) for code, said in answers.items() if rows[code].preview != said}
    for code, said in new.items():
        if said is not Preview.ACCEPTED:
            _contest(case, rows[code], said, words.get(code, ""), applicant=applicant, by=by)
    _accept(case, [rows[code] for code, said in new.items() if said is Preview.ACCEPTED], by=by)
    return case


def _fault(code: str, said: str, row: Evidence | None, words: str) -> Fault | None:
    if row is None or said not in Preview.values:
        return Fault(code, "unknown", _("Choose: this is right, this is wrong, or do not hand it over."))
    if said == Preview.DISPUTED and not words.strip():
        return Fault(code, "words", _("Write in a few words what is wrong."))
    return None


def _accept(case: Case, rows: Sequence[Evidence], *, by: By) -> None:
    """What is accepted together is one step."""
    if not rows:
        return
    for row in rows:
        _take_back(row)
    sources, _ = EVIDENCE[EvidenceEvent.ACCEPT]
    here = Evidence.objects.filter(pk__in=[row.pk for row in rows], state__in=sources)
    if here.update(preview=Preview.ACCEPTED) != len(rows):
        raise moved_on()
    record_step(case, EvidenceEvent.ACCEPT, by=by, requirements=[row.requirement for row in rows])


def _contest(case: Case, row: Evidence, said: Preview, words: str, *, applicant: Applicant, by: By) -> None:
    _take_back(row)
    event = EvidenceEvent.DISPUTE if said is Preview.DISPUTED else EvidenceEvent.DECLINE
    reason = _NOT_FOUND if row.state == EvidenceState.NO_RECORD else row.reason
    was_down = row.state == EvidenceState.PROVIDER_DOWN
    move_evidence(row, event, preview=said, reason=reason)
    if said is Preview.DISPUTED:
        open_objection(case, row, words, applicant=applicant)
    if was_down:
        close_pause(case, PROVIDER_DOWN, row.requirement)
    record_step(case, event, by=by, requirement=row.requirement)


def _take_back(row: Evidence) -> None:
    """What was said of a piece before is unsaid: it stands again as it was found. One that was not contested stays as it is."""
    if row.state not in (EvidenceState.DISPUTED, EvidenceState.DECLINED):
        return
    if not row.found and row.reason != _NOT_FOUND:  # nothing was ever found that could stand again
        raise moved_on()
    take_back_objection(row)
    event = EvidenceEvent.TAKE_BACK_NOTHING if row.reason == _NOT_FOUND else EvidenceEvent.TAKE_BACK
    move_evidence(row, event, preview="")


@transaction.atomic
def fall_back(case: Case, *, requirement: str, how: str, applicant: Applicant) -> Case:
    """Another way for a piece that no register gave: ask once more (retry), let a person look (officer), promise (commitment).

    Raises AnswerIncomplete where the matter does not offer this way, CaseMoved where the piece needs none.
    """
    by = require_own(case, applicant)
    hold_case(case, CaseState.PREVIEW)
    row = require_offered(case, requirement, how)
    if how == RETRY:
        move_evidence(row, EvidenceEvent.RETRY, attempts=0, next_try_at=None)
        move_case(case, CaseEvent.ASK_AGAIN)
        enqueue_gathering(case)
    else:
        was_down = row.state == EvidenceState.PROVIDER_DOWN
        event = EvidenceEvent.HAND_TO_OFFICER if how == OFFICER else EvidenceEvent.COMMIT
        move_evidence(row, event, preview="", answered_at=timezone.now())
        if was_down:
            close_pause(case, PROVIDER_DOWN, requirement)
    record_step(case, how, by=by, requirement=requirement)
    return case


def require_offered(case: Case, requirement: str, how: str) -> Evidence:
    """The case's piece, where the matter offers this way out for it."""
    row, need = evidence_of(case, requirement), plan_of(case).requirements.get(requirement)
    asks_for_paper = how == UPLOAD and case.channel == Channel.OFFER  # what an office offers by itself is decided without one
    if row is None or need is None or how not in need.fallbacks or asks_for_paper:
        raise _not_offered(requirement, _("This way is not offered here. Choose one of those shown."))
    if how == COMMITMENT and _register_answered(case, row):
        raise _not_offered(requirement, _("An office has answered this. If the answer is wrong, say so: a promise does not replace it."))
    return row


def _register_answered(case: Case, row: Evidence) -> bool:
    """Whether a register said yes or no, disputed or not: nobody promises a no away."""
    return opened_evidence(row, subject_of_case(case)).get("answer") in (Answer.YES, Answer.NO)


def _not_offered(requirement: str, message: str) -> AnswerIncomplete:
    return AnswerIncomplete(_("This way is not offered."), faults=[Fault(requirement, "not_offered", message)])


@transaction.atomic
def provide(case: Case, *, requirement: str, value: Any, applicant: Applicant) -> Case:
    """Say what no register holds (`value` as the requirement's form says). May be said again until the case is handed in."""
    by = require_own(case, applicant)
    hold_case(case, CaseState.STARTED, CaseState.GATHERING, CaseState.PREVIEW)
    need = plan_of(case).requirements.get(requirement)
    if need is None or need.kind is not RequirementKind.SELF_PROVIDED:
        raise AnswerIncomplete(_("This is not asked of you."), faults=[Fault(requirement, "unknown", _("This is not asked of you."))])
    _write(case, need, read_answer(need, value))
    record_step(case, "provide", by=by, requirement=requirement)
    return case


def _write(case: Case, need: Requirement, given: Mapping[str, str]) -> None:
    """One row for the requirement, whose answer is the citizen's own word."""
    now = timezone.now()
    row = evidence_of(case, need.code) or Evidence(
        evidence_set_id=case.evidence_set_id, requirement=need.code, state=EvidenceState.COMMITTED, asked_at=now
    )
    content = {"answer": "YES", "values": [dict(given)], "as_of": now.strftime("%Y-%m-%dT%H:%M:%SZ")}
    row.found = sealing.seal(subject_of_case(case), content, context=evidence_context(row))
    row.answered_at = now
    row.save()
