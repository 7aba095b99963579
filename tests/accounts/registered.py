"""The two registers that an account is bound by, as small as they can be: names, and phones registered at a counter."""

from __future__ import annotations

from typing import Any

from catalog import actions as catalog_actions
from catalog.models import Department
from exchange.accounts.actions import add_person
from exchange.accounts.models import Person, Role
from exchange.sharing import actions as sharing_actions
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.models import Agreement
from tests import world_data as data
from tests.world import World, _dataset, approve, justified, part_of

LUO, NO_PHONE, TWIN = data.SUBJECTS[0], data.SUBJECTS[1], data.SUBJECTS[2]
UNKNOWN = data.UNKNOWN_SUBJECT
NAME = "罗晓梅"
PHONE = "13800000001"
NAMES_ROWS = f"身份证号,姓名\n{LUO},{NAME}\n{NO_PHONE},王素芬\n{TWIN},陈淑华\n"
PHONES_ROWS = f"身份证号,手机\n{LUO},{PHONE}\n{TWIN},13800000003\n"

_PERSON = data._item("person", "identifier", 3, "CONDITIONAL", identifier="person", unique=True)
NAMES: dict[str, Any] = {
    **data.CONDITIONAL,
    "code": "R91",
    "name": "names",
    "items": [_PERSON, data._item("name", "text", 3, "CONDITIONAL")],
    "column_mapping": {"person": "身份证号", "name": "姓名"},
    "code_lists": {},
    "facts": [
        {
            "name": "name_is",
            "title": {"en": "The name is the one given", "zh": "姓名是否相符"},
            "parameters": [{"name": "name", "type": "text", "title": {"en": "Name", "zh": "姓名"}}],
            "expression": {"op": "eq", "item": "name", "parameter": "name"},
            "when_absent": "NO",
            "valid_days": 1,
        }
    ],
}
PHONES: dict[str, Any] = {
    **NAMES,
    "code": "R92",
    "name": "phones",
    "items": [_PERSON, data._item("phone", "text", 3, "CONDITIONAL")],
    "column_mapping": {"person": "身份证号", "phone": "手机"},
    "facts": [],
}
PURPOSE: dict[str, Any] = {**data.PURPOSE, "code": "account_binding"}
_DAILY: dict[str, Any] = {"systems": ["DATA-affairs"], "fact_answers": 1000}


def register_people(world: World) -> list[Agreement]:
    """Both registers with rows, the authority's system, and the agreements under which it may ask for binding accounts."""
    catalog_actions.register_system(world.authority, code="DATA-affairs", name={"en": "Cases", "zh": "办件"}, acting_system="tests")
    purpose = catalog_actions.register_purpose(**PURPOSE, acting_system="tests")
    names = _dataset(world.owner, NAMES, NAMES_ROWS, world.person("publisher"))
    phones = _dataset(world.owner, PHONES, PHONES_ROWS, world.person("publisher"))
    asker, signer = _officer(world.authority, "asker"), _officer(world.authority, "signer")
    asked = {
        names: justified(PartTerms(items=[], facts={"name_is": {"name": {"text": 100}}}, methods=["VERIFY"], **_DAILY)),
        phones: justified(PartTerms(items=["phone"], facts={}, methods=["QUERY"], **_DAILY)),
    }
    found = []
    for dataset, terms in asked.items():
        words = RequestWords(purpose=purpose, **{**data.WORDS, "reason": "Accounts are bound to who their holders are."})
        request = sharing_actions.draft_request(words, parts={dataset: terms}, acting_user=asker, department=world.authority)
        sharing_actions.submit(request, acting_user=asker, department=world.authority)
        part = part_of(request)
        sharing_actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
        agreement = approve(part, world.people, world.owner)
        found.append(sharing_actions.sign_agreement(agreement, acting_user=signer, department=world.authority))
    return found


def _officer(department: Department, name: str) -> Person:
    return add_person(f"data.{name}", names={"en": name, "zh": ""}, department=department, role=Role.OFFICER, acting_user=None)
