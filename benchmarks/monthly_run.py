"""The steps of benchmarks/monthly.py, each run in a process of its own by `manage.py shell`; each writes one JSON line."""

from __future__ import annotations

import csv
import json
import random
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection, models, transaction
from django.utils import timezone

from audit import trail
from catalog.actions import load_file, publish_revision
from catalog.clocks import full_years
from catalog.models import Dataset
from exchange import celery as _wake_ups  # noqa: F401 - messages go to our broker, as in the worker
from exchange.accounts.subject import Subject
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.models import Matter, Offer, OfferBatch, OfferRun
from exchange.affairs.offers import making
from exchange.affairs.offers.asking import Reference, ask_about
from exchange.affairs.offers.checks import is_met
from exchange.affairs.offers.recorded import offers_built
from exchange.affairs.offers.running import run_month
from exchange.affairs.offers.schedule import start_run
from exchange.affairs.rules import read_matter
from exchange.demonstration.building import staff
from exchange.demonstration.building.agreeing import lead
from exchange.demonstration.building.plans import IN_FORCE, WIDE
from exchange.demonstration.building.roll import PUBLISHER
from exchange.demonstration.generator.identifiers import IdentityNumbers
from exchange.jurisdictions import load_registers

MATTER, REGISTER = "M13", "R01"
PLANS = ("old_age_list", "old_age_cases")
MONTH, RIVALS_MONTH = "2025-02", "2025-01"  # before anybody of the demonstration received anything
AGE = 80
COUNTY = "510121"  # Jintang, whose code never changed: numbers of every year of birth are well formed


class Resident(models.Model):
    """The rival's table: a register as one would keep it in a database of one's own."""

    person = models.CharField(max_length=18, primary_key=True)
    birth_date = models.DateField()
    registration = models.CharField(max_length=16)
    alive = models.BooleanField()

    objects: models.Manager[Resident] = models.Manager()

    class Meta:
        app_label = "affairs"
        db_table = "benchmark_resident"

    def __str__(self) -> str:
        return "a resident"


def fill(residents: int, old: float) -> None:
    """Write the population register and load it as its department does; agree on a list and batches as wide as the city."""
    path = Path(settings.HUB_HOME) / "residents.csv"
    _write(path, residents, old)
    dataset, publisher = Dataset.objects.get(code=REGISTER), staff.of("PSB", PUBLISHER)
    began = time.perf_counter()
    load = load_file(dataset, path=path, filename=path.name, acting_user=publisher)
    if load.state != "READY":
        raise SystemExit(f"the register was refused: {json.dumps(load.report, ensure_ascii=False)[:1000]}")
    publish_revision(load, acting_user=publisher)
    took = time.perf_counter() - began
    for plan in IN_FORCE:
        if plan.name in PLANS:
            lead(replace(plan, name=f"{plan.name}_wide", reason=f"A whole city in a minute, for the benchmark: {plan.name}.", limits=WIDE))
    print(json.dumps({"seconds": took}))


def rival(sample: int) -> None:
    """Row by row, one call and one transaction for each who is old enough; leaves no offer behind."""
    with connection.schema_editor() as editor:
        editor.create_model(Resident)
    rows = list(_residents(sample))
    Resident.objects.bulk_create(rows, batch_size=5000)
    matter = Matter.objects.get(code=MATTER)
    assert matter.current is not None
    run = OfferRun.objects.create(matter=matter, version=matter.current, month=RIVALS_MONTH)
    began, offered = time.perf_counter(), 0
    for resident in _one_by_one():
        if _may_have_it(resident):
            _offer_to(run, Subject("person", resident.person))
            offered += 1
    took = time.perf_counter() - began
    Offer.objects.filter(run=run).delete()
    print(json.dumps({"seconds": took, "considered": len(rows), "offered": offered}))


def month() -> None:
    """The month's run, as a worker does it."""
    matter = Matter.objects.get(code=MATTER)
    run = start_run(matter, month=MONTH, acting_system="benchmark")
    before, began = _memory("VmRSS"), time.perf_counter()
    run_month(str(run.pk), lambda _progress: None)
    took, peak = time.perf_counter() - began, _memory("VmHWM")
    run.refresh_from_db()
    batches = OfferBatch.objects.filter(run=run)
    leaves = [bytes(leaf).hex() for rows in (batches, Offer.objects.filter(run=run)) for leaf in rows.values_list("leaf", flat=True)]
    counted = {
        "state": run.state,
        "reason": run.reason,
        "listed": run.listed,
        "offered": run.offered,
        "batches": batches.count(),
        "leaves": leaves,
    }
    print(json.dumps({"seconds": took, "before_mib": before, "peak_mib": peak, **counted}))


def _write(path: Path, residents: int, old: float) -> None:
    """A register of invented people, each with a well-formed number; a part of them old, and a few of those dead or gone."""
    register = load_registers()[REGISTER]
    headings = [register["column_mapping"][item["name"]] for item in register["items"]]
    chance, today, numbers = random.Random(13), timezone.localdate(), IdentityNumbers([COUNTY], ())
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        for place in range(residents):
            born = today - timedelta(days=_age_in_days(chance, is_old=chance.random() < old))
            sex = ("female", "male")[place % 2]
            status, alive = ("cancelled", "false") if chance.random() < 0.01 else ("registered", "true")
            household = 5101210100000000 + place * 10 // 26
            person = numbers.give(COUNTY, born, sex)
            writer.writerow([person, "某某", "", sex, born, household, "", "510121100001", status, alive])


def _age_in_days(chance: random.Random, *, is_old: bool) -> int:
    years = chance.uniform(AGE, 100) if is_old else chance.uniform(0, AGE - 0.01)
    return int(years * 365.25)


def _residents(sample: int) -> Iterator[Resident]:
    """The first of the register's file, as rows of the rival's table."""
    with (Path(settings.HUB_HOME) / "residents.csv").open(encoding="utf-8", newline="") as file:
        reader = csv.reader(file)
        next(reader)
        for _place, row in zip(range(sample), reader, strict=False):
            yield Resident(person=row[0], birth_date=date.fromisoformat(row[4]), registration=row[8], alive=row[9] == "true")


def _one_by_one() -> Iterator[Resident]:
    """Every row of the table as an object. Read in pages, so that SQLite has no open cursor while an offer is written."""
    last = ""
    while rows := list(Resident.objects.filter(pk__gt=last).order_by("pk")[:2000]):
        yield from rows
        last = rows[-1].pk


def _may_have_it(resident: Resident) -> bool:
    return resident.registration == "registered" and full_years(resident.birth_date, timezone.localdate()) >= AGE


def _offer_to(run: OfferRun, subject: Subject) -> None:
    """One person: is anything there already, one call, one offer, one entry, one commit."""
    plan = read_matter(run.version.content)
    reference = Reference(Lead(plan.lead), f"{MATTER}-{RIVALS_MONTH}")
    if making.provided_for(run.matter, [subject.blind]):
        return
    (told,) = ask_about(plan, [subject], reference)
    if not is_met(plan, told):
        return
    _save(run, plan, subject, told, reference)


def _save(run: OfferRun, plan: Any, subject: Subject, told: Any, reference: Reference) -> None:
    keys = trail.subject_keys([subject.who])
    built: Sequence[trail.Built] = offers_built(run.version, reference.name, [subject], making.MADE, keys)
    due = making.objection_due(plan)
    sealed, blind = subject.sealed()
    offer = Offer(matter=run.matter, version=run.version, run=run, subject_kind=subject.kind, subject_sealed=sealed, subject_blind=blind)
    offer.found = making.sealed_told(offer, subject, told)
    offer.made_at, offer.until_on, offer.leaf = timezone.now(), due.on, built[0].leaf
    with transaction.atomic():
        offer.save()
        trail.insert(built)


def _memory(name: str) -> float:
    """A line of this process's status, in MiB."""
    text = Path("/proc/self/status").read_text("utf-8")
    return int(re.findall(rf"{name}:\s+(\d+) kB", text)[0]) / 1024
