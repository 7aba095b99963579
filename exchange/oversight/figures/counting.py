"""Counts decided cases, one at a time as they are decided, or all of them again from cases and log: both give the same rows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit.models import Entry, Pending
from catalog.clocks import days_left
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.models.cases import How as DecidedHow
from exchange.oversight.figures.meeting import Piece, met
from exchange.oversight.models import CountedCase, SparedProof
from exchange.sharing import jurisdiction

WORK = "oversight.count_case"
FINISHED = (CaseState.DECIDED, CaseState.OBJECTED, CaseState.REVIEWED, CaseState.CLOSED)
_AT_ONCE = 500


@dataclass(frozen=True)
class Counted:
    """The rows of one case, not yet written."""

    case: CountedCase
    proofs: tuple[SparedProof, ...]


def count_case(case_id: Any) -> None:
    """Write the rows of one case anew; those of a case that is not decided are taken away. Safe to run twice, and at once."""
    with transaction.atomic():
        case = Case.objects.select_for_update().filter(pk=case_id).first()
        SparedProof.objects.filter(case_id=case_id).delete()
        CountedCase.objects.filter(case_id=case_id).delete()
        if case is not None and case.state in FINISHED:
            _write([counted(case)])


def recount_all(*, progress: Callable[[int], None] | None = None) -> int:
    """Throw all rows away and count every decided case again, in one transaction; give how many cases are counted."""
    total = 0
    with transaction.atomic():
        SparedProof.objects.all().delete()
        CountedCase.objects.all().delete()
        for found in counted_anew():
            _write(found)
            total += len(found)
            if progress:
                progress(total)
    return total


def counted_anew() -> Iterable[list[Counted]]:
    """Every decided case counted from its evidence and the log, in lots, without writing anything."""
    lot: list[Counted] = []
    cases = Case.objects.filter(state__in=FINISHED, decided_at__isnull=False).select_related("version__matter").order_by("pk")
    for case in cases.iterator(chunk_size=_AT_ONCE):
        lot.append(counted(case))
        if len(lot) == _AT_ONCE:
            yield lot
            lot = []
    if lot:
        yield lot


def counted(case: Case) -> Counted:
    """The rows of one decided case."""
    assert case.decided_at is not None  # noqa: S101 - a finished case has a time, by a constraint of its table
    decided_on = timezone.localtime(case.decided_at).date()
    begun_on = timezone.localtime(case.submitted_at or case.started_at).date()
    row = CountedCase(
        case=case,
        matter=case.version.matter_id,
        decided_on=decided_on,
        working_days=max(days_left(decided_on, today=begun_on, calendar=jurisdiction.calendar()), 0),
        at_once=case.how == DecidedHow.AT_ONCE,
        outcome=case.outcome,
    )
    pieces = {
        piece.requirement: Piece(piece.state, piece.reason, bytes(piece.leaf) if piece.leaf else None)
        for piece in Evidence.objects.filter(evidence_set=case.evidence_set_id)
    }
    materials = case.version.content.get("former_materials", ())
    return Counted(row, tuple(_proof(row, material, pieces) for material in materials))


def is_logged(leaf: bytes) -> bool:
    """Whether an entry with this leaf hash stands in the log, or is durable and waits for its place."""
    return Entry.objects.filter(leaf=leaf).exists() or Pending.objects.filter(leaf=leaf).exists()


def _proof(row: CountedCase, material: Mapping[str, Any], pieces: Mapping[str, Piece]) -> SparedProof:
    replacing = [pieces[code] for code in material.get("spared_by", ()) if code in pieces]
    found = met(str(material["disposition"]), replacing, is_logged=is_logged)
    return SparedProof(
        case=row.case,
        matter=row.matter,
        material=material["code"],
        disposition=material["disposition"],
        met=found.how.value,
        decided_on=row.decided_on,
        leaves=b"".join(found.leaves) or None,
    )


def _write(found: Iterable[Counted]) -> None:
    rows = list(found)
    CountedCase.objects.bulk_create([item.case for item in rows])
    SparedProof.objects.bulk_create([proof for item in rows for proof in item.proofs])
