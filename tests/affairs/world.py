"""A small city for citizens: four registers with a handful of people, agreed and published through the real actions, two matters.

Use the fixture `affairs_world` (tests/affairs/conftest.py). Everybody is named for the outcome that M04 has for them.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog import actions as catalog_actions
from catalog.models import Dataset, Department, Purpose
from exchange.accounts.actions import add_person, bind, open_account
from exchange.accounts.models import Person, Role
from exchange.accounts.models.binding import Method
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs import actions
from exchange.affairs.applicants import Applicant, applicant_of
from exchange.affairs.gathering import gather_now
from exchange.affairs.matters import load_matter_file, publish_matter
from exchange.affairs.models import Case, Evidence, Matter
from exchange.jurisdictions import load_purposes, load_registers
from exchange.sharing import actions as sharing_actions
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.models import Agreement
from tests.world import justified, part_of, remembered_check
from tests.world_data import WORDS, resident

DEPARTMENTS = {
    "DATA": "Data Bureau",
    "CAB": "Civil Affairs",
    "DPF": "Disabled Persons' Federation",
    "HRSS": "Social Security",
    "PSB": "Police",
}
DATASETS = ("R01", "R13", "R14", "R22")
MATTERS = ("M04", "M13")
PURPOSES = ("disability_allowance", "old_age_allowance", "OWNER_CHECK")

# Who is who: certificate (type, grade, valid until), low-income, account, birth year.
PEOPLE: dict[str, dict[str, Any]] = {
    "granted": {"certificate": ("physical", 1, "2031-12-31"), "low_income": True, "account": "1234", "born": 1980},
    "care_only": {"certificate": ("physical", 2, "2031-12-31"), "low_income": False, "account": "2345", "born": 1981},
    "refused": {"certificate": None, "low_income": True, "account": "3456", "born": 1982},
    "expired": {"certificate": ("visual", 1, "2020-12-31"), "low_income": True, "account": "4567", "born": 1983},
    "to_officer": {"certificate": ("mental", 3, "2031-12-31"), "low_income": True, "account": None, "born": 1984},
    "old": {"certificate": None, "low_income": False, "account": "5678", "born": 1938},
    "neighbour": {"certificate": ("hearing", 4, "2031-12-31"), "low_income": True, "account": "6789", "born": 1985},
}
IDENTIFIERS = {name: resident(place) for place, name in enumerate(PEOPLE, 41)}

FACT_ANSWERS = 1000
AGREEMENTS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    (
        "R14",
        "disability_allowance",
        {
            "items": [],
            "facts": {
                "valid": {},
                "grade_in": {"grades": {"in": [1, 2, 3, 4]}},
                "type_in": {"types": {"in": ["intellectual", "mental"]}},
            },
            "methods": ["VERIFY"],
        },
    ),
    ("R13", "OWNER_CHECK", {"items": [], "facts": {"low_income_family": {}}, "methods": ["VERIFY"]}),
    ("R22", "disability_allowance", {"items": ["bank", "last_four"], "facts": {}, "methods": ["QUERY"]}),
    (
        "R01",
        "old_age_allowance",
        {"items": [], "facts": {"age_at_least": {"n": {"in": [80]}}, "resident_in_city": {}, "alive": {}}, "methods": ["VERIFY"]},
    ),
    ("R22", "old_age_allowance", {"items": ["bank", "last_four"], "facts": {}, "methods": ["QUERY"]}),
)


@dataclass(frozen=True)
class AffairsWorld:
    """Everything by name. CAB leads both matters; `people` are those of PEOPLE, each with an account bound to them."""

    departments: Mapping[str, Department]
    datasets: Mapping[str, Dataset]
    agreements: Mapping[tuple[str, str], Agreement]
    matters: Mapping[str, Matter]
    staff: Mapping[str, Person]
    people: Mapping[str, Person]

    @property
    def matter(self) -> Matter:
        """M04."""
        return self.matters["M04"]

    @property
    def document(self) -> dict[str, Any]:
        """A copy of M04's document, to change."""
        assert self.matter.current is not None
        return self.matter.current.content

    def applicant(self, name: str = "granted") -> Applicant:
        """The bound citizen of this name, as a signed-in page makes it."""
        return applicant_of(self.people[name])

    def start(self, name: str = "granted", *, matter: str = "M04") -> Case:
        """A case that has been begun and nothing more."""
        return actions.start_case(self.matters[matter], applicant=self.applicant(name), language="en")

    def shown(self, name: str = "granted", *, matter: str = "M04") -> Case:
        """A case that has asked the offices, whose answers are shown."""
        case = actions.ask_offices(self.start(name, matter=matter), applicant=self.applicant(name))
        assert gather_now(case), "the work of gathering was not done"
        case.refresh_from_db()
        return case

    def accepted(self, name: str = "granted", *, matter: str = "M04") -> Case:
        """The same with every answer accepted."""
        case = self.shown(name, matter=matter)
        accept_all(case, self.applicant(name))
        return case

    def submitted(self, name: str = "granted", *, matter: str = "M04") -> Case:
        """The same, handed in: decided at once, or with an officer."""
        return actions.submit(self.accepted(name, matter=matter), applicant=self.applicant(name))


def accept_all(case: Case, applicant: Applicant) -> None:
    """Accept whatever was found, and that nothing was."""
    rows = Evidence.objects.filter(evidence_set=case.evidence_set_id, state__in=["FETCHED", "NO_RECORD"])
    answers = {row.requirement: "ACCEPTED" for row in rows}
    actions.answer_preview(case, answers=answers, words={}, applicant=applicant)


def build_affairs_world() -> AffairsWorld:
    """Build it in a founded hub."""
    departments = {
        code: catalog_actions.register_department(code, name={"en": name, "zh": name}, acting_system="tests")
        for code, name in DEPARTMENTS.items()
    }
    staff = _staff(departments)
    for code in DEPARTMENTS:
        catalog_actions.register_system(
            departments[code], code=f"{code}-affairs", name={"en": "Cases", "zh": "办件"}, acting_system="tests"
        )
    purposes = {code: _purpose(code) for code in PURPOSES}
    registers = load_registers()
    datasets = {code: _publish(registers[code], rows_of(code), departments, staff) for code in DATASETS}
    agreements = {
        (dataset, purpose): agree(datasets[dataset], purposes[purpose], departments, staff, **terms)
        for dataset, purpose, terms in AGREEMENTS
    }
    matters = {code: publish_file(code) for code in MATTERS}
    people = {name: bound_citizen(name) for name in PEOPLE}
    _appoint(matters, staff)
    return AffairsWorld(departments, datasets, agreements, matters, staff, people)


def bound_citizen(name: str) -> Person:
    """An account bound to one of PEOPLE."""
    person = open_account(f"citizen-{name}", password=None, names={"en": name.capitalize(), "zh": ""}, acting_system="tests")
    subject = Subject("person", IDENTIFIERS[name])
    bind(person, subject=subject, method=Method.DEMO, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
    person.refresh_from_db()
    return person


def publish_file(code: str) -> Matter:
    """Publish the matter of the jurisdiction's own file."""
    path = Path(settings.JURISDICTION_DIR) / "matters" / f"{code}.yaml"
    return publish_matter(load_matter_file(path), acting_system="tests").matter


def agree(
    dataset: Dataset, purpose: Purpose, departments: Mapping[str, Department], staff: Mapping[str, Person], **terms: Any
) -> Agreement:
    """An agreement in force by which CAB-affairs may ask; each step by the person whose step it is."""
    wanted = justified(PartTerms(**{"systems": ["CAB-affairs"], "fact_answers": FACT_ANSWERS, **terms}))
    words = RequestWords(purpose=purpose, **{**WORDS, "reason": "Decided without papers."})
    cab, owner = departments["CAB"], dataset.provider
    request = sharing_actions.draft_request(words, parts={dataset: wanted}, acting_user=staff["cab_asker"], department=cab)
    sharing_actions.submit(request, acting_user=staff["cab_asker"], department=cab)
    part = part_of(request)
    agreement = sharing_actions.check(part, acting_user=staff["reviewer"], department=departments["DATA"])
    if agreement is None:
        agreement = sharing_actions.approve(part, acting_user=staff[f"{owner.code.lower()}_officer"], department=owner)
    if agreement is None:
        agreement = sharing_actions.confirm(part, acting_user=staff[f"{owner.code.lower()}_second"], department=owner)
    return sharing_actions.sign_agreement(agreement, acting_user=staff["cab_signer"], department=cab)


def rows_of(code: str) -> str:
    """The CSV of a register with everybody of PEOPLE who is in it."""
    lines = {"R01": _population, "R13": _low_income, "R14": _certificate, "R22": _account}
    register = load_registers()[code]
    header = ",".join(register["column_mapping"][item["name"]] for item in register["items"])
    found = [line for place, name in enumerate(PEOPLE) if (line := lines[code](name, PEOPLE[name], place))]
    return "\n".join([header, *found]) + "\n"


def _population(name: str, person: Mapping[str, Any], place: int) -> str:
    return f"{IDENTIFIERS[name]},张{name},,female,{person['born']}-03-02,{5101040170010000 + place},head,510104017001,registered,true"


def _low_income(name: str, person: Mapping[str, Any], place: int) -> str:
    return f"{IDENTIFIERS[name]},{5101040170010000 + place},2024-01-01,2031-12-31" if person["low_income"] else ""


def _certificate(name: str, person: Mapping[str, Any], _place: int) -> str:
    if person["certificate"] is None:
        return ""
    kind, grade, until = person["certificate"]
    return f"{IDENTIFIERS[name]},{kind},{grade},2019-05-01,{until}"


def _account(name: str, person: Mapping[str, Any], _place: int) -> str:
    return f"{IDENTIFIERS[name]},city_bank,{person['account']},true" if person["account"] else ""


def _staff(departments: Mapping[str, Department]) -> dict[str, Person]:
    wanted = {
        "reviewer": ("DATA", Role.REVIEWER),
        "auditor": ("DATA", Role.AUDITOR),
        "cab_admin": ("CAB", Role.ADMINISTRATOR),
        "cab_asker": ("CAB", Role.OFFICER),
        "cab_signer": ("CAB", Role.OFFICER),
        "cab_officer": ("CAB", Role.OFFICER),
        "cab_officer_2": ("CAB", Role.OFFICER),
        "cab_clerk": ("CAB", Role.CLERK),
        "dpf_officer": ("DPF", Role.OFFICER),
        "dpf_second": ("DPF", Role.OFFICER),
        "hrss_officer": ("HRSS", Role.OFFICER),
        "psb_officer": ("PSB", Role.OFFICER),
        **{f"{code.lower()}_publisher": (code, Role.PUBLISHER) for code in DEPARTMENTS},
    }
    return {
        name: add_person(
            name.replace("_", "-"),
            names={"en": name.replace("_", " ").title(), "zh": ""},
            department=departments[code],
            role=role,
            acting_user=None,
        )
        for name, (code, role) in wanted.items()
    }


def _appoint(matters: Mapping[str, Matter], staff: Mapping[str, Person]) -> None:
    for matter in matters.values():
        for name in ("cab_officer", "cab_officer_2"):
            actions.appoint_officer(matter, person=staff[name], acting_user=staff["cab_admin"])


def _purpose(code: str) -> Purpose:
    read = load_purposes()[code]
    return catalog_actions.register_purpose(
        code, title=read["title"], legal_basis=read["legal_basis"], matter=read["matter"], acting_system="tests"
    )


def _publish(register: Mapping[str, Any], rows: str, departments: Mapping[str, Department], staff: Mapping[str, Person]) -> Dataset:
    owner = departments[register["provider"]]
    publisher = staff[f"{owner.code.lower()}_publisher"]
    version = catalog_actions.publish_version(owner, document=register, acting_user=publisher)
    dataset: Dataset = Dataset.objects.get(pk=version.dataset_id)
    load_rows(dataset, rows, publisher)
    return dataset


def load_rows(dataset: Dataset, rows: str, publisher: Person) -> None:
    """Make the CSV the dataset's newest revision."""
    with remembered_check():
        load = catalog_actions.load_file(dataset, fileobj=io.BytesIO(rows.encode()), filename="rows.csv", acting_user=publisher)
    assert load.state == "READY", load.report
    catalog_actions.publish_revision(load, acting_user=publisher)
    dataset.refresh_from_db()
