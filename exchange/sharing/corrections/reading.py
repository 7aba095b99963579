"""Who reads what was written in a correction: the two departments; and the authority while a dispute about it lies with it."""

from __future__ import annotations

from typing import Any

from catalog.models import Department
from exchange.sharing.corrections.sealing import Spoken, spoken
from exchange.sharing.lifecycle import Side
from exchange.sharing.lifecycle.disputes import DisputeState
from exchange.sharing.models import CorrectionRequest
from exchange.sharing.sides import agreement_sides


def words_for(person: Any, department: Department, correction: CorrectionRequest) -> Spoken | None:
    """The words, for whoever may read them; None for those who only watch."""
    sides = agreement_sides(person, department, correction.agreement)
    if sides & {Side.REQUESTER, Side.PROVIDER}:
        return spoken(correction)
    judges = Side.AUTHORITY in sides and correction.disputes.filter(state=DisputeState.WITH_AUTHORITY).exists()
    return spoken(correction) if judges else None
