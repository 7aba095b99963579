"""Citizens with an account that is bound to a resident of the small world, and calls about them."""

from __future__ import annotations

from typing import Any

from django.test import Client

from exchange.accounts.actions import bind, open_account
from exchange.accounts.models import Method, Person
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs.applicants import Applicant, applicant_of
from tests.delivery.wire_caller import Caller
from tests.portal.auditor_log import merge, signed_in
from tests.world import World
from tests.world_data import SUBJECTS

VALID: dict[str, Any] = {"fact": "valid"}
GRADE: dict[str, Any] = {"fact": "grade_in", "with": {"grades": [1]}}


def subject(number: int = 0) -> Subject:
    """A resident."""
    return Subject("person", SUBJECTS[number])


def citizen(number: int = 0) -> Person:
    """A person whose account is bound to that resident."""
    person = open_account(f"citizen.{number}", password=None, names={"en": f"Citizen {number}", "zh": ""}, acting_system="tests")
    bind(person, subject=subject(number), method=Method.DEMO, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
    person.refresh_from_db()
    return person


def applicant(person: Person) -> Applicant:
    """That person as an applicant."""
    return applicant_of(person)


def browser(person: Person) -> Client:
    """A browser in which this person has signed in."""
    return signed_in(person)


def looked_up(world: World, number: int = 0) -> None:
    """One line of each kind about a resident, and lines about others between them, in the log."""
    caller, agreement, others = Caller("CAB-relief"), world.agreement.agreement_id, SUBJECTS[number + 1 : number + 4]
    who = SUBJECTS[number]
    caller.verify(agreement, who, VALID, case="CASE-7")
    caller.verify(agreement, others[0], VALID)
    caller.verify(agreement, who, VALID, GRADE, officer="staff-12")
    caller.query(agreement, who)
    caller.query(agreement, who, purpose="no_such_purpose")
    caller.query(agreement, others[1])
    caller.call(agreement, "batch", subjects=[others[0], who, others[1]], facts=[VALID])
    caller.call(agreement, "batch", subjects=[who, *others], facts=[VALID, GRADE])
    caller.call(agreement, "batch", subjects=[others[2], who])
    merge()
