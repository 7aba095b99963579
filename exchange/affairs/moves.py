"""The one way in which a case and its evidence change state: a conditional UPDATE of a row of the lifecycle table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from exchange.affairs.errors import CaseMoved
from exchange.affairs.lifecycle import CASE, EVIDENCE, CaseEvent, CaseState, EvidenceEvent
from exchange.affairs.models import Case, Evidence, MatterVersion

# What a case's row says that moves; its matter's version, its subject and its number never do.
_MOVING = (
    "state",
    "outcome",
    "how",
    "officer_needed",
    "requested_at",
    "submitted_at",
    "decided_at",
    "ended_at",
    "due_on",
    "due_is_provisional",
)


_OPEN = (CaseState.STARTED, CaseState.GATHERING, CaseState.PREVIEW, CaseState.SUBMITTED, CaseState.OBJECTED)


def move_case(case: Case, event: CaseEvent, **changes: Any) -> None:
    """Move `case` by `event`, with other columns in the same UPDATE. Zero rows: CaseMoved (409). `case` shows what was written."""
    sources, target = CASE[event]
    written = {"state": target, **changes} if target else changes
    if not Case.objects.filter(pk=case.pk, state__in=sources).update(**written):
        raise moved_on()
    _show(case, written)


def hold_case(case: Case, *states: CaseState) -> None:
    """Take the case's row for this transaction and refresh it; raises CaseMoved where it is in none of `states`.

    Whoever changes evidence holds the case first, so that a decision is made on evidence that stands still.
    """
    held = Case.objects.select_for_update().filter(pk=case.pk, state__in=states).values(*_MOVING).first()
    if held is None:
        raise moved_on()
    _show(case, held)


def hold_applications(case: Case) -> None:
    """Take every open application of the person for the matter, in one order, before one of them is decided.

    Two that are decided in the same moment would not see each other, and both be paid.
    """
    versions = MatterVersion.objects.filter(matter=case.version.matter_id)  # no join: only applications are held
    same = Case.objects.filter(subject_blind=bytes(case.subject_blind), version__in=versions, state__in=_OPEN)
    list(same.select_for_update().order_by("pk").values_list("pk"))


def move_evidence(evidence: Evidence, event: EvidenceEvent, **changes: Any) -> None:
    """The same for one piece of evidence."""
    if not try_evidence(evidence, event, **changes):
        raise moved_on()


def try_evidence(evidence: Evidence, event: EvidenceEvent, **changes: Any) -> bool:
    """Move a piece of evidence where it still may; False where somebody else has moved it meanwhile."""
    sources, target = EVIDENCE[event]
    written = {"state": target, **changes} if target else changes
    if not Evidence.objects.filter(pk=evidence.pk, state__in=sources).update(**written):
        return False
    _show(evidence, written)
    return True


def _show(row: Case | Evidence, written: Mapping[str, Any]) -> None:
    """Let the object say what its row says now, without reading it again."""
    for name, value in written.items():
        setattr(row, name, value)


def moved_on() -> CaseMoved:
    """The refusal that says what to do next."""
    return CaseMoved(_("It has moved on meanwhile: look at it again."))
