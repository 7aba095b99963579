"""The citizens' city with one citizen's things in every state, and everybody who might want to see them."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client
from django.utils import timezone

from audit import follower, sequencer
from audit.models import Entry
from exchange.accounts.actions import add_person, open_account
from exchange.accounts.models import Person, Role
from exchange.affairs import actions
from exchange.affairs.counter import visits
from exchange.affairs.gathering import gather_now
from exchange.affairs.licences import treasury
from exchange.affairs.models import Case, CounterVisit, Licence, Objection, Offer, Upload
from exchange.oversight.actions import ask_why
from tests.affairs.offers_world import OffersWorld, Resident, build_offers_world
from tests.affairs.world import IDENTIFIERS, accept_all
from tests.rules.city import BACKEND
from tests.rules.planted import as_former_deputy, former_deputy, former_officer

# The columns: nobody, the citizen whose things they are, another citizen, an account that is bound to nobody, an officer of the matter,
# an officer of its lead department who is not appointed for it, a clerk with a citizen at the desk, a clerk whose desk is empty, an
# officer of a department whose register was asked, an administrator of the lead department, an auditor, a reviewer of the authority,
# a citizen who may no longer sign in, an officer of another matter of the same department, a clerk who stood in for the matter's officer
# until yesterday, and a former officer for whom every permission row of Django and the appointment for the matter stand planted.
SIDE: dict[str, str | None] = {
    "nobody": None,
    "own": "granted",
    "oth": "neighbour",
    "unb": "unbound",
    "ofc": "cab_officer",
    "of2": "cab_asker",
    "clk": "cab_clerk",
    "cl2": "cab_clerk_2",
    "prv": "dpf_officer",
    "adm": "cab_admin",
    "aud": "auditor",
    "rev": "reviewer",
    "ina": "refused",
    "ofm": "other_matter",
    "dep": "former_deputy",
    "end": "former_officer",
}
DOUBTED = ("certificate_valid", "grade_severe")


@dataclass(frozen=True)
class CitizenSide:
    """The world of offers, everybody by name, and what the placeholders of an address stand for, by scenario."""

    world: OffersWorld
    people: Mapping[str, Person]
    places: dict[str, dict[str, Any]]

    def client(self, persona: str, **options: Any) -> Client:
        """A browser in which this persona has signed in."""
        client = Client(raise_request_exception=False, **options)
        name = SIDE[persona]
        if name is not None:
            client.force_login(self.people[name], backend=BACKEND)
        if persona == "dep":
            as_former_deputy(client, self.people[name or ""])
        return client


def build_citizen_side() -> CitizenSide:
    """Build it through the real actions: everything belongs to the citizen `granted`."""
    world = build_offers_world()
    people = {**world.city.staff, **world.city.people, **_more_people(world), **more_officers(world)}
    people["refused"].is_active = False
    people["refused"].save(update_fields=["is_active"])
    world.change(granted=Resident(IDENTIFIERS["granted"]))
    world.run()
    numbers = {name: case.number for name, case in _cases(world).items()}
    ordered = world.city.submitted("care_only").licences.get().payments.get()
    _visit(world)
    usual = {**_things(world, numbers["granted"]), "number": numbers["started"]}
    places = {"": usual, **{name: {**usual, "number": number} for name, number in numbers.items()}}
    places["ordered"] = {**usual, "order_id": ordered.pk}
    places["forged"] = {**usual, "licence_id": "0" * 22, "screen": "x" * 24, "key": "nobody"}
    return CitizenSide(world, people, places)


def renewed(side: CitizenSide) -> CitizenSide:
    """The citizen at the counter has not been waiting since the city was built."""
    CounterVisit.objects.update(last_used_at=timezone.now())
    return side


def _more_people(world: OffersWorld) -> dict[str, Person]:
    clerk = add_person(
        "cab-clerk-2", names={"en": "Clerk", "zh": ""}, department=world.city.departments["CAB"], role=Role.CLERK, acting_user=None
    )
    unbound = open_account("citizen-unbound", password=None, names={"en": "Unbound", "zh": ""}, acting_system="tests")
    return {"cab_clerk_2": clerk, "unbound": unbound}


def more_officers(world: OffersWorld) -> dict[str, Person]:
    """An officer of the other matter, and two whose rights are over."""
    city, department = world.city, world.city.departments["CAB"]
    names = {"en": "Other Officer", "zh": ""}
    other = add_person("cab-other-matter", names=names, department=department, role=Role.OFFICER, acting_user=None)
    actions.appoint_officer(city.matters["M13"], person=other, acting_user=city.staff["cab_admin"])
    return {
        "other_matter": other,
        "former_deputy": former_deputy("cab-deputy", holder=city.staff["cab_officer"], department=department),
        "former_officer": former_officer("cab-former", department=department, dataset=city.datasets["R14"], matter=city.matter),
    }


def _cases(world: OffersWorld) -> dict[str, Case]:
    """The citizen's applications by how far they are."""
    city, own = world.city, world.city.applicant("granted")
    doubted = {name: _doubted(world) for name in ("officer", "noticed", "uploaded", "refused", "objected")}
    for name in ("noticed", "uploaded"):
        actions.send_notice(doubted[name], missing=["A photo of the certificate"], acting_user=city.staff["cab_officer"])
    paper = io.BytesIO(b"%PDF-1.7\n")
    paper.name = "certificate.pdf"
    actions.upload(doubted["uploaded"], requirement=DOUBTED[0], file=paper, applicant=own)
    for name in ("refused", "objected"):
        words = {"reason": "The certificate does not hold.", "article": "Part 2"}
        actions.decide(doubted[name], outcome="REFUSED", **words, acting_user=city.staff["cab_officer_2"])
    actions.appeal(doubted["objected"], words="It came last week.", applicant=own)
    waiting = city.shown("granted")
    actions.fall_back(waiting, requirement=DOUBTED[0], how="officer", applicant=own)
    withdrawn = city.shown("granted")
    actions.withdraw(withdrawn, applicant=own)
    plain = {"started": city.start(), "shown": city.shown(), "accepted": city.accepted(), "granted": city.submitted()}
    return {**plain, **doubted, "waiting": waiting, "withdrawn": withdrawn}


def _doubted(world: OffersWorld) -> Case:
    """Handed in, with two answers called wrong: an officer looks at it."""
    case, own = world.city.shown("granted"), world.city.applicant("granted")
    accept_all(case, own)
    words = dict.fromkeys(DOUBTED, "It came last week.")
    actions.answer_preview(case, answers=dict.fromkeys(DOUBTED, "DISPUTED"), words=words, applicant=own)
    return actions.submit(case, applicant=own)


def _visit(world: OffersWorld) -> None:
    """Another citizen stands at the counter, has said yes, and reads the answers; their desk has a screen."""
    clerk = world.city.staff["cab_clerk"]
    visit = visits.open_visit(
        world.city.matter, kind="person", identifier=IDENTIFIERS["neighbour"], acting_user=clerk, department=world.city.departments["CAB"]
    )
    gather_now(visits.begin_case(visits.confirm_visit(visit, how=CounterVisit.Confirmed.SLIP), language="en"))
    visits.desk_of(clerk)


def _things(world: OffersWorld, granted: str) -> dict[str, Any]:
    """What the citizen has besides applications."""
    own, licence = world.city.applicant("granted"), Licence.objects.get(case__number=granted)
    order = licence.payments.get()
    treasury.mark_returned(order, because="ACCOUNT_CLOSED", acting_user=world.city.staff["cab_officer"])
    sequencer.sequence_once()
    follower.follow_once()
    asked, entry = _entries(Case.objects.get(number=granted))
    return {
        "slug": "disability-allowances",
        "requirement": DOUBTED[0],
        "upload": Upload.objects.get().pk,
        "offer_id": Offer.objects.open().of(own.subject).get().pk,
        "licence_id": licence.pk,
        "order_id": order.pk,
        "list_number": licence.status_list,
        "entry": entry,
        "question_id": ask_why(asked, words="Why?", applicant=own).pk,
        "objection_id": Objection.objects.filter(state="OPEN").order_by("made_at")[0].pk,
        "screen": visits.desk_of(world.city.staff["cab_clerk"]).screen,
        "key": "wheelchair_user",
        "provider_id": "city",
        "pk": 0,
        "code": "M04",
        "year": timezone.localdate().year,
        "month": timezone.localdate().month,
    }


def _entries(case: Case) -> list[int]:
    """Two entries in which an office was asked about the citizen for this case."""
    leaves = case.evidence_set.evidence.filter(dataset="R14").exclude(leaf=None).order_by("pk").values_list("leaf", flat=True)[:2]
    return [Entry.objects.get(leaf=bytes(leaf or b"")).index for leaf in leaves]
