"""A citizen says that what a register holds is wrong, or asks for another look at a decision."""

from __future__ import annotations

from django.utils import timezone

from catalog.models import Dataset
from exchange.affairs import sealing
from exchange.affairs.applicants import Applicant
from exchange.affairs.clock import due_after
from exchange.affairs.lifecycle import OBJECTION, ObjectionEvent, ObjectionState
from exchange.affairs.models import Case, Evidence, Objection
from exchange.sharing import jurisdiction

OBJECTION_RULE = "correction_request"


def open_objection(case: Case, row: Evidence, words: str, *, applicant: Applicant) -> Objection:
    """An objection to the provider of one piece, with its clock, in the caller's transaction."""
    return make_objection(row.provider or provider_of(row.dataset), row.dataset, words, applicant=applicant, evidence=row)


def make_objection(
    provider: str, dataset: str, words: str, *, applicant: Applicant, evidence: Evidence | None = None, entry: int | None = None
) -> Objection:
    """The row of an objection; its words are sealed for the person whom they are about."""
    subject = applicant.subject
    sealed, blind = subject.sealed()
    due = due_after(timezone.localdate(), jurisdiction.time_limit(OBJECTION_RULE))
    objection = Objection(
        evidence=evidence,
        entry=entry,
        person_id=applicant.person,
        subject_kind=subject.kind,
        subject_sealed=sealed,
        subject_blind=blind,
        provider=provider,
        dataset=dataset,
        made_at=timezone.now(),
        due_on=due.on,
        due_is_provisional=due.is_provisional,
    )
    objection.words = sealing.seal(subject, words.strip(), context=f"objection:{objection.pk}")
    objection.save()
    return objection


def take_back_objection(row: Evidence) -> None:
    """The citizen withdraws what was objected to one piece."""
    sources, target = OBJECTION[ObjectionEvent.WITHDRAW]
    Objection.objects.filter(evidence=row, state__in=sources).update(state=target, settled_at=timezone.now())


def provider_of(dataset: str) -> str:
    """The department that owns a dataset, by the catalogue; empty where it is not known."""
    owner = Dataset.objects.filter(code=dataset).values_list("provider_id", flat=True).first()
    return str(owner or "")


__all__ = ["ObjectionState", "make_objection", "open_objection", "provider_of", "take_back_objection"]
