"""The queue of those who decide, by due date, and one case: its evidence beside the trace. Every look at a case is recorded.

There is no way in but the queue: no page takes a name or a number of a person, and a case that waits for nobody is not found.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from exchange.accounts.models import Person
from exchange.affairs import actions
from exchange.affairs.actions.four_eyes import not_own
from exchange.affairs.lifecycle import CaseState, EvidenceState
from exchange.affairs.models import Case, CaseStep, Objection, Upload
from exchange.affairs.reading import (
    Clock,
    appeal_words,
    clock_of,
    found_of,
    judgement_of,
    missing_of,
    objection_words,
    plan_of,
    reasons_of,
    steps,
)
from exchange.affairs.rules import Found, judge
from exchange.affairs.viewed import record_view
from exchange.portal.citizen.pieces import Piece, pieces_of
from exchange.portal.department.desk import Desk, at_desk, show
from exchange.portal.officer import words
from exchange.portal.templatetags.look_parts import Step

MOST = 200
TO_ANSWER = frozenset({EvidenceState.WAITING_FOR_OFFICER, EvidenceState.DISPUTED, EvidenceState.UPLOADED, EvidenceState.COMMITTED})


@dataclass(frozen=True)
class Row:
    """One line of the queue."""

    case: Case
    clock: Clock
    asks: Any


def in_hand(person: Person) -> QuerySet[Case]:
    """Cases that wait for an officer who is appointed for their matter; one's own never."""
    waiting = Q(state=CaseState.SUBMITTED, officer_needed=True) | Q(state=CaseState.OBJECTED)
    waiting |= Q(state=CaseState.PREVIEW, evidence_set__evidence__state=EvidenceState.WAITING_FOR_OFFICER)
    waiting |= Q(pk__in=actions.decided_on_old_values(Case.objects.all()).values("pk"))
    rows = Case.objects.filter(waiting, version__matter__in=actions.matters_decided_by(person))
    return not_own(rows, person).select_related("version__matter").distinct()


@require_GET
@at_desk
def queue(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, the most urgent first."""
    rows = in_hand(desk.person).filter(version__matter__lead=desk.department).prefetch_related("pauses")
    found = [Row(case, clock_of(case), _asks(case)) for case in rows.order_by("due_on", "submitted_at", "started_at")[:MOST]]
    found.sort(key=lambda row: (row.clock.due_on is None, row.clock.due_on))
    return show(request, desk, "../officer/queue", rows=found, most=MOST, decides=actions.matters_decided_by(desk.person))


@require_GET
@at_desk
def one_case(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """One case with everything that a decision needs, and no more."""
    case = case_in_hand(desk, number)
    record_view(case, acting_user=desk.person, what=case.evidence_set.evidence.values_list("requirement", flat=True))
    return show(request, desk, "../officer/case", **told(case))


@require_GET
@at_desk
def upload(request: HttpRequest, desk: Desk, number: str, upload: str) -> HttpResponse:
    """A file that the citizen handed in, as a download: it is never shown inside our own pages."""
    case = case_in_hand(desk, number)
    found = Upload.objects.filter(pk=upload, evidence__evidence_set=case.evidence_set_id).select_related("evidence").first()
    if found is None:
        raise Http404
    record_view(case, acting_user=desk.person, what=[found.evidence.requirement])
    _name, content = actions.open_upload(found, acting_user=desk.person)
    answer = HttpResponse(content, content_type=found.media_type)
    ending = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}.get(found.media_type, "bin")
    answer["Content-Disposition"] = f'attachment; filename="{case.number}-{found.evidence.requirement}.{ending}"'
    answer["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return answer


def case_in_hand(desk: Desk, number: str) -> Case:
    """The case, or 404 where it waits for no officer, or for another one."""
    case = in_hand(desk.person).filter(number=number).first()
    if case is None:
        raise Http404
    actions.require_officer(case, desk.person)
    return case


def told(case: Case) -> dict[str, Any]:
    """What the page of a case shows."""
    pieces, found = pieces_of(case), found_of(case)
    decision = case.decisions.order_by("-pk").first()
    judgement = judgement_of(decision) if decision else judge(plan_of(case), found)
    return {
        "case": case,
        "clock": clock_of(case),
        "asks": _asks(case),
        "pieces": [(piece, _word(piece, found.get(piece.code)), _wants_answer(piece)) for piece in pieces if piece.state],
        "judgement": judgement,
        "decision": decision,
        "reasons": reasons_of(decision) if decision else None,
        "uploads": Upload.objects.filter(evidence__evidence_set=case.evidence_set_id).select_related("evidence"),
        "objections": _objections(case),
        "appeal": _appeal(case),
        "notice": missing_of(case),
        "timeline": _timeline(case),
        "is_corrected_late": _is_corrected_late(case),
    }


def _asks(case: Case) -> Any:
    """What the officer is to do."""
    if case.state == CaseState.OBJECTED:
        return _("Another look")
    if case.state in actions.DECIDED:
        return _("A value was corrected")
    return _("Answer a question") if case.state == CaseState.PREVIEW else _("Decide")


def _is_corrected_late(case: Case) -> bool:
    """Whether the case was decided on a value that was corrected since, and nobody has looked yet."""
    return actions.decided_on_old_values(Case.objects.filter(pk=case.pk)).exists()


def _word(piece: Piece, found: Found | None) -> str:
    """The answer where a register or an officer gave one, else the state: what the chip says."""
    if found is None or piece.state != EvidenceState.FETCHED:
        return piece.state
    return "YES" if found.values else found.answer


def _timeline(case: Case) -> list[Step]:
    """The steps, the same one taken several times in a row as one line."""
    runs = [list(run) for _same, run in groupby(steps(case), key=lambda step: (step.event, step.by))]
    return [_step(run[-1], len(run)) for run in runs]


def _step(last: CaseStep, times: int) -> Step:
    return Step(words.event(last.event), "done", words.doer(last.by), last.at, f"× {times}" if times > 1 else "")


def _wants_answer(piece: Piece) -> bool:
    return piece.state in TO_ANSWER and not piece.is_told


def _objections(case: Case) -> list[tuple[str, str, Objection]]:
    """(requirement, the citizen's words, the objection), for what the citizen calls wrong."""
    rows = Objection.objects.filter(evidence__evidence_set=case.evidence_set_id).select_related("evidence")
    return [(row.evidence.requirement if row.evidence else "", objection_words(row)[0], row) for row in rows]


def _appeal(case: Case) -> dict[str, Any] | None:
    made = getattr(case, "appeal", None)
    return {"words": appeal_words(made)[0], "due_on": made.due_on, "state": made.state} if made else None


def address_of(case: Case) -> str:
    """The case's page."""
    return reverse("officer_case", args=[case.number])
