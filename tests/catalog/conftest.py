"""A founded hub with two departments and invented people, in a home of its own for each test."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.catalog.registers import Person

if TYPE_CHECKING:
    from catalog.models import Dataset, Department, Load

# This file is read before Django is set up, so what needs models is imported inside the fixtures.


@dataclass
class RolesByHand:
    """The room of the people, in memory."""

    roles: set[tuple[uuid.UUID, str, str]] = field(default_factory=set)

    def require(self, person: Any, department: Department, role: str) -> None:
        from audit.errors import NotAllowed

        if person is None or (person.pk, department.code, role) not in self.roles:
            raise NotAllowed("no such role")

    def departments(self, person: Any, role: str) -> frozenset[str]:
        return frozenset(code for pk, code, name in self.roles if person is not None and pk == person.pk and name == role)

    def handled_key(self, person: Any, department: Department, keyid: str, event: str) -> None:
        """Nothing is kept."""


@pytest.fixture
def roles(monkeypatch: pytest.MonkeyPatch) -> RolesByHand:
    from catalog import permission

    checker = RolesByHand()
    monkeypatch.setattr(permission, "checker", checker)
    return checker


@pytest.fixture
def home(tmp_path: Path, settings: Any) -> Path:
    for name, folder in (("KEYS_DIR", "keys"), ("FILES_DIR", "files"), ("COPY_DIR", "copy"), ("TILES_DIR", "log")):
        setattr(settings, name, tmp_path / folder)
    settings.LOG_ORIGIN = settings.AUTHORITY_ROOT = ""
    settings.ALLOW_HUB_CUSTODY = True
    return tmp_path


@pytest.fixture
def hub(home: Path, db: None) -> Iterator[Path]:
    """A hub whose authority DATA, and whose departments CAB, PSB and SAMR, are certified."""
    from audit import acts, ceremony
    from catalog import actions

    acts.forget()
    ceremony.found_hub()
    for code, english, chinese in (
        ("DATA", "Data Bureau", "数据局"),
        ("CAB", "Civil Affairs Bureau", "民政局"),
        ("PSB", "Public Security Bureau", "公安局"),
        ("SAMR", "Market Regulation", "市场监督管理局"),
    ):
        actions.register_department(code, name={"en": english, "zh": chinese}, acting_system="tests")
    yield home
    acts.forget()


@pytest.fixture
def publisher(roles: RolesByHand) -> Person:
    """Publishes for CAB, PSB and SAMR."""
    person = Person()
    roles.roles |= {(person.pk, code, "PUBLISHER") for code in ("CAB", "PSB", "SAMR")}
    return person


@pytest.fixture
def stranger() -> Person:
    return Person()


@pytest.fixture
def publish(hub: Path, publisher: Person) -> Callable[[dict[str, Any]], Dataset]:
    """Publish a description and give its dataset."""

    def run(document: dict[str, Any]) -> Dataset:
        from catalog import actions
        from catalog.models import Department

        department = Department.objects.get(code=document["provider"])
        return actions.publish_version(department, document=document, acting_user=publisher).dataset

    return run


@pytest.fixture
def load(publisher: Person, tmp_path: Path) -> Callable[[Dataset, bytes], Load]:
    """Load the bytes of a file into a dataset."""

    def run(dataset: Dataset, content: bytes) -> Load:
        from catalog import actions

        path = tmp_path / "upload.csv"
        path.write_bytes(content)
        dataset.refresh_from_db()
        return actions.load_file(dataset, path=path, filename="upload.csv", acting_user=publisher)

    return run
