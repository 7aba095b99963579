"""The citizens' city once more, with one citizen's application in each state, and the people whom the citizens' table names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.test import Client

from audit import follower, sequencer
from audit.models import SubjectTrace
from audit.subjects import blind_of
from exchange.affairs import actions
from exchange.affairs.applicants import applicant_of
from exchange.affairs.models import Case, Licence, Offer
from tests.affairs.offers_world import OffersWorld, build_offers_world
from tests.affairs.world import AffairsWorld, accept_all
from tests.rules.city import BACKEND

# The columns: nobody, a citizen, another citizen, an account that is bound to nobody, an officer of the matter (who has a desk of
# their own), and a citizen whose account was closed.
CITIZENS: dict[str, str | None] = {
    "nobody": None,
    "cit": "old",
    "oth": "neighbour",
    "unb": "auditor",
    "off": "cab_officer",
    "ina": "granted",
}


@dataclass(frozen=True)
class CitizenCity:
    """The world of offers, and what the placeholders of an address stand for, by scenario."""

    world: OffersWorld
    places: dict[str, dict[str, Any]]

    def client(self, persona: str, **options: Any) -> Client:
        """A program in which this persona has signed in."""
        client = Client(raise_request_exception=False, **options)
        name = CITIZENS[persona]
        if name is not None:
            client.force_login({**self.world.city.staff, **self.world.city.people}[name], backend=BACKEND)
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
    return CitizenCity(world, {name: {**usual, "number": number} for name, number in numbers.items()})


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
