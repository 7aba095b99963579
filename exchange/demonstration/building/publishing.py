"""Write the registers' files, then publish and load each as its department's publisher would."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import acts
from catalog.actions import check_load, load_file, publish_revision, publish_version
from catalog.lifecycle import LoadState
from catalog.models import Dataset, Department, Load
from exchange.accounts.acting import is_steward
from exchange.accounts.actions import appoint_steward
from exchange.accounts.models import Person
from exchange.demonstration.building import staff
from exchange.demonstration.building.roll import ADMINISTRATOR, APPROVER, PUBLISHER
from exchange.demonstration.generator import generate
from exchange.demonstration.generator.before import POPULATION, before_path, write_before
from exchange.jurisdictions import load_registers
from exchange.starting.telling import ChangingLine, step

_COMPLETE = "complete.json"


class RegisterRefused(Exception):
    """A generated file did not pass the gate: a fault of the program, with the gate's report."""


def city_folder() -> Path:
    """Where the registers' files stand, as departments would send them."""
    return Path(settings.HUB_HOME) / "city"


def publish_registers(households: int) -> None:
    """Generate what is missing, then publish every register that is not."""
    _generate(households)
    for code, register in load_registers().items():
        with step(f"  {code} {register['title']['en']}", "published"):
            publish_register(code, register)


def publish_register(code: str, register: dict[str, Any]) -> None:
    """Publish one register's description, load its file, make that its revision, and give it a steward."""
    publisher = staff.of(register["provider"], PUBLISHER)
    if code not in acts.standing().versions:
        publish_version(Department.objects.get(code=register["provider"]), document=register, acting_user=publisher)
    dataset = Dataset.objects.get(code=code)
    if code not in acts.standing().revisions:
        publish_revision(_load(dataset, publisher, _first_file(code)), acting_user=publisher)
    steward = staff.of(register["provider"], APPROVER)
    if not is_steward(steward, dataset):
        appoint_steward(dataset, person=steward, acting_user=staff.of(register["provider"], ADMINISTRATOR))


def publish_news() -> None:
    """The population register of today, where that of some weeks ago is still in force."""
    dataset = Dataset.objects.get(code=POPULATION)
    if dataset.revisions.count() == 1:
        publisher = staff.of(dataset.provider_id, PUBLISHER)
        publish_revision(_load(dataset, publisher, _file(POPULATION)), acting_user=publisher)


def _file(code: str) -> Path:
    return city_folder() / f"{code}.csv"


def _first_file(code: str) -> Path:
    """What is published first: of the population register the one of some weeks ago."""
    return before_path(city_folder()) if code == POPULATION else _file(code)


def _load(dataset: Dataset, publisher: Person, path: Path) -> Load:
    """A load of the file that passed the gate; one that a broken-off run left is taken up again."""
    line = ChangingLine(f"  {dataset.code}")
    left = dataset.loads.filter(state__in=[LoadState.RECEIVED, LoadState.CHECKING, LoadState.READY]).first()
    if left is not None:
        load = check_load(left, on_progress=lambda percent: line.show(f"{percent} % checked"))
    else:
        load = load_file(
            dataset, path=path, filename=path.name, acting_user=publisher, on_progress=lambda percent: line.show(f"{percent} % checked")
        )
    line.end()
    if load.state != LoadState.READY:
        raise RegisterRefused(f"{dataset.code}: the generated file was refused: {json.dumps(load.report, ensure_ascii=False)[:2000]}")
    return load


def _generate(households: int) -> None:
    """Write all files, once; the last of them says that the others are complete."""
    complete = city_folder() / _COMPLETE
    if complete.exists():
        return
    line = ChangingLine("  Registers")
    with step("  Registers", f"{households} households written"):
        today = timezone.localdate()
        city = generate(city_folder(), households, on_progress=lambda done, of: line.show(f"{done} of {of} households"), today=today)
        line.end()
        write_before(city_folder(), load_registers(), today)
    about = {"households": city.households, "residents": city.residents, "today": today.isoformat()}
    part = complete.with_suffix(".part")
    part.write_text(json.dumps(about), "utf-8")
    part.replace(complete)
