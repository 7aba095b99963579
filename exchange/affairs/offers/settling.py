"""Makes a decided case of an offer that was taken: the same engine, the run's own exchanges as evidence, no paper.

What was asked too long ago is asked anew first. Leased work: killed anywhere, it goes on with the case that is there.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import acts
from catalog import work
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs import licences, sealing
from exchange.affairs.actions import answer_preview, ask_offices, start_case, submit
from exchange.affairs.applicants import Applicant
from exchange.affairs.gathering import gather_now
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.licences.lifecycle import LicenceStatus
from exchange.affairs.lifecycle import CaseState, EvidenceEvent, EvidenceState
from exchange.affairs.models import Case, Channel, Evidence, Licence, Offer, OfferBatch, OfferRun
from exchange.affairs.moves import move_evidence
from exchange.affairs.offers.answering import SETTLE_WORK
from exchange.affairs.offers.asking import Paused, Reference, Stopped, ask_about
from exchange.affairs.offers.checks import TellsAll, checks_of, failed
from exchange.affairs.offers.lifecycle import CURRENT, TAKEN, OfferEvent, OfferState
from exchange.affairs.offers.making import objection_due, sealed_told, told_of
from exchange.affairs.offers.moves import move_offer
from exchange.affairs.offers.recorded import record_offer, reference_of, subject_of_offer
from exchange.affairs.reading import evidence_context
from exchange.affairs.recorded import subject_of_case
from exchange.affairs.rules import MatterPlan, read_matter

AGAIN_AFTER = timedelta(minutes=5)
_SHOWN = frozenset({EvidenceState.FETCHED, EvidenceState.NO_RECORD})


def settle_offer(offer_id: str, renew: work.Renew) -> None:
    """The handler. Whatever is in the way and passes by itself is tried again later."""
    offer = Offer.objects.select_related("matter", "version__matter", "run", "case").get(pk=offer_id)
    if offer.state not in TAKEN:
        return
    try:
        if offer.case is None:
            _begin(offer)
    except (Paused, Stopped):
        work.enqueue(SETTLE_WORK, offer.pk, not_before=AGAIN_AFTER)
        return
    renew(50)
    if offer.case is not None:
        _bring_to_decision(offer, offer.case)


def _begin(offer: Offer) -> None:
    """The offer's case, with what the run found as its evidence; or the end of the offer where it holds no more."""
    plan, subject = read_matter(offer.version.content), subject_of_offer(offer)
    told = still_valid(plan, told_of(offer, subject), at=timezone.now())
    if len(told) < sum(len(checks) for checks in checks_of(plan).values()):
        reference = Reference(Lead(plan.lead), reference_of(offer.matter_id, f"{timezone.localdate():%Y-%m}"))
        told = {**told, **ask_about(plan, [subject], reference)[0]}
    code = failed(plan, told)
    if code:
        stop_offer(offer, code)
    else:
        _make_case(offer, plan, subject, told)


def stop_offer(offer: Offer, code: str) -> None:
    """What the offer rested on is true no more: it ends, and the log says so to the person."""
    with transaction.atomic():
        move_offer(offer, OfferEvent.STOP, reason=code, stopped_at=timezone.now())
        record_offer(offer, "offer_stopped", reason=code)


def still_valid(plan: MatterPlan, told: TellsAll, *, at: datetime) -> dict[str, Any]:
    """Answers that are not older than the register says that they hold (`valid_days` of the fact)."""
    days = _valid_days(plan)
    asked = dict(OfferBatch.objects.filter(pk__in={answer.batch for answer in told.values()}).values_list("pk", "asked_at"))
    return {
        code: answer
        for code, answer in told.items()
        if answer.batch in asked and asked[answer.batch] + timedelta(days=days.get(code, 0)) > at
    }


def _valid_days(plan: MatterPlan) -> Mapping[str, int]:
    versions = acts.standing().versions
    found: dict[str, int] = {}
    for (dataset, _purpose), checks in checks_of(plan).items():
        document: Mapping[str, Any] = versions[dataset].version if dataset in versions else {"facts": ()}
        facts = {fact["name"]: int(fact["valid_days"]) for fact in document["facts"]}
        found.update({check.requirement: facts.get(check.source.fact, 0) for check in checks})
    return found


def _make_case(offer: Offer, plan: MatterPlan, subject: Subject, told: TellsAll) -> None:
    """Begin the case, ask what is still to be asked, and lay the run's exchanges beside it; all at once or nothing."""
    applicant = applicant_of_offer(offer, subject)
    with transaction.atomic():
        case = start_case(offer.matter, applicant=applicant, language=offer.language)
        ask_offices(case, applicant=applicant)
        rows = Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement__in=told)
        for row in rows:
            lay_evidence(row, plan, subject, told)
        Offer.objects.filter(pk=offer.pk, case__isnull=True).update(case=case)
    offer.case = case


def lay_evidence(row: Evidence, plan: MatterPlan, subject: Subject, told: TellsAll) -> None:
    """One piece of evidence from one exchange of a run, with its entry, its receipt and its agreement."""
    answer = told[row.requirement]
    batch = OfferBatch.objects.get(pk=answer.batch)
    key, place = sealing.key_of(subject), evidence_context(row)
    found = {"answer": answer.answer, "values": [], "as_of": answer.as_of}
    move_evidence(
        row,
        EvidenceEvent.FETCH,
        found=sealing.seal(subject, found, context=place, key=key),
        receipt=sealing.seal(subject, json.loads(batch.receipt), context=f"{place}:receipt", key=key),
        leaf=bytes(batch.leaf),
        dataset=batch.dataset,
        provider=batch.provider,
        agreement=batch.agreement,
        answered_at=batch.asked_at,
    )


def applicant_of_offer(offer: Offer, subject: Subject) -> Applicant:
    """For whom the case is: who accepted, as sure as the hub was of that; else nobody but the register said who it is."""
    return Applicant(subject, Assurance(offer.assurance or Assurance.LOW), Channel.OFFER, person=offer.person_id)


def _bring_to_decision(offer: Offer, case: Case) -> None:
    """Gather the rest, hand in, decide. What a silent register owes is waited for."""
    gather_now(case)
    case.refresh_from_db()
    rows = list(Evidence.objects.filter(evidence_set=case.evidence_set_id))
    if case.state == CaseState.GATHERING or any(row.state == EvidenceState.PROVIDER_DOWN for row in rows):
        if case.state in (CaseState.GATHERING, CaseState.PREVIEW):
            work.enqueue(SETTLE_WORK, offer.pk, not_before=AGAIN_AFTER)
        return
    if case.state != CaseState.PREVIEW:
        return
    applicant = applicant_of_offer(offer, subject_of_case(case))
    answers = {row.requirement: "ACCEPTED" for row in rows if row.state in _SHOWN and not row.preview}
    with transaction.atomic():
        answer_preview(case, answers=answers, words={}, applicant=applicant)
        submit(case, applicant=applicant)


def renew_allowance(run: OfferRun, licence: Licence, told: TellsAll) -> None:
    """A year is over and everything still holds: another case by the same rule, without a word asked, in the caller's transaction."""
    case = licence.case
    subject = subject_of_case(case)
    offer = Offer.objects.of(subject).filter(matter=run.matter, state__in=CURRENT).first() or _renewal(run, case, subject)
    offer.found = sealed_told(offer, subject, told)
    offer.state, offer.case, offer.run, offer.version = OfferState.ASSUMED, None, run, run.version
    offer.leaf = record_offer(offer, "offer_renewed")
    offer.save()
    licences.change_status(licence, status=LicenceStatus.CHANGED, reason="REPLACED", acting_system="monthly run")
    work.enqueue(SETTLE_WORK, offer.pk)


def _renewal(run: OfferRun, case: Case, subject: Subject) -> Offer:
    """The offer of somebody who once applied by themselves."""
    sealed, blind = subject.sealed()
    due = objection_due(read_matter(run.version.content))
    return Offer(
        matter=run.matter,
        version=run.version,
        run=run,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        language=case.language,
        person_id=case.person_id,
        made_at=timezone.now(),
        until_on=due.on,
        until_is_provisional=due.is_provisional,
    )
