"""Which accepted corrections a new file puts right: all that were accepted before it came in, unless its publisher holds some back."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction

from audit import trail
from catalog import permission
from catalog.models import Load
from exchange.sharing.corrections.clock import route_of
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.models import CorrectionRequest


def accepted_before(load: Load) -> list[CorrectionRequest]:
    """Accepted corrections that this file may put right, oldest first."""
    rows = CorrectionRequest.objects.filter(dataset=load.dataset_id, state=CorrectionState.ACCEPTED, answered_at__lt=load.created_at)
    return list(rows.select_related("dataset").order_by("answered_at", "pk"))


def is_settled_by(correction: CorrectionRequest, loads: Collection[Load]) -> bool:
    """Whether one of a revision's files came in after the answer and was not said to leave the value as it was."""
    at = correction.answered_at
    return at is not None and any(at < load.created_at and str(load.pk) not in correction.held_back for load in loads)


@transaction.atomic
def choose(load: Load, *, settled: Collection[str], acting_user: Any) -> None:
    """Say, before the file is published, which corrections (numbers) it puts right; the others wait for a later one.

    Raises what `permission.require` raises for whoever does not publish for the provider.
    """
    permission.require(acting_user, load.dataset.provider, permission.PUBLISHER)
    for correction in accepted_before(load):
        held = {*correction.held_back} - {str(load.pk)} | ({str(load.pk)} if correction.number not in settled else set())
        if held == {*correction.held_back}:
            continue
        event = "hold_back" if str(load.pk) in held else "put_forward"
        CorrectionRequest.objects.filter(pk=correction.pk).update(held_back=sorted(held))
        trail.record(route_of(correction, event, side=correction.provider_id, acting=str(acting_user.pk)))
