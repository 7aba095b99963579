"""What an officer does with a case that the rule leaves to a person: answers, one notice, a decision with its reason."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.affairs import sealing
from exchange.affairs.actions.deciding import Ruling, decide_case, judged_by_officer
from exchange.affairs.actions.four_eyes import require_officer
from exchange.affairs.actions.owning import require_own
from exchange.affairs.actions.telling import tell
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import PROVIDER_DOWN, SUPPLEMENT, close_pause, open_pause
from exchange.affairs.errors import AnswerIncomplete, NotThisOfficer
from exchange.affairs.lifecycle import CaseState, EvidenceEvent
from exchange.affairs.models import Case, Evidence, Outcome, SupplementNotice
from exchange.affairs.moves import hold_applications, hold_case, move_evidence, moved_on
from exchange.affairs.reading import evidence_context, found_of, notice_context, opened_evidence, plan_of
from exchange.affairs.recorded import record_step, subject_of_case
from exchange.affairs.rules import Answer, Judgement, judge
from exchange.affairs.rules.judgement import OFFICER

OFFICER_ANSWERED = "OFFICER_ANSWERED"
_WITH_AN_OFFICER = (CaseState.PREVIEW, CaseState.SUBMITTED)


@transaction.atomic
def decide(case: Case, *, outcome: str, reason: str, article: str, acting_user: Any, benefits: Iterable[str] | None = None) -> Case:
    """Decide what the published rule left to a person, with a reason from the law.

    GRANTED grants every benefit that waits (or those named in `benefits`), REFUSED none of them; what the rule decided
    stays. Raises NotThisOfficer, AnswerIncomplete, and CaseMoved for whoever comes second.
    """
    by = require_officer(case, acting_user)
    _require_reasoned(outcome=outcome, reason=reason, article=article)
    hold_applications(case)
    hold_case(case, CaseState.SUBMITTED)
    judgement = judge(plan_of(case), found_of(case))
    _require_discretion(judgement, outcome)
    ruled = judged_by_officer(judgement, outcome, benefits)
    decide_case(case, Ruling(ruled, by, person=acting_user, reasons={"reason": reason.strip(), "article": article.strip()}))
    tell(case, "case_decided")
    return case


def _require_reasoned(*, outcome: str, **texts: str) -> None:
    faults = [Fault(name, "required", _("Write it, so that the citizen can follow.")) for name, text in texts.items() if not text.strip()]
    if outcome not in Outcome.values:
        faults.append(Fault("outcome", "unknown", _("Choose granted or refused.")))
    if faults:
        raise AnswerIncomplete(_("A decision has a reason and an article of the law."), faults=faults)


def _require_discretion(judgement: Judgement, outcome: str) -> None:
    """Where the rule leaves nothing open any more, nobody decides against it."""
    if judgement.outcome != OFFICER and outcome != (Outcome.GRANTED if judgement.granted else Outcome.REFUSED):
        fault = Fault(
            "outcome", "rule", _("By what is known now the published rule decides otherwise. Correct an answer first if it is wrong.")
        )
        raise AnswerIncomplete(_("The published rule leaves no choice here."), faults=[fault])


@transaction.atomic
def send_notice(case: Case, *, missing: Sequence[str], acting_user: Any) -> SupplementNotice:
    """Tell the citizen once, and completely, what is missing; the clock stands until they answer. Raises CaseMoved the second time."""
    by = require_officer(case, acting_user)
    wanted = [text.strip() for text in missing if text.strip()]
    if not wanted:
        raise AnswerIncomplete(_("List what is missing."), faults=[Fault("missing", "required", _("Write everything at once."))])
    hold_case(case, CaseState.SUBMITTED)
    notice = SupplementNotice(case=case, sent_at=timezone.now(), sent_by=acting_user)
    notice.missing = sealing.seal(subject_of_case(case), wanted, context=notice_context(case))
    try:
        with transaction.atomic():
            notice.save(force_insert=True)
    except IntegrityError:
        raise moved_on() from None
    open_pause(case, SUPPLEMENT)
    record_step(case, "notice", by=by)
    tell(case, "case_missing")
    return notice


@transaction.atomic
def answer_notice(case: Case, *, applicant: Applicant) -> Case:
    """The citizen has handed in what was missing, or says that there is no more; the clock goes on."""
    by = require_own(case, applicant)
    hold_case(case, CaseState.SUBMITTED)
    waiting = SupplementNotice.objects.filter(case=case, answered_at__isnull=True)
    if not waiting.update(answered_at=timezone.now()):
        raise moved_on()
    close_pause(case, SUPPLEMENT)
    record_step(case, "answer_notice", by=by)
    return case


@transaction.atomic
def answer_evidence(evidence: Evidence, *, answer: str, reason: str, acting_user: Any) -> Evidence:
    """A person answers YES, NO or UNKNOWN in place of a register, from what they have looked at. Raises NotThisOfficer, CaseMoved."""
    case = _case_in_hand(evidence, acting_user)
    by = require_officer(case, acting_user)
    if answer not in {member.value for member in Answer} or not reason.strip():
        raise AnswerIncomplete(_("An answer is yes, no or not known, with what it rests on."), faults=[Fault("answer", "required", "")])
    hold_case(case, *_WITH_AN_OFFICER)
    subject, now = subject_of_case(case), timezone.now()
    content = {**opened_evidence(evidence, subject), "answer": answer, "as_of": f"{now:%Y-%m-%dT%H:%M:%SZ}", "reason": reason.strip()}
    sealed = sealing.seal(subject, content, context=evidence_context(evidence))
    move_evidence(evidence, EvidenceEvent.OFFICER_ANSWERS, found=sealed, preview="", reason=OFFICER_ANSWERED, answered_at=now)
    close_pause(case, PROVIDER_DOWN, evidence.requirement)
    record_step(case, EvidenceEvent.OFFICER_ANSWERS, by=by, requirement=evidence.requirement)
    return evidence


def _case_in_hand(evidence: Evidence, acting_user: Any) -> Case:
    """The undecided case that the piece belongs to. Raises NotThisOfficer where there is none: nobody is looked up without a case."""
    cases = Case.objects.filter(evidence_set=evidence.evidence_set_id, state__in=_WITH_AN_OFFICER).select_related("version__matter")
    case = cases.first()
    if case is None:
        raise NotThisOfficer(_("No open case needs this answer."), person=str(acting_user.pk))
    return case
