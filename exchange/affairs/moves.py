"""The one way in which a case and its evidence change state: a conditional UPDATE of a row of the lifecycle table."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from exchange.affairs.errors import CaseMoved
from exchange.affairs.lifecycle import CASE, EVIDENCE, CaseEvent, CaseState, EvidenceEvent, EvidenceState
from exchange.affairs.models import Case, Evidence


def move_case(case: Case, event: CaseEvent, **changes: Any) -> None:
    """Move `case` by `event`, with other columns in the same UPDATE. Zero rows: CaseMoved (409). Refreshes `case`."""
    sources, target = CASE[event]
    state = {"state": target} if target else {}
    if not Case.objects.filter(pk=case.pk, state__in=sources).update(**state, **changes):
        raise moved_on()
    case.refresh_from_db()


def hold_case(case: Case, *states: CaseState) -> None:
    """Take the case's row for this transaction and refresh it; raises CaseMoved where it is in none of `states`.

    Whoever changes evidence holds the case first, so that a decision is made on evidence that stands still.
    """
    if not Case.objects.select_for_update().filter(pk=case.pk, state__in=states).exists():
        raise moved_on()
    case.refresh_from_db()


def move_evidence(evidence: Evidence, event: EvidenceEvent, **changes: Any) -> None:
    """The same for one piece of evidence."""
    if not try_evidence(evidence, event, **changes):
        raise moved_on()


def try_evidence(evidence: Evidence, event: EvidenceEvent, **changes: Any) -> bool:
    """Move a piece of evidence where it still may; False where somebody else has moved it meanwhile."""
    sources, target = EVIDENCE[event]
    state: dict[str, EvidenceState] = {"state": target} if target else {}
    if not Evidence.objects.filter(pk=evidence.pk, state__in=sources).update(**state, **changes):
        return False
    evidence.refresh_from_db()
    return True


def moved_on() -> CaseMoved:
    """The refusal that says what to do next."""
    return CaseMoved(_("It has moved on meanwhile: look at it again."))
