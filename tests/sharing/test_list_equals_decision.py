"""What a list shows, counts and finds is what the decision about each single thing allows, in random worlds.

Beside every list stands its rule in plain Python over what was rolled (tests/sharing/rights_worlds.py), which knows no querysets. In
the suite some worlds; `RIGHTS_WORLDS=2000 pytest tests/sharing/test_list_equals_decision.py` tries thousands.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction

from catalog.models import Load
from exchange.accounts.acting import departments_as, is_steward, stewarded
from exchange.accounts.models import Deputyship, Membership, Person, Role
from exchange.accounts.standing_in import standing_in
from exchange.affairs import actions as case_actions
from exchange.delivery.models import Delivery, OfficerQuestion
from exchange.portal.officer.cases import in_hand
from exchange.sharing.models import (
    Agreement,
    CorrectionNotice,
    CorrectionRequest,
    Dispute,
    RequestPart,
    SharingRequest,
    StandingOffer,
)
from tests.sharing.rights_worlds import AUTHORITY, Rights, World, alone, in_place

pytestmark = pytest.mark.timeout(0)  # thousands of worlds, where somebody asks for them

WORLDS = int(os.environ.get("RIGHTS_WORLDS", "10"))
PEOPLE, THINGS = 8, 10


@dataclass(frozen=True)
class Listed:
    """One list of the hub: its queryset, the things of a world, and the rule about one of them."""

    rows: Callable[[Any], Any]
    things: Callable[[World], list[Any]]
    rule: Callable[[World, Rights, Any], bool]


def is_party(_world: World, rights: Rights, thing: Any) -> bool:
    """Both sides see it; auditors and the authority's reviewers see all."""
    return rights.sees_all or bool({thing.provider_id, thing.requester_id} & rights.departments)


def is_party_of_delivery(_world: World, rights: Rights, thing: Any) -> bool:
    """The same, where the departments stand as texts."""
    return rights.sees_all or bool({thing.provider, thing.requester} & rights.departments)


def sees_part(_world: World, rights: Rights, part: Any) -> bool:
    """Who asks sees all of it, an owner its own parts once they are sent."""
    is_own = part.dataset.provider_id in rights.departments and part.state != "DRAFT"
    return rights.sees_all or part.request.requester_id in rights.departments or is_own


def sees_request(world: World, rights: Rights, request: Any) -> bool:
    """A request of whose parts one sees any."""
    parts = [part for part in world.parts if part.request_id == request.pk]
    return rights.sees_all or request.requester_id in rights.departments or any(sees_part(world, rights, part) for part in parts)


def sees_offer(world: World, rights: Rights, offer: Any) -> bool:
    """The owner's, and whoever is named once it is signed; what the authority prepares for an emergency is its alone."""
    is_unsigned = offer.state in ("DRAFT", "WITHDRAWN")
    is_own = offer.provider_id in rights.departments and not (is_unsigned and offer.kind == "EMERGENCY")
    is_named = bool(world.named[offer.pk] & rights.departments) and not is_unsigned
    return rights.sees_all or is_own or is_named


def sees_person(world: World, rights: Rights, person: Any) -> bool:
    """Oneself, and whoever plays or played a role where one administers; the authority's administrators see everybody."""
    places = {held.department for actor in world.actors if actor.person == person for held in actor.held}
    administers = rights.at(Role.ADMINISTRATOR)
    return AUTHORITY in administers or person == rights.actor.person or bool(places & administers)


def sees_membership(_world: World, rights: Rights, row: Any) -> bool:
    """The same for roles."""
    administers = rights.at(Role.ADMINISTRATOR)
    return AUTHORITY in administers or row.person_id == rights.actor.person.pk or row.department_id in administers


def sees_deputyship(_world: World, rights: Rights, row: Any) -> bool:
    """Those one gave or has, and those where one administers."""
    administers, own = rights.at(Role.ADMINISTRATOR), rights.actor.person.pk
    return AUTHORITY in administers or own in (row.holder_id, row.deputy_id) or row.department_id in administers


def decides_case(_world: World, rights: Rights, case: Any) -> bool:
    """It waits for an officer, and one is appointed for its matter and an officer of its lead."""
    waits = (case.state == "SUBMITTED" and case.officer_needed) or case.state == "OBJECTED"
    matter, appointed = case.version.matter, rights.appointed
    return waits and appointed is not None and matter.pk in appointed.matters and matter.lead_id in rights.at(Role.OFFICER)


LISTS: dict[str, Listed] = {
    "agreements": Listed(Agreement.objects.visible_to, lambda world: world.agreements, is_party),
    "requests": Listed(SharingRequest.objects.visible_to, lambda world: world.requests, sees_request),
    "parts": Listed(RequestPart.objects.visible_to, lambda world: world.parts, sees_part),
    "offers": Listed(StandingOffer.objects.visible_to, lambda world: world.offers, sees_offer),
    "corrections": Listed(CorrectionRequest.objects.visible_to, lambda world: world.corrections, is_party),
    "notices": Listed(
        CorrectionNotice.objects.visible_to, lambda world: world.notices, lambda _w, rights, row: row.department_id in rights.departments
    ),
    "disputes": Listed(Dispute.objects.visible_to, lambda world: world.disputes, is_party),
    "deliveries": Listed(Delivery.objects.visible_to, lambda world: world.deliveries, is_party_of_delivery),
    "questions": Listed(
        OfficerQuestion.objects.visible_to,
        lambda world: world.questions,
        lambda _w, rights, row: row.provider_id in rights.at(Role.OFFICER) | rights.at(Role.ADMINISTRATOR),
    ),
    "loads": Listed(
        Load.objects.visible_to, lambda world: world.loads, lambda _w, rights, row: row.dataset.provider_id in rights.at(Role.PUBLISHER)
    ),
    "people": Listed(Person.objects.visible_to, lambda world: [actor.person for actor in world.actors], sees_person),
    "roles": Listed(Membership.objects.visible_to, lambda _world: list(Membership.objects.all()), sees_membership),
    "deputyships": Listed(Deputyship.objects.visible_to, lambda _world: list(Deputyship.objects.all()), sees_deputyship),
    "cases": Listed(in_hand, lambda world: world.cases, decides_case),
}


@contextmanager
def rolled(seed: int) -> Iterator[World]:
    """A random world that is taken back afterwards."""
    with transaction.atomic():
        yield World(seed).make(people=PEOPLE, things=THINGS)
        transaction.set_rollback(True)


def callers(world: World) -> Iterator[tuple[Any, Rights, Any]]:
    """Everybody as themselves, and in each place where they say they stand in: person, rights, and what says it."""
    for actor in world.actors:
        yield actor.person, alone(actor), nullcontext()
        for holder, department, in_dates in actor.places:
            found = Deputyship.objects.get(deputy=actor.person, holder=holder.person)
            yield actor.person, in_place(actor, holder, department, in_dates), standing_in(found)


def differences(world: World, person: Any, rights: Rights) -> Iterator[str]:
    """Every list in which something else stands than what each single decision allows."""
    for name, listed in LISTS.items():
        things = listed.things(world)
        allowed = {thing.pk for thing in things if listed.rule(world, rights, thing)}
        rows = listed.rows(person)
        shown = [row.pk for row in rows]
        one = things[len(shown) % len(things)] if things else None
        if len(shown) != len(set(shown)):
            yield f"{name}: something stands twice"
        if set(shown) & {thing.pk for thing in things} != allowed:
            yield f"{name}: {len(shown)} shown, {len(allowed)} allowed, as {sorted(rights.roles)}"
        if rows.count() != len(shown):
            yield f"{name}: {rows.count()} counted, {len(shown)} shown"
        if one is not None and rows.filter(pk=one.pk).exists() != (one.pk in allowed):
            yield f"{name}: one by itself is found or not, against the decision"


def test_every_list_equals_the_decisions_one_by_one(db: None) -> None:
    faults, tried = [], 0
    for seed in range(WORLDS):
        with rolled(seed) as world:
            for person, rights, place in callers(world):
                with place:
                    faults += [f"world {seed}: {found}" for found in differences(world, person, rights)]
                tried += len(LISTS)
    assert tried > WORLDS * PEOPLE * len(LISTS)
    if faults:
        pytest.fail("\n".join(faults[:30]), pytrace=False)


def test_appointments_in_lists_equal_those_one_by_one(db: None) -> None:
    """Stewards and officers of matters: what the set says, what is asked about one, and what was rolled."""
    for seed in range(WORLDS):
        with rolled(seed) as world:
            for person, rights, place in callers(world):
                with place:
                    own = {dataset.pk for dataset in world.datasets if dataset.provider_id in rights.departments}
                    expected = (rights.appointed.stewards if rights.appointed else set()) & own
                    assert stewarded(person) == expected == {dataset.pk for dataset in world.datasets if is_steward(person, dataset)}
                    matters = [version.matter for version in world.versions]
                    decided = {matter.pk for matter in matters if case_actions.decides_matter(person, matter)}
                    assert case_actions.matters_decided_by(person) == decided


def test_the_rules_would_notice_a_list_that_shows_more(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """The test above can fail: were every department's reviewers to see everything, it would say where."""
    from exchange.sharing import querysets

    monkeypatch.setattr(querysets, "sees_everything", lambda person: bool(departments_as(person, Role.REVIEWER)))
    found: list[str] = []
    for seed in range(3):
        with rolled(seed) as world:
            found += [fault for person, rights, _place in callers(world) for fault in differences(world, person, rights)]
    assert {fault.partition(":")[0] for fault in found} >= {"agreements", "parts"}
