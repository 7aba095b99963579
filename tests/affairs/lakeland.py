"""Lakeland (tests/second_jurisdiction) built as a hub: its departments, registers, agreements and matter, through the real actions."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from catalog import actions as catalog_actions
from catalog.models import Dataset, Department, Purpose
from exchange.accounts.actions import add_person, bind, open_account
from exchange.accounts.models import Person, Role
from exchange.accounts.models.binding import Method
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs.matters import load_matter_file, publish_matter
from exchange.affairs.models import Matter
from exchange.jurisdictions import load_departments, load_purposes, load_registers
from exchange.sharing import actions as sharing_actions
from exchange.sharing.actions import PartTerms, RequestWords
from tests.world import justified, part_of, remembered_check
from tests.world_data import WORDS

FOLDER = Path(__file__).parents[1] / "second_jurisdiction"
LEAD = "HEARTH"

# who lives where, with which hearth and which purse
PEOPLE = {"northerner": "LK000001A", "southerner": "LK000002B", "stranger": "LK000003C"}
ROWS = {
    "K1": "roll,born,shore\nLK000001A,1960-01-01,north\nLK000002B,1961-01-01,south\n",
    "K2": "hearth,keeper,burns\nH00001,LK000001A,peat\nH00002,LK000002B,wood\nH00003,LK000003C,steam\n",
    "K3": "bearer,keeper,signs\nLK000001A,Old Oak,7777\nLK000002B,Old Oak,8888\nLK000003C,Old Oak,9999\n",
}
TERMS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "K1": ("winter_fuel", {"items": [], "facts": {"lives_on": {"shores": {"in": ["north"]}}}, "methods": ["VERIFY"]}),
    "K2": ("OWNER_CHECK", {"items": [], "facts": {"burns_one_of": {"fuels": {"in": ["peat", "wood"]}}}, "methods": ["VERIFY"]}),
    "K3": ("winter_fuel", {"items": ["bank", "last_four"], "facts": {}, "methods": ["QUERY"]}),
}


@dataclass(frozen=True)
class Lakeland:
    """The matter F1, and an account for each of PEOPLE."""

    matter: Matter
    people: Mapping[str, Person]


def settle(settings: Any) -> None:
    """Make the hub one of Lakeland: only settings say so."""
    settings.JURISDICTION = "lk"
    settings.JURISDICTION_DIR = FOLDER
    settings.AUTHORITY_DEPARTMENT = "REEVE"
    settings.ALLOW_HUB_CUSTODY = True


def build() -> Lakeland:
    """Build it in a founded hub."""
    departments = {
        code: catalog_actions.register_department(code, name=row["name"], acting_system="tests") for code, row in load_departments().items()
    }
    purposes = {
        code: catalog_actions.register_purpose(
            code, title=row["title"], legal_basis=row["legal_basis"], matter=row["matter"], acting_system="tests"
        )
        for code, row in load_purposes().items()
    }
    catalog_actions.register_system(departments[LEAD], code=f"{LEAD}-affairs", name={"en": "Cases", "zh": "办件"}, acting_system="tests")
    staff = _staff(departments)
    for code, register in load_registers().items():
        purpose, terms = TERMS[code]
        _agree(_publish(register, ROWS[code], departments, staff), purposes[purpose], terms, departments, staff)
    matter = publish_matter(load_matter_file(FOLDER / "matters" / "F1.yaml"), acting_system="tests").matter
    return Lakeland(matter, {name: _account(name, number) for name, number in PEOPLE.items()})


def _account(name: str, number: str) -> Person:
    person = open_account(name, password=None, names={"en": name, "zh": ""}, acting_system="tests")
    bind(person, subject=Subject("roll_name", number), method=Method.DEMO, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
    person.refresh_from_db()
    return person


def _staff(departments: Mapping[str, Department]) -> dict[str, Person]:
    wanted = {
        **{f"{code}-publisher": (code, Role.PUBLISHER) for code in departments},
        **{f"{code}-officer": (code, Role.OFFICER) for code in departments},
        f"{LEAD}-asker": (LEAD, Role.OFFICER),
        f"{LEAD}-signer": (LEAD, Role.OFFICER),
        "reviewer": ("REEVE", Role.REVIEWER),
    }
    return {
        name: add_person(name.lower(), names={"en": name, "zh": ""}, department=departments[code], role=role, acting_user=None)
        for name, (code, role) in wanted.items()
    }


def _publish(register: Mapping[str, Any], rows: str, departments: Mapping[str, Department], staff: Mapping[str, Person]) -> Dataset:
    owner = departments[register["provider"]]
    publisher = staff[f"{owner.code}-publisher"]
    version = catalog_actions.publish_version(owner, document=register, acting_user=publisher)
    dataset: Dataset = Dataset.objects.get(pk=version.dataset_id)
    with remembered_check():
        load = catalog_actions.load_file(dataset, fileobj=io.BytesIO(rows.encode()), filename="rows.csv", acting_user=publisher)
    assert load.state == "READY", load.report
    catalog_actions.publish_revision(load, acting_user=publisher)
    dataset.refresh_from_db()
    return dataset


def _agree(
    dataset: Dataset, purpose: Purpose, terms: Mapping[str, Any], departments: Mapping[str, Department], staff: Mapping[str, Person]
) -> None:
    lead, owner = departments[LEAD], dataset.provider
    asker, signer = staff[f"{LEAD}-asker"], staff[f"{LEAD}-signer"]
    wanted = justified(PartTerms(systems=[f"{LEAD}-affairs"], fact_answers=1000, **terms))
    words = RequestWords(purpose=purpose, **{**WORDS, "reason": "Fuel without papers."})
    request = sharing_actions.draft_request(words, parts={dataset: wanted}, acting_user=asker, department=lead)
    sharing_actions.submit(request, acting_user=asker, department=lead)
    agreement = sharing_actions.check(part_of(request), acting_user=staff["reviewer"], department=departments["REEVE"])
    if agreement is None:
        agreement = sharing_actions.approve(part_of(request), acting_user=staff[f"{owner.code}-officer"], department=owner)
    sharing_actions.sign_agreement(agreement, acting_user=signer, department=lead)
