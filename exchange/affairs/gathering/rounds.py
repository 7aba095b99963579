"""Rounds of asking, as leased work: read what is open, ask it as one batch, keep what came back, until nothing is left to ask.

Killed anywhere, it is run again: what was asked and not kept is asked once more, an honest second line in the log.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Min, Q
from django.utils import timezone

from audit import acts
from audit.errors import HubError
from audit.proof.acts import Standing
from catalog import work
from catalog.lifecycle import WorkState
from catalog.models import Work
from exchange.accounts.subject import Subject
from exchange.affairs.errors import CaseMoved
from exchange.affairs.gathering import calling, keeping, outcomes
from exchange.affairs.gathering.authority import Grounds, Lead, grounds_for
from exchange.affairs.gathering.calling import Question
from exchange.affairs.gathering.keeping import Kept
from exchange.affairs.gathering.outcomes import Outcome
from exchange.affairs.lifecycle import CaseEvent, CaseState, EvidenceState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.moves import hold_case, move_case, moved_on
from exchange.affairs.reading import found_in, plan_of
from exchange.affairs.recorded import THE_HUB, record_step, subject_of_case
from exchange.affairs.rules import Asking, MatterPlan

WORK = "affairs.gather"
Waiting = tuple[Evidence, Asking]
MOST_ROUNDS = 32
_FACT_LIMIT = "FACT_LIMIT"
UNSETTLED = Q(state=EvidenceState.PROVIDER_DOWN) | Q(state=EvidenceState.WAITING_FOR_OFFICER, reason=outcomes.WAITING)


def enqueue_gathering(case: Case, *, not_before: timedelta = timedelta(0)) -> Work:
    """Write the work into the caller's transaction."""
    return work.enqueue(WORK, case.pk, not_before=not_before)


def gather_now(case: Case) -> bool:
    """Do the case's waiting work in this process, so that whoever asked need not wait for a worker; whether it was done here."""
    waiting = Work.objects.due(timezone.now()).filter(name=WORK, target=str(case.pk)).order_by("pk").first()
    return waiting is not None and work.run(waiting.pk)


def gather(case_id: str, renew: work.Renew) -> None:
    """The handler. Raises LeaseLost when another worker has taken over."""
    case = Case.objects.select_related("version__matter").get(pk=case_id)
    plan = plan_of(case)
    with suppress(CaseMoved):  # withdrawn or decided meanwhile: nothing more is asked, and nothing kept
        waiting = _begin(case, plan)
        for number in range(MOST_ROUNDS):
            if not waiting:
                return
            if number:
                renew(min(10 * number, 95))
            waiting = _keep(case, plan, _ask(case, plan, waiting), number + 1)


def _begin(case: Case, plan: MatterPlan) -> list[Waiting]:
    """The first questions; where there are none, the case is shown as it stands."""
    waiting = _next_round(case, plan)
    if not waiting:
        with transaction.atomic():
            hold_case(case, *keeping.UNDECIDED)
            _close(case)
    return waiting


def _keep(case: Case, plan: MatterPlan, came: Sequence[Kept], number: int) -> list[Waiting]:
    """Commit what a round brought; with the last one the case is shown, in the same transaction. The next questions."""
    with transaction.atomic():
        keeping.keep(case, came, number)
        still_asked = Evidence.objects.filter(evidence_set=case.evidence_set_id, state=EvidenceState.ASKED).exists()
        waiting = _next_round(case, plan) if still_asked else []
        if not waiting:
            _close(case)
    return waiting


def _next_round(case: Case, plan: MatterPlan) -> list[Waiting]:
    """The questions that can be put now; empty when there is nothing left to ask for the moment."""
    rows = list(Evidence.objects.filter(evidence_set=case.evidence_set_id))
    found, still_open = found_in(case, rows), _open_rows(rows)
    unreachable = set(plan.unreachable(found))
    lost = [row for row in still_open if row.requirement in unreachable]
    if lost:
        keeping.keep_unreachable(case, lost)
        return _next_round(case, plan)
    askings = [(row, plan.asking(row.requirement, found, source=row.source)) for row in still_open]
    return [(row, asking) for row, asking in askings if asking is not None]


def _open_rows(rows: Sequence[Evidence]) -> list[Evidence]:
    """What is asked and not answered, what fell silent and is due again, and what came or comes with the same answer."""
    now = timezone.now()
    due = [row for row in rows if row.state == EvidenceState.ASKED or _is_due_again(row, now)]
    together = {pending for row in due if (pending := _pending(row))}  # a remote store's answer is handed out once
    return [row for row in rows if row in due or (_is_unsettled(row) and _pending(row) in together)]


def _is_due_again(row: Evidence, now: datetime) -> bool:
    return _is_unsettled(row) and (row.next_try_at is None or row.next_try_at <= now)


def _is_unsettled(row: Evidence) -> bool:
    """Silent, or with an officer of the provider (not with one of the lead department, whom the citizen chose)."""
    return row.state == EvidenceState.PROVIDER_DOWN or (row.state == EvidenceState.WAITING_FOR_OFFICER and _pending(row) is not None)


def _pending(row: Evidence) -> tuple[str, bytes] | None:
    """Under which agreement and intent the answer of a remote store is waited for."""
    return (row.agreement, bytes(row.leaf)) if row.reason == outcomes.WAITING and row.leaf else None


def _ask(case: Case, plan: MatterPlan, waiting: Sequence[Waiting]) -> list[Kept]:
    """One round: everybody who can be asked, in one batch; what came of it, sealed and ready to be kept."""
    _require_wanted(case)
    subject, lead = subject_of_case(case), Lead(plan.lead)
    try:
        standing = acts.standing()
        questions = [_question(row, asking, subject, lead, standing) for row, asking in waiting]
        may_send = [question for question in questions if question.grounds.policy is not None or question.pending]
        came = [outcomes.without_agreement(question) for question in questions if question not in may_send]
        came += _delivered(may_send, lead, case.number)
    except HubError as error:  # the hub itself cannot ask now: its log is behind, or it has no key
        nowhere = Grounds(None)
        questions = [Question(row.pk, asking, asking.subject or subject.who, nowhere) for row, asking in waiting]
        came = outcomes.undelivered(questions, error.reason)
    rows = {row.pk: row for row, _ in waiting}
    return keeping.prepare(subject, [(rows[outcome.question.evidence], outcome) for outcome in came], plan)


def _require_wanted(case: Case) -> None:
    """Nobody is asked for a citizen who has withdrawn: looked at again before each round."""
    if not Case.objects.filter(pk=case.pk, state__in=keeping.UNDECIDED).exists():
        raise moved_on()


def _question(row: Evidence, asking: Asking, subject: Subject, lead: Lead, standing: Standing) -> Question:
    grounds = grounds_for(asking, lead, standing, today=timezone.localdate().isoformat())
    return Question(row.pk, asking, asking.subject or subject.who, grounds, _pending(row))


def _delivered(questions: Sequence[Question], lead: Lead, case: str) -> list[Outcome]:
    """One batch; and where one fact that was answered too often refused a whole call, its other facts once more without it."""
    letters = calling.letters_of(questions)
    replies = calling.send(letters, lead=lead, case=case) if letters else []
    pairs = list(zip(letters, replies, strict=True))
    spoilt = [letter for letter, reply in pairs if reply.code == _FACT_LIMIT and len(letter.facts) > 1]
    if spoilt:
        single = calling.letters_of([question for letter in spoilt for question in letter.questions], joined=False)
        pairs = [pair for pair in pairs if pair[0] not in spoilt]
        pairs += zip(single, calling.send(single, lead=lead, case=case), strict=True)
    return [outcome for letter, reply in pairs for outcome in outcomes.outcomes_of(letter, reply)]


def _close(case: Case) -> None:
    """Everything was tried: show what was found; and ask the silent ones again later. The case is held by the caller."""
    if case.state == CaseState.GATHERING:
        move_case(case, CaseEvent.GATHERED)
        record_step(case, CaseEvent.GATHERED, by=THE_HUB)
    silent = Evidence.objects.filter(UNSETTLED, evidence_set=case.evidence_set_id)
    next_try = silent.aggregate(soonest=Min("next_try_at"))["soonest"]
    if next_try is not None and not Work.objects.filter(name=WORK, target=str(case.pk), state=WorkState.WAITING).exists():
        enqueue_gathering(case, not_before=max(next_try - timezone.now(), timedelta(0)))
