"""Lead each story's case through the real engine, one step after the other, from wherever an earlier run left it."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from audit import trail
from catalog.actions import bring_online, take_offline
from catalog.models import Dataset
from exchange import celery as _wake_ups  # noqa: F401 - messages go to our broker, where the worker finds them later
from exchange.accounts.demonstration import resident_account
from exchange.affairs import actions
from exchange.affairs.applicants import Applicant, applicant_of
from exchange.affairs.gathering import gather_now
from exchange.affairs.lifecycle import CaseState, EvidenceState
from exchange.affairs.models import Case, Evidence, Matter
from exchange.demonstration.building import sequencing, staff
from exchange.demonstration.building.plans.plan import in_both
from exchange.demonstration.building.roll import ASKER, PUBLISHER
from exchange.demonstration.building.stories import STORIES, Story

_LANGUAGE = "zh-hans"
_MOST_STEPS = 12
_MOST_PENDING = 500
_OUTAGE = in_both("机房检修，预计当天恢复。", "Maintenance of the server room; back the same day.")


def lead_all() -> None:
    """Every story, as far as it goes."""
    for story in STORIES:
        lead(story)
        if trail.backlog().count > _MOST_PENDING:
            sequencing.sequence_all()


def lead(story: Story) -> Case:
    """Take the steps that are left of one story, and give its case."""
    applicant = applicant_of(resident_account(story.resident))
    case = case_of(story, applicant) or actions.start_case(
        Matter.objects.select_related("current").get(code=story.matter), applicant=applicant, language=_LANGUAGE
    )
    for _ in range(_MOST_STEPS):
        step = _NEXT.get(CaseState(case.state))
        if step is None or not step(story, case, applicant):
            break
        case = Case.objects.get(pk=case.pk)
    return case


def case_of(story: Story, applicant: Applicant) -> Case | None:
    """The story's case, where it was begun."""
    return Case.objects.of(applicant.subject).filter(version__matter=story.matter).order_by("started_at").first()


Step = Callable[[Story, Case, Applicant], bool]
"""Takes one step; False where the story stops."""


def _ask(story: Story, case: Case, applicant: Applicant) -> bool:
    if story.outage:
        _switch(story.outage, is_offline=True)
    actions.ask_offices(case, applicant=applicant)
    return True


def _gather(_story: Story, case: Case, _applicant: Applicant) -> bool:
    return gather_now(case)


def _preview(story: Story, case: Case, applicant: Applicant) -> bool:
    """Ask the silent office again, say what only the citizen can say, look at each piece, hand in."""
    silent = Evidence.objects.filter(evidence_set=case.evidence_set_id, state=EvidenceState.PROVIDER_DOWN).first()
    if silent is not None:
        if story.outage:
            _switch(story.outage, is_offline=False)
        actions.fall_back(case, requirement=silent.requirement, how="retry", applicant=applicant)
        return True
    given = set(Evidence.objects.filter(evidence_set=case.evidence_set_id).values_list("requirement", flat=True))
    for requirement, value in story.provides.items():
        if requirement not in given:
            actions.provide(case, requirement=requirement, value=dict(value), applicant=applicant)
    _answer(story, case, applicant)
    actions.submit(case, applicant=applicant)
    return True


def _answer(story: Story, case: Case, applicant: Applicant) -> None:
    shown = Evidence.objects.filter(
        evidence_set=case.evidence_set_id, state__in=[EvidenceState.FETCHED, EvidenceState.NO_RECORD], preview=""
    ).values_list("requirement", flat=True)
    answers = {requirement: "DISPUTED" if requirement in story.disputes else "ACCEPTED" for requirement in shown}
    actions.answer_preview(case, answers=answers, words=story.disputes, applicant=applicant)


def _switch(code: str, *, is_offline: bool) -> None:
    """Take a dataset away or bring it back, by its publisher, where that is not done."""
    dataset = Dataset.objects.get(code=code)
    if dataset.offline == is_offline:
        return
    publisher = staff.of(dataset.provider_id, PUBLISHER)
    if is_offline:
        take_offline(dataset, reason=_OUTAGE, acting_user=publisher)
    else:
        bring_online(dataset, acting_user=publisher)


def _appeal(story: Story, case: Case, applicant: Applicant) -> bool:
    if story.appeal:
        actions.appeal(case, words=story.appeal, applicant=applicant)
    return bool(story.appeal)


def _review(story: Story, case: Case, _applicant: Applicant) -> bool:
    if story.review:
        officer = staff.of(case.version.matter.lead_id, ASKER)
        actions.settle_appeal(case, upheld=True, reason=story.review, acting_user=officer, benefits=story.granted_on_review)
    return bool(story.review)


_NEXT: Mapping[CaseState, Step] = {
    CaseState.STARTED: _ask,
    CaseState.GATHERING: _gather,
    CaseState.PREVIEW: _preview,
    CaseState.DECIDED: _appeal,
    CaseState.OBJECTED: _review,
}
