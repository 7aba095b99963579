"""Reads a drafted request and hands it to the check before sending."""

from __future__ import annotations

from django.utils import timezone

from audit import acts
from audit.ground import log_origin
from audit.proof.acts import Standing
from exchange.sharing.actions.asking import is_unsent, part_faults, words_faults
from exchange.sharing.due import answer_due
from exchange.sharing.foreseeing import Foreseen, Prospect, foresee
from exchange.sharing.least import Proposal, the_least
from exchange.sharing.models import RequestPart, SharingRequest
from exchange.sharing.terms import agreement_text, time_text


def foreseen(request: SharingRequest) -> list[Foreseen]:
    """What will come back for every part that is not sent yet, in the order of the request."""
    standing = acts.standing()
    least = the_least(request.purpose_id, standing)
    parts = [part for part in request.parts.select_related("dataset", "request") if is_unsent(part)]
    prospects = [_prospect(part, standing, least.get(part.dataset.code)) for part in parts]
    return foresee(prospects, standing, at=time_text(timezone.now()))


def _prospect(part: RequestPart, standing: Standing, least: Proposal | None) -> Prospect:
    return Prospect(
        dataset=part.dataset.code,
        faults=[*words_faults(part.request), *part_faults(part, standing, least)],
        text=lambda offered: agreement_text(part, standing, hub=log_origin(), offered=offered),
        due=answer_due(part.dataset.sharing_attribute, received=timezone.localdate())[1],
        items=tuple(item.name for item in part.items.all()),
        facts=tuple(fact.name for fact in part.facts.all()),
    )
