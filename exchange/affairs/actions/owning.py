"""Whose case it is: every action of a citizen begins here."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault
from exchange.accounts.errors import TooManyTries
from exchange.affairs.applicants import Applicant
from exchange.affairs.errors import AnswerIncomplete, NoSuchCase
from exchange.affairs.models import Case, CaseStep, Channel, Evidence
from exchange.affairs.recorded import By

LONGEST_WORDS = 2000
STEPS_AN_HOUR = 120
CASES_A_DAY = 20
_PEOPLE = ("CITIZEN", "CLERK")
_HOUR, _DAY = timedelta(hours=1), timedelta(days=1)


def require_own(case: Case, applicant: Applicant) -> By:
    """Return who acts, when the case is the applicant's. Raises NoSuchCase: somebody else's looks like none.

    Raises TooManyTries where a program takes steps without end: each is an entry, a question to an office, an officer's work.
    """
    if bytes(case.subject_blind) != applicant.subject.blind:
        raise NoSuchCase(_("You have no application of this number."))
    taken = CaseStep.objects.filter(case=case, by__in=_PEOPLE, at__gt=timezone.now() - _HOUR)
    if taken.count() >= STEPS_AN_HOUR:
        raise _too_often(_HOUR)
    return By(applicant.by)


def require_few_cases(applicant: Applicant) -> None:
    """Return when a person may begin one more application today. What offices offer by themselves counts for nothing."""
    begun = Case.objects.of(applicant.subject).exclude(channel=Channel.OFFER).filter(started_at__gt=timezone.now() - _DAY)
    if applicant.channel is not Channel.OFFER and begun.count() >= CASES_A_DAY:
        raise _too_often(_DAY)


def _too_often(window: timedelta) -> TooManyTries:
    minutes = int(window.total_seconds()) // 60
    return TooManyTries(_("That was tried too often. Try again in %(minutes)d minutes.") % {"minutes": minutes}, minutes=minutes)


def require_words(words: str, message: str, *, where: str = "words") -> str:
    """What a person wrote, trimmed. Raises AnswerIncomplete with `message` where there is nothing, or too much."""
    written = words.strip()
    if not written:
        raise AnswerIncomplete(message, faults=[Fault(where, "required", _("A few words are enough."))])
    if len(written) > LONGEST_WORDS:
        raise AnswerIncomplete(message, faults=[Fault(where, "longest", _("Write at most 2,000 characters."))])
    return written


def evidence_of(case: Case, requirement: str) -> Evidence | None:
    """The case's piece for a requirement, fresh."""
    return Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement=requirement).first()
