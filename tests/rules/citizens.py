"""The citizens' city once more, with one citizen's application in each state, and the people whom the citizens' table names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.test import Client

from audit import follower, sequencer
from audit.models import SubjectTrace
from audit.subjects import blind_of
from exchange.accounts.models import Person
from exchange.affairs import actions
from exchange.affairs.applicants import applicant_of
from exchange.affairs.models import Case, Licence, Offer
from tests.affairs.offers_world import OffersWorld, build_offers_world
from tests.affairs.world import AffairsWorld, accept_all
from tests.rules.citizen_side import more_officers
from tests.rules.city import BACKEND
from tests.rules.planted import as_former_deputy

# The columns: nobody, a citizen, another citizen, an account that is bound to nobody, an officer of the matter (who has a desk of
# their own), a citizen whose account was closed; an officer of its department, its clerk and its administrator, an officer of a
# department whose register was asked, a reviewer of the authority, and, as on the pages (tests/rules/citizen_side.py), an officer of
# another matter, a former deputy of the matter's officer, and a former officer.
CITIZENS: dict[str, str | None] = {
    "nobody": None,
    "cit": "old",
    "oth": "neighbour",
    "unb": "auditor",
    "off": "cab_officer",
    "ina": "granted",
    "of2": "cab_asker",
    "clk": "cab_clerk",
    "adm": "cab_admin",
    "prv": "dpf_officer",
    "rev": "reviewer",
    "ofm": "other_matter",
    "dep": "former_deputy",
    "end": "former_officer",
}


@dataclass(frozen=True)
class CitizenCity:
    """The world of offers, and what the placeholders of an address stand for, by scenario."""

    world: OffersWorld
    people: Mapping[str, Person]
    places: dict[str, dict[str, Any]]

    def client(self, persona: str, **options: Any) -> Client:
        """A program in which this persona has signed in."""
        client = Client(raise_request_exception=False, **options)
        name = CITIZENS[persona]
        if name is not None:
            client.force_login(self.people[name], backend=BACKEND)
        if persona == "dep":
            as_former_deputy(client, self.people[name or ""])
        return client


def build_citizen_city() -> CitizenCity:
    """Build it through the real actions: everything belongs to the citizen `old`, the licence to `granted`."""
    world = build_offers_world()
    city = world.city
    world.run()
    city.submitted("granted")
    inactive = city.people["granted"]
    inactive.is_active = False
    inactive.save(update_fields=["is_active"])
    numbers = {
        "": city.start("old").number,
        "shown": city.shown("old").number,
        "accepted": city.accepted("old").number,
        "decided": city.submitted("old").number,
        "noticed": _noticed(city).number,
    }
    sequencer.sequence_once()
    follower.follow_once()
    usual = {
        "slug": "disability-allowances",
        "requirement": "other_account",
        "offer_id": Offer.objects.open().of(city.applicant("old").subject).get().pk,
        "licence_id": Licence.objects.get().pk,
        "entry": _entry(city, Case.objects.get(number=numbers["decided"])),
    }
    people = {**city.staff, **city.people, **more_officers(world)}
    return CitizenCity(world, people, {name: {**usual, "number": number} for name, number in numbers.items()})


def _noticed(city: AffairsWorld) -> Case:
    """A case with an officer, who has written what is missing."""
    case, applicant = city.shown("old"), applicant_of(city.people["old"])
    accept_all(case, applicant)
    words = dict.fromkeys(("certificate_valid", "grade_severe"), "It came last week.")
    actions.answer_preview(case, answers=dict.fromkeys(words, "DISPUTED"), words=words, applicant=applicant)
    actions.submit(case, applicant=applicant)
    actions.send_notice(case, missing=["A photo of the certificate"], acting_user=city.staff["cab_officer"])
    return case


def _entry(city: AffairsWorld, case: Case) -> int:
    """An entry in which an office asked about the citizen, for this case."""
    leaf = bytes(case.evidence_set.evidence.exclude(leaf=None).exclude(dataset="R13").order_by("pk")[0].leaf or b"")
    from audit.models import Entry

    entry = Entry.objects.get(leaf=leaf).index
    assert SubjectTrace.objects.filter(blind=blind_of(*city.applicant("old").subject.who), entry=entry).exists()
    return int(entry)
