"""Deputies and cases: the queue shows exactly what an officer may decide, whoever stands in for whom; no second look alone."""

from __future__ import annotations

import random
from contextlib import nullcontext
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from exchange.accounts.actions import bind, name_deputy
from exchange.accounts.models import Deputyship, Person
from exchange.accounts.models.binding import Method
from exchange.accounts.standing_in import standing_in
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs import actions
from exchange.affairs.actions.four_eyes import require_officer
from exchange.affairs.errors import NotThisOfficer
from exchange.affairs.models import Case
from exchange.portal.officer.cases import in_hand
from tests.affairs.world import IDENTIFIERS, AffairsWorld

WORDS = {"reason": "The account was shown at the counter.", "article": "Part 3, item 3"}
PEOPLE = ("cab_officer", "cab_officer_2", "cab_asker", "cab_clerk")
WORLDS = 25


def deputyship(world: AffairsWorld, holder: str, deputy: str) -> Deputyship:
    now, person = timezone.now(), world.staff[holder]
    span = {"valid_from": now, "valid_until": now + timedelta(days=9)}
    who = {"deputy": world.staff[deputy], "department": person.memberships.get().department}
    return name_deputy(person, **who, **span, acting_user=person)


def test_a_deputy_decides_in_the_officers_place(affairs_world: AffairsWorld) -> None:
    case, deputy = affairs_world.submitted("to_officer"), affairs_world.staff["cab_asker"]
    with pytest.raises(NotThisOfficer):
        actions.decide(case, outcome="GRANTED", acting_user=deputy, **WORDS)
    with standing_in(deputyship(affairs_world, "cab_officer", "cab_asker")):
        assert actions.decide(case, outcome="GRANTED", acting_user=deputy, **WORDS).outcome == "GRANTED"


def test_a_deputy_gives_no_second_look_at_what_either_of_the_two_decided(affairs_world: AffairsWorld) -> None:
    case = affairs_world.submitted("to_officer")
    with standing_in(deputyship(affairs_world, "cab_officer", "cab_asker")):
        actions.decide(case, outcome="REFUSED", acting_user=affairs_world.staff["cab_asker"], **WORDS)
    actions.appeal(case, words="Look again.", applicant=affairs_world.applicant("to_officer"))
    with pytest.raises(NotThisOfficer, match="You decided this case"):
        actions.settle_appeal(case, upheld=False, reason="No.", acting_user=affairs_world.staff["cab_officer"])
    actions.settle_appeal(case, upheld=False, reason="No.", acting_user=affairs_world.staff["cab_officer_2"])


def test_a_deputy_does_not_decide_the_holders_own_case(affairs_world: AffairsWorld) -> None:
    case, holder = affairs_world.submitted("to_officer"), affairs_world.staff["cab_officer"]
    subject = Subject("person", IDENTIFIERS["to_officer"])
    bind(holder, subject=subject, method=Method.DEMO, assurance=Assurance.HIGH, acting_system="tests")
    with standing_in(deputyship(affairs_world, "cab_officer", "cab_officer_2")), pytest.raises(NotThisOfficer):
        actions.decide(case, outcome="GRANTED", acting_user=affairs_world.staff["cab_officer_2"], **WORDS)


def may_decide(case: Case, person: Person) -> bool:
    try:
        require_officer(case, person)
    except NotThisOfficer:
        return False
    return True


def test_the_queue_is_what_may_be_decided_in_random_worlds(affairs_world: AffairsWorld) -> None:
    """List == filter(check), with deputyships of any time, cases of colleagues, and accounts that are bound to a citizen."""
    waiting = [affairs_world.submitted("to_officer")]
    chance, seen = random.Random(20261121), set()
    for _world in range(WORLDS):
        with transaction.atomic():
            used = _some_deputyships(affairs_world, chance)
            _some_owners(affairs_world, waiting, chance)
            for row in (None, *used):
                seen |= _compare(affairs_world, waiting, row)
            transaction.set_rollback(True)
    assert seen == {True, False}


def _compare(world: AffairsWorld, waiting: list[Case], row: Deputyship | None) -> set[bool]:
    """Compare for everybody, while the deputy of `row` stands in; which answers came."""
    found = set()
    with standing_in(row) if row else nullcontext():
        for name in PEOPLE:
            person = world.staff[name]
            cases = list(Case.objects.filter(pk__in=[case.pk for case in waiting]).select_related("version__matter__lead"))
            may = {case.pk for case in cases if may_decide(case, person)}
            assert {case.pk for case in in_hand(person)} == may, (name, row)
            found |= {case.pk in may for case in cases}
    return found


def _some_deputyships(world: AffairsWorld, chance: random.Random) -> list[Deputyship]:
    now, rows = timezone.now(), []
    for _number in range(chance.randint(0, 2)):
        holder, deputy = chance.sample(PEOPLE, 2)
        start = now + timedelta(days=chance.choice((-20, -1, 5)))
        who: dict[str, Any] = {"holder": world.staff[holder], "deputy": world.staff[deputy], "department_id": "CAB"}
        rows.append(Deputyship.objects.create(**who, valid_from=start, valid_until=start + timedelta(days=chance.choice((3, 40)))))
    return rows


def _some_owners(world: AffairsWorld, waiting: list[Case], chance: random.Random) -> None:
    """Some cases were begun by a colleague, as a clerk or for themselves, before or after a deputyship was over."""
    for case in waiting:
        began = {"started_at": timezone.now() - timedelta(days=chance.choice((0, 10)))}
        began["clerk"] = chance.choice((None, *[world.staff[name] for name in PEOPLE]))
        Case.objects.filter(pk=case.pk).update(**began)
    if chance.random() < 0.4:
        subject = Subject("person", IDENTIFIERS["to_officer"])
        bind(world.staff[chance.choice(PEOPLE)], subject=subject, method=Method.DEMO, assurance=Assurance.HIGH, acting_system="tests")
