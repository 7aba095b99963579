"""A small world, built through the real actions: an authority, departments with systems and keys, two datasets with rows,
a person for every role, and an agreement in force. Other rooms' tests stand on it.

Use the fixture `world` (tests/conftest.py), or `build_world()` in a test that has the database and a founded hub.
The files of the two datasets are checked by the real child process once a test session, then found again by their hash.
"""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import catalog.actions.loading
from audit import acts
from audit.proof.acts import Standing
from catalog import actions as catalog_actions
from catalog.errors import FilesMissing
from catalog.models import Dataset, Department, Purpose, System
from catalog.stores.hosted import CheckedFile
from exchange.accounts.actions import add_person, appoint_steward
from exchange.accounts.models import Person, Role
from exchange.sharing import actions as sharing_actions
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.models import Agreement, RequestPart, SharingRequest
from tests import world_data as data


@dataclass(frozen=True)
class World:
    """Everything by name. DPF owns both datasets, CAB asks, DATA is the authority, HSG has nothing to do with it."""

    authority: Department
    owner: Department
    requester: Department
    outsider: Department
    system: System
    owner_system: System
    outsider_system: System
    purpose: Purpose
    conditional: Dataset
    unconditional: Dataset
    people: dict[str, Person]
    request: SharingRequest
    agreement: Agreement

    def person(self, name: str) -> Person:
        """asker, signer, approver, owner_officer, publisher, steward, reviewer, second_reviewer, auditor, outsider,
        requester_admin, owner_admin, authority_admin."""
        return self.people[name]

    @property
    def standing(self) -> Standing:
        """What the acts allow now."""
        return acts.standing()


def build_world(*, agreed: bool = True) -> World:
    """Build it; with `agreed` False the request is submitted and nothing more (`agreement` is then unusable)."""
    parties = _departments()
    people = _people(parties)
    systems = {code: _system(parties, code) for code in data.SYSTEMS}
    purpose = catalog_actions.register_purpose(**data.PURPOSE, acting_system="tests")
    catalog_actions.register_purpose(**data.OWNER_CHECK, acting_system="tests")
    conditional = _dataset(parties["DPF"], data.CONDITIONAL, data.CONDITIONAL_ROWS, people["publisher"])
    unconditional = _dataset(parties["DPF"], data.UNCONDITIONAL, data.UNCONDITIONAL_ROWS, people["publisher"])
    appoint_steward(conditional, person=people["steward"], acting_user=people["owner_admin"])
    request = ask(people["asker"], parties["CAB"], purpose, conditional)
    agreement = agree(request, people, parties) if agreed else Agreement()
    return World(
        authority=parties["DATA"],
        owner=parties["DPF"],
        requester=parties["CAB"],
        outsider=parties["HSG"],
        system=systems["CAB-relief"],
        owner_system=systems["DPF-register"],
        outsider_system=systems["HSG-rental"],
        purpose=purpose,
        conditional=conditional,
        unconditional=unconditional,
        people=people,
        request=request,
        agreement=agreement,
    )


def ask(person: Person, department: Department, purpose: Purpose, dataset: Dataset, **terms: Any) -> SharingRequest:
    """A submitted request with one part; without `terms` two items and both facts of the conditional dataset."""
    wanted = PartTerms(**{**data.TERMS, **terms})
    words = RequestWords(purpose=purpose, **data.WORDS)
    request = sharing_actions.draft_request(words, parts={dataset: wanted}, acting_user=person, department=department)
    sharing_actions.submit(request, acting_user=person, department=department)
    return request


def justified(terms: PartTerms) -> PartTerms:
    """The same terms with a reason for everything, and a volume."""
    names = [*(f"items.{name}" for name in terms.items), *(f"facts.{name}" for name in terms.facts)]
    return replace(terms, monthly_subjects=500, justifications=dict.fromkeys(names, "The purpose depends on it."))


def part_of(request: SharingRequest) -> RequestPart:
    """The first part, fresh from the database."""
    return RequestPart.objects.select_related("request", "dataset").filter(request=request).order_by("pk")[0]


def agree(request: SharingRequest, people: dict[str, Person], parties: dict[str, Department]) -> Agreement:
    """Check, approve and sign the first part of a submitted request."""
    part = part_of(request)
    agreement = sharing_actions.check(part, acting_user=people["reviewer"], department=parties["DATA"])
    if agreement is None:
        agreement = approve(part, people, parties["DPF"])
    return sharing_actions.sign_agreement(agreement, acting_user=people["signer"], department=parties["CAB"])


def approve(part: RequestPart, people: dict[str, Person], owner: Department, **decision: Any) -> Agreement:
    """Approve a checked part; where something of sensitivity 4 is given, the owner's other officer confirms."""
    agreement = sharing_actions.approve(part, acting_user=people["approver"], department=owner, **decision)
    return agreement or sharing_actions.confirm(part, acting_user=people["owner_officer"], department=owner)


def _departments() -> dict[str, Department]:
    return {code: catalog_actions.register_department(code, name=name, acting_system="tests") for code, name in data.DEPARTMENTS.items()}


def _people(parties: dict[str, Department]) -> dict[str, Person]:
    return {
        name: add_person(
            f"{department.lower()}.{name}",
            names={"en": name.replace("_", " ").title(), "zh": ""},
            department=parties[department],
            role=Role(role),
            acting_user=None,
        )
        for name, (department, role) in data.PEOPLE.items()
    }


def _system(parties: dict[str, Department], code: str) -> System:
    department = parties[code.partition("-")[0]]
    return catalog_actions.register_system(department, code=code, name={"en": code, "zh": code}, acting_system="tests")


def _dataset(department: Department, document: dict[str, Any], rows: str, publisher: Person) -> Dataset:
    version = catalog_actions.publish_version(department, document=document, acting_user=publisher)
    dataset: Dataset = Dataset.objects.get(pk=version.dataset_id)
    with remembered_check():
        load = catalog_actions.load_file(dataset, fileobj=io.BytesIO(rows.encode()), filename="rows.csv", acting_user=publisher)
    assert load.state == "READY", load.report
    catalog_actions.publish_revision(load, acting_user=publisher)
    dataset.refresh_from_db()
    return dataset


_outcomes: dict[str, Any] = {}
_loading: Any = catalog.actions.loading  # untyped, so that its check may be exchanged below


class remembered_check:  # noqa: N801 - reads as a verb phrase after `with`
    """While open, a file that this session has checked before is not parsed again: its two files are found by hash."""

    def __enter__(self) -> None:
        self.real: Callable[..., Any] = _loading.inspect_file
        _loading.inspect_file = self._inspect

    def __exit__(self, *_exception: object) -> None:
        _loading.inspect_file = self.real

    def _inspect(self, path: Any, **options: Any) -> Any:
        code = f"{options['document']['code']} {hashlib.sha256(Path(path).read_bytes()).hexdigest()}"
        if code not in _outcomes or not _files_are_there(_outcomes[code]):
            _outcomes[code] = self.real(path, **options)
        return _outcomes[code]


def _files_are_there(outcome: Any) -> bool:
    try:
        CheckedFile(outcome.rows_hash, ".parquet")
        CheckedFile(outcome.lookup_hash, ".sqlite")
    except FilesMissing:
        return False
    return True
