"""The citizens' city with a dozen more old people, an agreement on the list of them, and one by which many are asked at once."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from catalog import actions as catalog_actions
from catalog.models import Purpose, Work
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Channel, Matter, Offer, OfferRun
from exchange.affairs.offers.running import WORK, run_month
from exchange.affairs.offers.schedule import start_run, this_month
from exchange.jurisdictions import load_registers
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.affairs.world import IDENTIFIERS, AffairsWorld, agree, build_affairs_world
from tests.world_data import resident

LIST_TERMS: dict[str, Any] = {
    "items": ["person"],
    "facts": {},
    "methods": ["EXPORT"],
    "row_filter": {"birth_date": {"years_at_least": 80}, "registration": {"in": ["registered"]}},
    "per_day": 1_000_000,
    "per_minute": 1_000_000,
}
BATCH_TERMS: dict[str, Any] = {
    "items": [],
    "facts": {"age_at_least": {"n": {"in": [80]}}, "resident_in_city": {}, "alive": {}},
    "methods": ["BATCH"],
    "per_day": 1_000_000,
    "per_minute": 1_000_000,
}


@dataclass
class Resident:
    """A row of the population register: an identifier, a date of birth, and how they stand."""

    identifier: str
    born: str = "1938-03-02"
    registration: str = "registered"
    is_alive: bool = True

    def line(self, place: int) -> str:
        """Their row in the file."""
        alive = str(self.is_alive).lower()
        return f"{self.identifier},某某,,female,{self.born},{5101040170020000 + place},head,510104017001,{self.registration},{alive}"

    @property
    def subject(self) -> Subject:
        """Who they are to the registers."""
        return Subject("person", self.identifier)


@dataclass
class OffersWorld:
    """The city, with `residents` by name in its population register."""

    city: AffairsWorld
    residents: dict[str, Resident]
    lists: Agreement
    batches: Agreement
    asked: list[Sequence[str]] = field(default_factory=list)

    @property
    def matter(self) -> Matter:
        """M13."""
        return self.city.matters["M13"]

    def subject(self, name: str) -> Subject:
        """One resident."""
        return self.residents[name].subject

    def applicant(self, name: str, person: Any = None) -> Applicant:
        """Them, signed in."""
        return Applicant(self.subject(name), Assurance.SUBSTANTIAL, Channel.ONLINE, person=person)

    def change(self, **changes: Resident) -> None:
        """Load the register anew with these residents in it."""
        self.residents.update(changes)
        load(self.city, self.residents)

    def start(self, month: str = "") -> OfferRun:
        """The month's run, begun and not worked on."""
        return start_run(self.matter, month=month or this_month(), acting_system="tests")

    def run(self, month: str = "") -> OfferRun:
        """The month's run, worked on until it is done or stands."""
        run = self.start(month)
        run_month(str(run.pk), lambda _progress: None)
        run.refresh_from_db()
        return run

    def offer(self, name: str) -> Offer:
        """The newest offer to somebody."""
        return Offer.objects.of(self.subject(name)).latest("made_at")

    def offered(self) -> set[str]:
        """Names of everybody to whom an offer was ever made."""
        blinds = {bytes(blind) for blind in Offer.objects.values_list("subject_blind", flat=True)}
        return {name for name, resident in self.residents.items() if resident.subject.blind in blinds}

    def revoke(self, agreement: Agreement) -> None:
        """The owner ends an agreement."""
        sharing_actions.revoke(
            agreement,
            reason="The purpose has ended.",
            ground="PURPOSE_ENDED",
            acting_user=self.city.staff["psb_officer"],
            department=self.city.departments["PSB"],
        )

    def take_offline(self) -> None:
        """The population register falls silent."""
        catalog_actions.take_offline(self.city.datasets["R01"], reason="Maintenance", acting_user=self.city.staff["psb_publisher"])

    def bring_online(self) -> None:
        """It answers again."""
        catalog_actions.bring_online(self.city.datasets["R01"], acting_user=self.city.staff["psb_publisher"])

    def waiting(self) -> int:
        """How many pieces of work wait for the run."""
        return Work.objects.filter(name=WORK, state="WAITING").count()


def build_offers_world() -> OffersWorld:
    """Six who may have it, and one each who is too young, dead, moved away, of unknown age."""
    city = build_affairs_world()
    purpose = Purpose.objects.get(code="old_age_allowance")
    terms = (city.departments, city.staff)
    lists = agree(city.datasets["R01"], purpose, *terms, **LIST_TERMS)
    batches = agree(city.datasets["R01"], purpose, *terms, **BATCH_TERMS)
    today = timezone.localdate()
    residents = {f"elder_{place}": Resident(resident(200 + place), f"19{30 + place}-05-01") for place in range(5)}
    residents["old"] = Resident(IDENTIFIERS["old"])
    residents["just_80"] = Resident(resident(210), date(today.year - 80, today.month, today.day).isoformat())
    residents["young"] = Resident(resident(211), "1990-01-01")
    residents["dead"] = Resident(resident(212), registration="cancelled", is_alive=False)
    residents["dead_not_cancelled"] = Resident(resident(213), is_alive=False)
    residents["moved"] = Resident(resident(214), registration="moved_away")
    residents["unknown_age"] = Resident(resident(215), "")
    load(city, residents)
    return OffersWorld(city, residents, lists, batches)


MAY_HAVE_IT = {"elder_0", "elder_1", "elder_2", "elder_3", "elder_4", "old", "just_80"}


def load(city: AffairsWorld, residents: Mapping[str, Resident]) -> None:
    """Make these the population register."""
    register = load_registers()["R01"]
    header = ",".join(register["column_mapping"][item["name"]] for item in register["items"])
    rows = "\n".join([header, *(person.line(place) for place, person in enumerate(residents.values()))]) + "\n"
    publisher = city.staff["psb_publisher"]
    load = catalog_actions.load_file(city.datasets["R01"], fileobj=io.BytesIO(rows.encode()), filename="rows.csv", acting_user=publisher)
    assert load.state == "READY", load.report
    catalog_actions.publish_revision(load, acting_user=publisher)
    city.datasets["R01"].refresh_from_db()
