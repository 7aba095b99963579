"""What demo.json tells scripts about the finished city."""

from __future__ import annotations

import csv
import itertools
from collections.abc import Iterator
from typing import Any

from django.conf import settings

from audit.ground import authority_root
from audit.proof.canonical import b64url
from audit.signers import key_path
from exchange.accounts.demonstration import Resident, sign_in
from exchange.affairs.matters import open_matters
from exchange.affairs.models import Matter
from exchange.demonstration.building import demo_json, months
from exchange.demonstration.building.agreeing import agreement_of
from exchange.demonstration.building.leading import lead
from exchange.demonstration.building.passwords import password_of
from exchange.demonstration.building.plans import IN_FORCE, Plan
from exchange.demonstration.building.publishing import city_folder
from exchange.demonstration.building.roll import EMPLOYEES
from exchange.demonstration.building.stories import STORIES, Story
from exchange.demonstration.generator.files import ENCODINGS
from exchange.jurisdictions import load_registers
from exchange.sharing.lifecycle import AgreementState

_SUBJECTS = 200
_KEY = "system-1"


def write(base_url: str) -> None:
    """Write the whole file: people, systems, the agreements that scripts may call, and the citizens with their cases."""
    agreements = {plan.name: agreement_of(plan) for plan in IN_FORCE if plan.in_scripts}
    plans = [plan for plan in IN_FORCE if plan.name in agreements and agreements[plan.name].state == AgreementState.IN_FORCE]
    callers = dict.fromkeys((plan.requester, code) for plan in IN_FORCE for code in plan.systems)
    demo_json.write(
        {
            "base_url": base_url,
            "authority_root": b64url(authority_root()),
            "people": [_person(employee.role, employee.department, employee.username) for employee in EMPLOYEES],
            "systems": [_system(department, code) for department, code in callers],
            "agreements": [_agreement(plan, agreements[plan.name].agreement_id) for plan in plans],
            "citizens": [_citizen(resident) for resident in sign_in().residents.values()],
            "matters": [_matter(matter) for matter in open_matters()],
            "cases": [_case(story) for story in STORIES],
            "offers": [_offer(resident) for resident in months.TOLD],
        }
    )


def _citizen(resident: Resident) -> dict[str, Any]:
    """An account that is signed in to with one click, by POST to `sign_in` below the address of the pages in a language."""
    return {
        "resident": resident.key,
        "username": resident.username,
        "name": resident.name,
        "shows": resident.shows,
        "sign_in": f"/demo/sign-in/{resident.key}",
    }


def _matter(matter: Matter) -> dict[str, str]:
    return {"code": matter.code, "slug": matter.slug, "lead": matter.lead_id}


def _offer(resident: str) -> dict[str, Any]:
    """What became of the offer to a named resident; `case` is empty where there is none."""
    offer = months.latest_offer(resident)
    case = offer.case if offer else None
    return {"resident": resident, "state": offer.state if offer else "", "case": case.number if case else ""}


def _case(story: Story) -> dict[str, Any]:
    """Where a story's case stood when the city was finished."""
    case = lead(story)
    return {
        "number": case.number,
        "matter": story.matter,
        "resident": story.resident,
        "state": case.state,
        "outcome": case.outcome,
        "officer_needed": case.officer_needed,
    }


def _person(role: str, department: str, username: str) -> dict[str, str]:
    return {"role": str(role), "department": department, "username": username, "password": password_of(username)}


def _system(department: str, code: str) -> dict[str, str]:
    keyid = f"{code}/{_KEY}"
    key = key_path(keyid)
    inside = key.is_relative_to(settings.HUB_HOME)
    shown = key.relative_to(settings.HUB_HOME) if inside else key
    return {"department": department, "code": code, "keyid": keyid, "private_key_file": str(shown)}


def _agreement(plan: Plan, agreement_id: str) -> dict[str, Any]:
    return {
        "id": agreement_id,
        "requester": plan.systems[-1],
        "dataset": plan.dataset,
        "methods": list(plan.methods),
        "purpose": plan.purpose,
        "items": list(plan.items),
        "facts": [dict(fact) for fact in plan.asked],
        "subjects": list(itertools.islice(_subjects(plan), _SUBJECTS)),
    }


def _subjects(plan: Plan) -> Iterator[str]:
    """Identifiers with a record inside the plan's row filter, as the department's own file has them; no one twice."""
    register = load_registers()[plan.dataset]
    subject = register["subjects"][0]["item"]
    headings = register["column_mapping"]
    allowed = {headings[item]: {str(value) for value in rule["in"]} for item, rule in (plan.row_filter or {}).items()}
    seen: set[str] = set()
    with (city_folder() / f"{plan.dataset}.csv").open(encoding=_encoding(plan.dataset), newline="") as file:
        for row in csv.DictReader(file):
            identifier = row[headings[subject]]
            if identifier not in seen and all(row[heading] in values for heading, values in allowed.items()):
                seen.add(identifier)
                yield identifier


def _encoding(code: str) -> str:
    """A byte order mark is not part of the first heading."""
    return "utf-8-sig" if ENCODINGS[code].startswith("utf-8") else ENCODINGS[code]
