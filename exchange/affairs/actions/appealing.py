"""Another look at a decision: asked for within its days, settled by another officer than the one who decided."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.accounts.hands import hands_of
from exchange.affairs import sealing
from exchange.affairs.actions.deciding import Ruling, decide_case, judged_again
from exchange.affairs.actions.four_eyes import require_officer
from exchange.affairs.actions.owning import require_own, require_words
from exchange.affairs.actions.telling import tell
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import due_after, review_limit
from exchange.affairs.errors import AnswerIncomplete, NotThisOfficer, TooLate
from exchange.affairs.lifecycle import OBJECTION, CaseEvent, CaseState, ObjectionEvent
from exchange.affairs.models import Appeal, Case, Decision
from exchange.affairs.moves import hold_applications, hold_case, move_case, moved_on
from exchange.affairs.reading import appeal_context, judgement_of
from exchange.affairs.recorded import record_step, subject_of_case


@transaction.atomic
def appeal(case: Case, *, words: str, applicant: Applicant) -> Appeal:
    """Let a person look at a decision again. Raises AnswerIncomplete without words, TooLate after the days for it, CaseMoved."""
    by = require_own(case, applicant)
    said = require_words(words, _("Say what should be looked at again."))
    until = may_appeal_until(case)
    if until is None or timezone.now() > until:
        raise TooLate(_("The days for this are over. A counter can tell you what else you may do."))
    due = due_after(timezone.localdate(), review_limit(case.version.content))
    move_case(case, CaseEvent.OBJECT, due_on=due.on, due_is_provisional=due.is_provisional)
    sealed = sealing.seal(applicant.subject, said, context=appeal_context(case))
    made = Appeal.objects.create(case=case, words=sealed, made_at=timezone.now(), due_on=due.on, due_is_provisional=due.is_provisional)
    record_step(case, CaseEvent.OBJECT, by=by)
    return made


def may_appeal_until(case: Case) -> Any:
    """The last moment for an appeal: calendar days from the decision, as the matter's file says; None before there is one."""
    if case.decided_at is None:
        return None
    return case.decided_at + timedelta(days=int(case.version.content.get("objection_days") or 0))


@transaction.atomic
def settle_appeal(case: Case, *, upheld: bool, reason: str, acting_user: Any, benefits: Iterable[str] | None = None) -> Case:
    """Answer an appeal. Upheld: what had been refused is granted (or, of it, what `benefits` names), and the licence follows.

    Raises NotThisOfficer also for the officer who decided first, AnswerIncomplete without a reason, CaseMoved.
    """
    by = require_officer(case, acting_user)
    if not reason.strip():
        raise AnswerIncomplete(_("An answer has a reason."), faults=[Fault("reason", "required", _("Write it."))])
    hold_applications(case)
    hold_case(case, CaseState.OBJECTED)
    first = Decision.objects.get(case=case, kind=Decision.Kind.FIRST)
    if hands_of(acting_user).did(first.decided_by_id, first.decided_at):
        raise NotThisOfficer(_("You decided this case: another officer looks at it now."))
    _settle(case, upheld=upheld, reason=reason, acting_user=acting_user)
    judgement = judgement_of(first)
    ruling = Ruling(
        judged_again(judgement, benefits) if upheld else judgement,
        by,
        person=acting_user,
        reasons={"reason": reason.strip(), "article": ""},
        kind=Decision.Kind.REVIEW,
        event=CaseEvent.REVIEW,
    )
    decide_case(case, ruling, changes_licence=upheld)
    tell(case, "appeal_settled")
    return case


def _settle(case: Case, *, upheld: bool, reason: str, acting_user: Any) -> None:
    sources, target = OBJECTION[ObjectionEvent.UPHOLD if upheld else ObjectionEvent.REJECT]
    sealed = sealing.seal(subject_of_case(case), reason.strip(), context=f"{appeal_context(case)}:answer")
    waiting = Appeal.objects.filter(case=case, state__in=sources)
    if not waiting.update(state=target, answer=sealed, settled_at=timezone.now(), settled_by=acting_user):
        raise moved_on()
