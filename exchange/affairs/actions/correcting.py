"""A register was put right at a department's word: open cases ask once more, decided ones are shown to their officers.

Nothing is decided anew by itself: an officer looks, and the citizen, who is told, may ask for another look.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from audit.models import Entry
from exchange.affairs.actions.four_eyes import require_officer
from exchange.affairs.actions.officers import OFFICER_ANSWERED
from exchange.affairs.actions.telling import tell
from exchange.affairs.errors import CaseMoved
from exchange.affairs.gathering import enqueue_gathering
from exchange.affairs.gathering.keeping import UNDECIDED
from exchange.affairs.lifecycle import CaseState, EvidenceEvent
from exchange.affairs.models import Case, CaseStep, Evidence
from exchange.affairs.moves import hold_case, moved_on, try_evidence
from exchange.affairs.reading import plan_of
from exchange.affairs.recorded import THE_HUB, record_step
from exchange.sharing.corrections.received import resting_on
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.models import CorrectionRequest

CORRECTED, CORRECTED_LATE, LOOKED_AT = "value_corrected", "value_corrected_late", "looked_at_corrected"
DECIDED = (CaseState.DECIDED, CaseState.OBJECTED, CaseState.REVIEWED, CaseState.CLOSED)


def look_again_after(correction: CorrectionRequest) -> int:
    """Every case that used the value: undecided, it asks the office again under its agreement; decided, its officer is shown it.

    Safe to run twice. Returns how many cases were touched; nothing before the corrected value is published.
    """
    if correction.state != CorrectionState.PUBLISHED:
        return 0
    names = resting_on(correction.dataset.code, correction.item)
    return sum(_look_again(case, rows, correction) for case, rows in _used(correction, names))


def decided_on_old_values(cases: QuerySet[Case]) -> QuerySet[Case]:
    """Those among `cases` that were decided on a value that was corrected since, and that no officer has looked at yet."""
    marks = CaseStep.objects.filter(case=OuterRef("pk"), event=CORRECTED_LATE)
    looks = CaseStep.objects.filter(case=OuterRef("case"), event=LOOKED_AT, pk__gt=OuterRef("pk"))
    return cases.filter(Exists(marks.exclude(Exists(looks))), state__in=DECIDED)


@transaction.atomic
def mark_looked_at(case: Case, *, acting_user: Any) -> Case:
    """An officer has looked whether the corrected value changes anything; the decision stays. Raises NotThisOfficer, CaseMoved."""
    by = require_officer(case, acting_user)
    hold_case(case, *DECIDED)
    if not decided_on_old_values(Case.objects.filter(pk=case.pk)).exists():
        raise moved_on()
    record_step(case, LOOKED_AT, by=by)
    return case


def _used(correction: CorrectionRequest, names: Iterable[str]) -> Iterator[tuple[Case, list[Evidence]]]:
    """Cases with those pieces of theirs that came by an exchange which the correction names, and that rest on the value.

    What an officer has answered instead of the register stays as it is.
    """
    entries = {index for notice in correction.notices.all() for index in notice.entries}
    leaves = [bytes(leaf) for leaf in Entry.objects.filter(index__in=entries).values_list("leaf", flat=True)]
    rows = Evidence.objects.filter(leaf__in=leaves, dataset=correction.dataset.code).exclude(reason=OFFICER_ANSWERED).order_by("pk")
    by_set: dict[Any, list[Evidence]] = {}
    for row in rows:
        by_set.setdefault(row.evidence_set_id, []).append(row)
    cases = Case.objects.filter(evidence_set__in=by_set).select_related("version__matter", "person", "evidence_set")
    for case in cases.order_by("started_at"):
        used = [row for row in by_set[case.evidence_set_id] if _rests_on(case, row, set(names))]
        if used:
            yield case, used


def _rests_on(case: Case, row: Evidence, names: set[str]) -> bool:
    need = plan_of(case).requirements.get(row.requirement)
    if need is None or row.source >= len(need.sources):
        return False
    source = need.sources[row.source]
    return bool({source.fact, *source.items} & names)


@transaction.atomic
def _look_again(case: Case, rows: list[Evidence], correction: CorrectionRequest) -> bool:
    try:
        hold_case(case, *UNDECIDED)
    except CaseMoved:
        return _mark_decided(case, rows, correction)
    forgotten: dict[str, Any] = {"found": None, "receipt": None, "leaf": None, "preview": "", "attempts": 0, "reason": CORRECTED.upper()}
    asked = [row for row in rows if try_evidence(row, EvidenceEvent.REGISTER_CORRECTED, **forgotten)]
    if asked:
        record_step(case, CORRECTED, by=THE_HUB, requirements=[row.requirement for row in asked])
        enqueue_gathering(case)
        tell(case, "case_value_corrected")
    return bool(asked)


def _mark_decided(case: Case, rows: list[Evidence], correction: CorrectionRequest) -> bool:
    """Once for each correction: the mark is a step of the case that is younger than the corrected value."""
    decided = Case.objects.select_for_update().filter(pk=case.pk, state__in=DECIDED)
    marked = Q(case=case, event=CORRECTED_LATE, at__gte=correction.published_at)
    if not decided.exists() or CaseStep.objects.filter(marked).exists():
        return False
    record_step(case, CORRECTED_LATE, by=THE_HUB, requirements=[row.requirement for row in rows])
    tell(case, "case_decided_on_old_value")
    return True
