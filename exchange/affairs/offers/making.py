"""Makes the offers of one page of a list: who is passed over, who is asked, who gets one; all of a page or nothing of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from catalog.clocks import Due, TimeLimit
from exchange.accounts.subject import Subject
from exchange.affairs import sealing
from exchange.affairs.clock import due_after
from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case, Licence, Matter, Offer, OfferRun
from exchange.affairs.offers.asking import Reference, ask_about
from exchange.affairs.offers.checks import TellsAll, Told, is_met
from exchange.affairs.offers.errors import OfferMoved
from exchange.affairs.offers.lifecycle import RunState
from exchange.affairs.offers.recorded import offers_built
from exchange.affairs.rules.matter import MatterPlan

MADE = "offer_made"
_UNDECIDED = (CaseState.STARTED, CaseState.GATHERING, CaseState.PREVIEW, CaseState.SUBMITTED)


def settle_page(run: OfferRun, plan: MatterPlan, subjects: Sequence[Subject], reference: Reference, *, cursor: int) -> None:
    """Ask about a page of listed people and offer to those who may have it; moves the run's cursor with them.

    Raises Paused or Stopped before anything is written, OfferMoved where another worker has settled this page.
    """
    blinds = {subject.blind: subject for subject in subjects}
    taken = provided_for(run.matter, list(blinds))
    open_subjects = [subject for blind, subject in blinds.items() if blind not in taken]
    told = ask_about(plan, open_subjects, reference) if open_subjects else []
    chosen = [(subject, answers) for subject, answers in zip(open_subjects, told, strict=True) if is_met(plan, answers)]
    counts = {"seen": len(subjects), "asked": len(open_subjects), "skipped": len(subjects) - len(chosen), "offered": len(chosen)}
    _keep(run, plan, chosen, reference, cursor=cursor, counts=counts)


def provided_for(matter: Matter, blinds: Sequence[bytes]) -> set[bytes]:
    """Of these people, those whom nobody needs to offer anything: an offer stands, a case is open, or an allowance runs."""
    offered = Offer.objects.current().filter(matter=matter, subject_blind__in=blinds).values_list("subject_blind", flat=True)
    runs = Q(licences__status="VALID")
    cases = Case.objects.filter(Q(state__in=_UNDECIDED) | runs, version__matter=matter, subject_blind__in=blinds)
    return {bytes(blind) for blind in [*offered, *cases.values_list("subject_blind", flat=True)]}


def objection_due(plan: MatterPlan) -> Due:
    """Until when the person may object, in working days from today."""
    days = plan.proactive.objection_days if plan.proactive else 0
    article = plan.content["legal_basis"]["article"]
    return due_after(timezone.localdate(), TimeLimit("offer", days, 0, dict(article), None))


def _keep(
    run: OfferRun,
    plan: MatterPlan,
    chosen: Sequence[tuple[Subject, TellsAll]],
    reference: Reference,
    *,
    cursor: int,
    counts: Mapping[str, int],
) -> None:
    """The offers, an entry for each person, and the cursor, in one transaction."""
    keys = trail.subject_keys(subject.who for subject, _ in chosen)
    built = offers_built(run.version, reference.name, [subject for subject, _ in chosen], MADE, keys)
    making = _Making(run, objection_due(plan), timezone.now())
    rows = [_offer(making, subject, told, keys[subject.who].key, entry.leaf) for (subject, told), entry in zip(chosen, built, strict=True)]
    with transaction.atomic():
        advance(run, cursor, **counts)
        Offer.objects.bulk_create(rows)
        trail.insert(built)


def advance(run: OfferRun, cursor: int, **counts: int) -> None:
    """Move the cursor and add to the counts, if the run still stands where this worker left it. Raises OfferMoved."""
    added = {name: F(name) + count for name, count in counts.items()}
    here = OfferRun.objects.filter(pk=run.pk, state=RunState.RUNNING, phase=run.phase, cursor=run.cursor)
    if not here.update(cursor=cursor, changed_at=timezone.now(), **added):
        raise OfferMoved(_("Somebody else goes on with this run."))
    run.refresh_from_db()


@dataclass(frozen=True)
class _Making:
    """What the offers of one page have in common."""

    run: OfferRun
    due: Due
    now: datetime


def _offer(making: _Making, subject: Subject, told: TellsAll, key: bytes, leaf: bytes) -> Offer:
    sealed, blind = subject.sealed()
    offer = Offer(
        id=uuid.uuid4(),
        matter=making.run.matter,
        version=making.run.version,
        run=making.run,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        language=settings.LANGUAGE_CODE,
        made_at=making.now,
        until_on=making.due.on,
        until_is_provisional=making.due.is_provisional,
        leaf=leaf,
    )
    offer.found = sealed_told(offer, subject, told, key)
    return offer


def sealed_told(offer: Offer, subject: Subject, told: TellsAll, key: bytes = b"") -> bytes:
    """The answers, for the offer's column."""
    return sealing.seal(subject, {code: answer.to_json() for code, answer in told.items()}, context=f"offer:{offer.pk}", key=key)


def told_of(offer: Offer, subject: Subject, key: bytes = b"") -> dict[str, Told]:
    """What was asked last about the person, opened."""
    content: dict[str, Any] = sealing.unseal(subject, offer.found, context=f"offer:{offer.pk}", key=key)
    return {code: Told(**answer) for code, answer in content.items()}


def running_licences(run: OfferRun) -> Any:
    """Licences of the matter that hold, by the number of their decision."""
    licences = Licence.objects.filter(case__version__matter=run.matter, status="VALID")
    return licences.select_related("case__version__matter", "decision").order_by("decision_id")
