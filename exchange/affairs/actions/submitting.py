"""Handing in: the published rule decides at once where it can; a person decides where it cannot, by a date."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.affairs.actions.deciding import Ruling, decide_case
from exchange.affairs.actions.owning import require_own
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import due_of
from exchange.affairs.errors import AnswerIncomplete
from exchange.affairs.lifecycle import CaseEvent, EvidenceState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.moves import hold_applications, move_case
from exchange.affairs.reading import found_in, plan_of
from exchange.affairs.recorded import THE_HUB, record_step
from exchange.affairs.rules import MatterPlan, judge
from exchange.affairs.rules.judgement import OFFICER
from exchange.affairs.rules.matter import RequirementKind

_TO_BE_SEEN = frozenset({EvidenceState.FETCHED, EvidenceState.NO_RECORD})


@transaction.atomic
def submit(case: Case, *, applicant: Applicant) -> Case:
    """Hand in what was shown. Decided in the same transaction, or `officer_needed` with `due_on`.

    Raises AnswerIncomplete listing what was not looked at or is still to be said, CaseMoved where it was handed in already.
    """
    by = require_own(case, applicant)
    hold_applications(case)
    move_case(case, CaseEvent.SUBMIT, submitted_at=timezone.now())  # takes the row: evidence stands still from here on
    plan, rows = plan_of(case), list(Evidence.objects.filter(evidence_set=case.evidence_set_id))
    _require_complete(plan, rows)
    record_step(case, CaseEvent.SUBMIT, by=by)
    judgement = judge(plan, found_in(case, rows))
    if judgement.outcome == OFFICER:
        _hand_to_officer(case)
    else:
        decide_case(case, Ruling(judgement, THE_HUB))
    return case


def _hand_to_officer(case: Case) -> None:
    due = due_of(case, tuple(case.pauses.all()))
    Case.objects.filter(pk=case.pk).update(officer_needed=True, due_on=due.on, due_is_provisional=due.is_provisional)
    case.refresh_from_db()


def _require_complete(plan: MatterPlan, rows: list[Evidence]) -> None:
    """Nothing is handed over that was not seen, and nothing is left blank that only the citizen can say."""
    given = {row.requirement for row in rows}
    states = {row.state for row in rows}
    # what waits for a silent office's answer stays asked: that does not keep anybody from handing in
    still_asking = EvidenceState.ASKED in states and EvidenceState.PROVIDER_DOWN not in states
    faults = [
        Fault(row.requirement, "preview", _("Look at this first: is it right?"))
        for row in rows
        if row.state in _TO_BE_SEEN and not row.preview
    ]
    faults += [
        Fault(row.requirement, "asking", _("We are still asking. Try again in a moment."))
        for row in rows
        if still_asking and row.state == EvidenceState.ASKED
    ]
    faults += [
        Fault(need.code, "missing", _("Only you can say this."))
        for need in plan.requirements.values()
        if need.kind is RequirementKind.SELF_PROVIDED and need.needed and need.code not in given
    ]
    if faults:
        raise AnswerIncomplete(_("Before you hand in, some points are still open."), faults=faults)
