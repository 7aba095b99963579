"""Build the whole city: household after household, each written to every register that it appears in, then forgotten."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from random import Random

from exchange.demonstration.generator.business_rows import BusinessRows
from exchange.demonstration.generator.citizen_rows import disability_rows, low_income_rows, population_rows
from exchange.demonstration.generator.files import ENCODINGS, GeneratedFile, RegisterFile
from exchange.demonstration.generator.households import Households
from exchange.demonstration.generator.identifiers import IdentityNumbers
from exchange.demonstration.generator.life_rows import SealedRows, death_rows
from exchange.demonstration.generator.named import NamedResidents, named_residents
from exchange.demonstration.generator.names import Names
from exchange.demonstration.generator.people import REFERENCE_DATE
from exchange.demonstration.generator.places import Places
from exchange.demonstration.generator.social_security_rows import SocialSecurityRows
from exchange.demonstration.generator.vehicle_rows import VehicleRows
from exchange.jurisdictions import divisions_path, load_registers, load_residents

MAXIMUM_HOUSEHOLDS = 1_000_000
"""About 2.5 million residents: beyond, one-line number plates run out."""

_REAL_FILES = {"R21": "divisions_chengdu.csv", "R23": "divisions_streets_national.csv"}
_STEPS = 100  # how often progress is reported

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class GeneratedCity:
    """What was built: the files by dataset code, and how many households and residents stand in them."""

    home: Path
    seed: int
    today: date
    households: int
    residents: int
    files: dict[str, GeneratedFile]


def generate(
    home: Path,
    households: int,
    seed: int = 5101,
    on_progress: Progress | None = None,
    *,
    today: date = REFERENCE_DATE,
) -> GeneratedCity:
    """Write the city's registers into ``home`` as ``R01.csv``, ``R13.csv`` … and return what was written.

    ``households`` includes those of the named residents, who are in every city. ``seed`` alone decides who lives here;
    ``today`` moves only what is due (licences, certificates, recognitions), so that stories work on any day.
    ``on_progress(done, households)`` is called about a hundred times. The memory needed does not grow with the city.
    Raises ValueError when ``households`` is too few for the named residents or beyond MAXIMUM_HOUSEHOLDS.
    """
    named = named_residents(load_residents())
    if not named.households <= households <= MAXIMUM_HOUSEHOLDS:
        raise ValueError(f"the number of households must lie between {named.households} and {MAXIMUM_HOUSEHOLDS}, not {households}")
    home.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack:
        registers = load_registers()
        files = {code: stack.enter_context(RegisterFile(home, registers[code])) for code in ENCODINGS}
        residents = _write(files, named, households, seed, today, on_progress or _silent)
    written = {code: file.finished() for code, file in files.items()}
    return GeneratedCity(home, seed, today, households, residents, written | _copy_real_files(home))


def _write(files: dict[str, RegisterFile], named: NamedResidents, households: int, seed: int, today: date, on_progress: Progress) -> int:
    """Write everybody; return how many residents there are."""
    chance, places, names = Random(seed), Places(), Names()
    drawn = Households(chance, places, IdentityNumbers(places.all_identity_codes(), named.identities), names)
    business = BusinessRows(chance, places, names)
    vehicles = VehicleRows(chance, today, named.plates)
    later = Random(f"{seed} later registers")  # draws of its own: the people stay who they were before these registers existed
    social, sealed = SocialSecurityRows(later), SealedRows(later)
    for code, file in files.items():
        file.write(named.rows(code, places, today))
    residents, step = named.people, max(1, households // _STEPS)
    for done in range(named.households, households):
        household = drawn.draw()
        files["R01"].write(population_rows(household, chance))
        files["R13"].write(low_income_rows(household, chance, today))
        files["R14"].write(disability_rows(household, chance, today))
        entities = list(business.of(household))
        files["R15"].write(entities)
        files["R16"].write(vehicles.of(household))
        social.meet(entities)
        files["R05"].write(death_rows(household, later, today))
        files["R09"].write(social.insurance(household))
        files["R10"].write(social.medical_insurance(household))
        files["R20"].write(sealed.of(household))
        files["R22"].write(social.accounts(household))
        files["R24"].write(social.phones(household))
        residents += len(household.people)
        if done % step == 0:
            on_progress(done, households)
    on_progress(households, households)
    return residents


def _copy_real_files(home: Path) -> dict[str, GeneratedFile]:
    """Put the two real division files beside the generated ones, byte for byte."""
    copied = {}
    for code, name in _REAL_FILES.items():
        path = home / f"{code}.csv"
        shutil.copyfile(divisions_path(name), path)
        with path.open("rb") as file:
            copied[code] = GeneratedFile(code, path, sum(1 for _ in file) - 1, "utf-8")
    return copied


def _silent(done: int, households: int) -> None:
    """Report no progress."""
