"""What happens to a case stands twice: as a step of its time line, and as one entry of the log that names the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit import trail
from exchange.accounts.subject import Subject, opened
from exchange.affairs.matters.finding import plan_of
from exchange.affairs.models import Case, CaseStep
from exchange.delivery.subjects import is_personal

AUTOMATIC = "automatic"
HUB, OFFICER = "HUB", "OFFICER"


@dataclass(frozen=True)
class By:
    """Who acts: the word on the time line (CITIZEN, CLERK, HUB, OFFICER), and the name by which the log calls an officer."""

    who: str
    officer: str = AUTOMATIC


THE_HUB = By(HUB)


def by_officer(person: Any) -> By:
    """An officer, by staff name."""
    return By(OFFICER, person.username or str(person.pk))


def subject_of_case(case: Case) -> Subject:
    """The person whom the case is about. Raises EnvelopeError where the row's columns name two different people."""
    return opened(case.subject_kind, case.subject_sealed, blind=case.subject_blind)


def record_step(case: Case, event: str, *, by: By, outcome: str = "", requirement: str = "", **route: Any) -> bytes:
    """Write one step and its entry in the caller's transaction; the entry's leaf hash (32 bytes).

    The route says what happened to which case and never about whom; the person's own part is under that person's key.
    """
    subject = subject_of_case(case)
    named = {"requirement": requirement} if requirement else {}
    named |= {"outcome": outcome} if outcome else {}
    written = trail.record({**_route(case), "event": event, **named, **route}, persons=_persons(case, subject, event, by, outcome))
    at = timezone.now()
    CaseStep.objects.create(case=case, event=event, by=by.who, at=at, leaf=written.leaf)
    return written.leaf


def _route(case: Case) -> dict[str, Any]:
    matter = case.version.matter
    return {
        "type": "case",
        "matter": matter.code,
        "case": case.number,
        "requester": matter.lead_id,
        "provider": "",
        "purpose": plan_of(case.version).purpose,
        "count": 1,
    }


def _persons(case: Case, subject: Subject, event: str, by: By, outcome: str) -> tuple[trail.PersonNamed, ...]:
    if not is_personal(subject.kind):
        return ()
    return (trail.PersonNamed(subject.kind, subject.identifier, "subject", case.number, by.officer, [event], outcome or None),)
