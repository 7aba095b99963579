"""Whose case it is: every action of a citizen begins here."""

from __future__ import annotations

from django.utils.translation import gettext as _

from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import NoSuchCase
from exchange.affairs.models import Case, Evidence
from exchange.affairs.recorded import By


def require_own(case: Case, applicant: Applicant) -> By:
    """Return who acts, when the case is the applicant's. Raises NoSuchCase: somebody else's looks like none."""
    if bytes(case.subject_blind) != applicant.subject.blind:
        raise NoSuchCase(_("You have no application of this number."))
    return By(applicant.by)


def evidence_of(case: Case, requirement: str) -> Evidence | None:
    """The case's piece for a requirement, fresh."""
    return Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement=requirement).first()
