"""Random worlds of people and things as bare rows, and, in plain Python over plain facts, who may see what.

The plain decisions share nothing with the hub's querysets: they read what was rolled, not what stands in the database.
"""

from __future__ import annotations

import itertools
import random
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.db import models
from django.utils import timezone

from catalog.models import Dataset, Department, Load
from exchange.accounts.models import DatasetUserObjectPermission, Deputyship, Membership, Person, Role
from exchange.affairs.models import Case, EvidenceSet, Matter, MatterUserObjectPermission, MatterVersion
from exchange.delivery.models import Delivery, OfficerQuestion
from exchange.sharing.models import (
    Agreement,
    CorrectionNotice,
    CorrectionRequest,
    Dispute,
    RequestPart,
    SharingRequest,
    StandingOffer,
)

AUTHORITY = "DATA"
CODES = (AUTHORITY, "AAA", "BBB", "CCC")
_DAY = timedelta(days=1)
_TURN = itertools.count(1)


@dataclass(frozen=True)
class Held:
    """One role in one department, and whether it counts now."""

    department: str
    role: str
    counts: bool


@dataclass
class Actor:
    """A person with what was rolled for them; `places`: whom they may stand in for, as (holder, department, in dates)."""

    person: Person
    held: list[Held] = field(default_factory=list)
    places: list[tuple[Actor, str, bool]] = field(default_factory=list)
    stewards: set[int] = field(default_factory=set)
    matters: set[str] = field(default_factory=set)

    @property
    def own(self) -> frozenset[tuple[str, str]]:
        """(department, role) that count for them as themselves."""
        return frozenset((held.department, held.role) for held in self.held if held.counts) if self.person.is_active else frozenset()


@dataclass(frozen=True)
class Rights:
    """What counts in one call: roles, and whose appointments."""

    actor: Actor
    roles: frozenset[tuple[str, str]]
    appointed: Actor | None

    @property
    def departments(self) -> frozenset[str]:
        """Where any role is played."""
        return frozenset(department for department, _role in self.roles)

    def at(self, role: str) -> frozenset[str]:
        """Where this role is played."""
        return frozenset(department for department, played in self.roles if played == role)

    @property
    def sees_all(self) -> bool:
        """Auditors anywhere, and the authority's reviewers."""
        return bool(self.at(Role.AUDITOR)) or AUTHORITY in self.at(Role.REVIEWER)


def alone(actor: Actor) -> Rights:
    """Acting for oneself."""
    return Rights(actor, actor.own, actor)


def in_place(actor: Actor, holder: Actor, department: str, in_dates: bool) -> Rights:
    """Standing in: the holder's roles there and no others; nothing where the deputyship, the holder or the own role is over."""
    works_there = any(place == department for place, _role in actor.own)
    holds = in_dates and holder.person.is_active and actor.person.is_active and works_there
    if not holds:
        return Rights(actor, frozenset(), None)
    return Rights(actor, frozenset((place, role) for place, role in holder.own if place == department), holder)


def bare(model: type[models.Model], **given: Any) -> Any:
    """A row with nothing in it but what is given and what the database wants: rows that nobody asks about are named and not there."""
    filled = {found.attname: _filler(found) for found in model._meta.concrete_fields if _is_wanted(found, given)}
    return model(**filled, **given)


def _is_wanted(found: Any, given: dict[str, Any]) -> bool:
    automatic = found.auto_created or getattr(found, "auto_now", False) or getattr(found, "auto_now_add", False)
    return not (found.null or found.has_default() or automatic or {found.name, found.attname} & given.keys())


def _filler(found: Any) -> Any:
    if found.blank and isinstance(found, models.CharField | models.TextField):
        return ""
    if found.choices:
        return found.choices[0][0]
    wanted = found.target_field if found.is_relation else found
    fillers: dict[type[Any], Callable[[], Any]] = {
        models.DateTimeField: timezone.now,
        models.DateField: timezone.localdate,
        models.JSONField: dict,
        models.BinaryField: lambda: next(_TURN).to_bytes(32, "big"),
        models.UUIDField: uuid.uuid4,
        models.BooleanField: bool,
        models.TextField: str,
        models.CharField: lambda: f"x{next(_TURN)}",
    }
    return next((make for kind, make in fillers.items() if isinstance(wanted, kind)), lambda: next(_TURN))()


class World:
    """One random world: `make` writes it, in the caller's transaction."""

    def __init__(self, seed: int) -> None:
        self.chance = random.Random(seed)
        self.now = timezone.now()
        self.actors: list[Actor] = []

    def make(self, *, people: int, things: int) -> World:
        """Departments and datasets, people with roles, and so many things of each kind."""
        Department.objects.bulk_create([bare(Department, code=code) for code in CODES])
        self.datasets = Dataset.objects.bulk_create([bare(Dataset, provider_id=code) for code in CODES for _ in range(2)])
        self._people(people)
        self._things(things)
        return self

    def _people(self, count: int) -> None:
        rolled = [bare(Person, username=f"p{next(_TURN)}", is_active=self.chance.random() < 0.9) for _ in range(count)]
        self.actors = [Actor(person) for person in Person.objects.bulk_create(rolled)]
        Membership.objects.bulk_create([row for actor in self.actors for row in self._roles(actor)])
        Deputyship.objects.bulk_create([row for _ in range(count) if (row := self._deputyship()) is not None])
        self._appointments()

    def _roles(self, actor: Actor) -> Iterable[Membership]:
        for role in self.chance.sample(list(Role), self.chance.choice([0, 1, 1, 2, 3])):
            start, end, suspended = self.chance.choice([-9, -9, -9, 1]), self.chance.choice([None, None, 9, -1]), self.chance.random() < 0.1
            if end is not None and end < start:
                end = start
            department = self.chance.choice(CODES)
            counts = start < 0 and (end is None or end > 0) and not suspended
            actor.held.append(Held(department, str(role), counts))
            yield bare(
                Membership,
                person=actor.person,
                department_id=department,
                role=role,
                valid_from=self.now + start * _DAY,
                valid_until=None if end is None else self.now + end * _DAY,
                suspended_at=self.now if suspended else None,
            )

    def _deputyship(self) -> Deputyship | None:
        deputy, holder = self.chance.sample(self.actors, 2)
        department = self.chance.choice(sorted({held.department for held in [*deputy.held, *holder.held]}) or CODES)
        if any(found is holder for found, _department, _counts in deputy.places):
            return None
        start, end = self.chance.choice([(-9, 9), (-9, 9), (-9, -1), (1, 9)])
        deputy.places.append((holder, department, start < 0 < end))
        span = {"valid_from": self.now + start * _DAY, "valid_until": self.now + end * _DAY}
        return bare(Deputyship, holder=holder.person, deputy=deputy.person, department_id=department, **span)  # type: ignore[no-any-return]

    def _appointments(self) -> None:
        matters = Matter.objects.bulk_create([bare(Matter, code=f"M{next(_TURN)}", lead_id=code) for code in CODES])
        self.versions = MatterVersion.objects.bulk_create([bare(MatterVersion, matter=matter) for matter in matters])
        steward = Permission.objects.get(codename="steward_dataset", content_type__app_label="catalog")
        decides = Permission.objects.get(codename="officer_of_matter")
        stewards, officers = [], []
        for actor in self.actors:
            for dataset in self.chance.sample(self.datasets, 2):
                actor.stewards.add(dataset.pk)
                stewards.append(DatasetUserObjectPermission(user=actor.person, permission=steward, content_object=dataset))
            for matter in self.chance.sample(matters, 2):
                actor.matters.add(matter.pk)
                officers.append(MatterUserObjectPermission(user=actor.person, permission=decides, content_object=matter))
        DatasetUserObjectPermission.objects.bulk_create(stewards)
        MatterUserObjectPermission.objects.bulk_create(officers)

    def _parties(self) -> dict[str, Any]:
        """A dataset, its owner, and somebody who asks."""
        dataset = self.chance.choice(self.datasets)
        return {"dataset": dataset, "provider_id": dataset.provider_id, "requester_id": self.chance.choice(CODES)}

    def _things(self, count: int) -> None:
        rolled = range(count)
        later = {"period_from": self.now, "period_until": self.now + _DAY}
        self.agreements = self._made(Agreement, [bare(Agreement, **self._parties(), **later) for _ in rolled])
        self.requests = self._made(SharingRequest, [bare(SharingRequest, requester_id=self.chance.choice(CODES)) for _ in rolled])
        self.parts = self._made(RequestPart, [part for request in self.requests for part in self._parts(request, later)])
        self.offers = self._made(StandingOffer, [self._offer() for _ in rolled])
        self._name_requesters()
        self.corrections = self._made(CorrectionRequest, [bare(CorrectionRequest, **self._parties()) for _ in rolled])
        self.notices = self._made(CorrectionNotice, [bare(CorrectionNotice, department_id=self.chance.choice(CODES)) for _ in rolled])
        self.disputes = self._made(Dispute, [bare(Dispute, about="MISUSE", agreement_id=next(_TURN), **self._parties()) for _ in rolled])
        self.deliveries = self._made(Delivery, [self._delivery() for _ in rolled])
        self.questions = self._made(OfficerQuestion, [self._question() for _ in rolled])
        self.loads = self._made(Load, [bare(Load, dataset=self.chance.choice(self.datasets)) for _ in rolled])
        sets = self._made(EvidenceSet, [bare(EvidenceSet) for _ in rolled])
        self.cases = self._made(Case, [self._case(evidence_set) for evidence_set in sets])

    def _made(self, model: Any, rows: list[Any]) -> list[Any]:
        return list(model.objects.bulk_create(rows))

    def _parts(self, request: SharingRequest, later: dict[str, datetime]) -> Iterable[RequestPart]:
        for dataset in self.chance.sample(self.datasets, self.chance.choice([1, 1, 2, 3])):
            state = self.chance.choice(["DRAFT", "DRAFT", "SUBMITTED", "CHECKED", "APPROVED", "WITHDRAWN"])
            yield bare(RequestPart, request=request, dataset=dataset, state=state, **later)

    def _offer(self) -> StandingOffer:
        state, dataset = self.chance.choice(["DRAFT", "WITHDRAWN", "IN_FORCE", "SUSPENDED", "REVOKED"]), self.chance.choice(self.datasets)
        kind = self.chance.choice(["OFFER", "FRAMEWORK", "EMERGENCY"])
        return bare(StandingOffer, dataset=dataset, provider_id=dataset.provider_id, kind=kind, state=state, act_seq=1)  # type: ignore[no-any-return]

    def _name_requesters(self) -> None:
        self.named = {offer.pk: set(self.chance.sample(CODES, self.chance.choice([0, 1, 2]))) for offer in self.offers}
        through: Any = StandingOffer.named.through
        through.objects.bulk_create(
            [through(standingoffer_id=offer, department_id=code) for offer, codes in self.named.items() for code in codes]
        )

    def _delivery(self) -> Delivery:
        parties = {"provider": self.chance.choice(CODES), "requester": self.chance.choice(CODES)}
        return bare(Delivery, **parties)  # type: ignore[no-any-return]

    def _question(self) -> OfficerQuestion:
        parties = {"provider_id": self.chance.choice(CODES), "requester_id": self.chance.choice(CODES)}
        return bare(OfficerQuestion, errand_id=f"x{next(_TURN)}", **parties)  # type: ignore[no-any-return]

    def _case(self, evidence_set: EvidenceSet) -> Case:
        state = self.chance.choice(["SUBMITTED", "SUBMITTED", "OBJECTED", "STARTED", "CLOSED"])
        version = self.chance.choice(self.versions)
        return bare(Case, version=version, state=state, officer_needed=self.chance.random() < 0.7, evidence_set=evidence_set)  # type: ignore[no-any-return]
