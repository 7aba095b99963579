"""Leads cases with eight facts from the explicit request to the decision, inside one process of the hub, in turns with the rival.

Run by benchmarks/case.py in the home that it has prepared, by `manage.py shell`. Writes one JSON line.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from audit import acts
from benchmarks.exchange import people_of
from exchange import celery as _wake_ups  # noqa: F401 - messages go to our broker, as in the web process
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs import actions
from exchange.affairs.applicants import Applicant
from exchange.affairs.gathering import calling, gather_now
from exchange.affairs.gathering.authority import Lead, grounds_for
from exchange.affairs.gathering.calling import Letter, Question
from exchange.affairs.matters import load_matter_file, plan_of, publish_matter
from exchange.affairs.models import Channel, Evidence, Matter
from exchange.affairs.rules import Asking

FACTS = 8
AGAIN = 6  # how often one person may be asked about here, well within the agreements' limit for a fact
Measured = tuple[float, list[str]]


def main(citizens: int, seconds: float, rounds: int) -> None:
    """Warm up, then take turns; print what each took in milliseconds, and the leaves of every entry that must be in the log."""
    matter, people = eight_facts(), Turns(subjects())
    askings = askings_of(matter)
    sides: dict[str, Callable[[], Measured]] = {
        "case": lambda: one_case(matter, people.next()),
        "single": lambda: single_calls(askings, people.next()),
    }
    result: dict[str, Any] = {"rounds": [], "leaves": []}
    for number in range(rounds + 1):
        taken = {name: load(side, citizens, seconds if number else 1.0) for name, side in sides.items()}
        result["leaves"] += [leaf for measured in taken.values() for _, leaves in measured for leaf in leaves]
        if number:  # the first round only warms up
            result["rounds"].append({name: [took for took, _ in measured] for name, measured in taken.items()})
    print(json.dumps(result))


class Turns:
    """The people of the city in turn, for any number of threads; ends the run where the agreements' limits would."""

    def __init__(self, identifiers: list[str]) -> None:
        self.lock = threading.Lock()
        self.left: Iterator[str] = iter(identifiers * AGAIN)

    def next(self) -> str:
        """The next one."""
        with self.lock:
            return next(self.left)


def load(side: Callable[[], Measured], citizens: int, seconds: float) -> list[Measured]:
    """So many citizens at the same time, each beginning anew as soon as the last one ends."""
    measured: list[Measured] = []
    end = time.monotonic() + seconds

    def citizen() -> None:
        try:
            while time.monotonic() < end:
                measured.append(side())
        finally:
            connection.close()

    threads = [threading.Thread(target=citizen) for _ in range(citizens)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return measured


def one_case(matter: Matter, identifier: str) -> Measured:
    """Request, answers, preview, hand in, decided; the leaves are those of the answers and of the decision."""
    applicant = Applicant(Subject("person", identifier), Assurance.SUBSTANTIAL, Channel.API)
    case = actions.start_case(matter, applicant=applicant, language="en")
    began = time.perf_counter()
    actions.ask_offices(case, applicant=applicant)
    if not gather_now(case):
        raise SystemExit("a case was not gathered")
    case.refresh_from_db()
    rows = list(Evidence.objects.filter(evidence_set=case.evidence_set_id))
    answers = {row.requirement: "ACCEPTED" for row in rows}
    actions.answer_preview(case, answers=answers, words={}, applicant=applicant)
    case = actions.submit(case, applicant=applicant)
    took = (time.perf_counter() - began) * 1000
    states = {str(row.state) for row in rows}
    if case.state != "DECIDED" or states != {"FETCHED"} or len(rows) != FACTS:
        raise SystemExit(f"a case ended in {case.state} with {states}; only decided cases with eight answers may be counted")
    leaves = {bytes(row.leaf or b"").hex() for row in rows} | {bytes(decision.leaf).hex() for decision in case.decisions.all()}
    return took, sorted(leaves)


def single_calls(askings: list[Asking], identifier: str) -> Measured:
    """The rival: the same eight questions as eight signed calls, one after another, and nothing else."""
    began, leaves = time.perf_counter(), []
    lead, standing = Lead("CAB"), acts.standing()
    for place, asking in enumerate(askings):
        grounds = grounds_for(asking, lead, standing, today="2026-11-21")
        letter = Letter()
        letter.add(Question(place, asking, ("person", identifier), grounds))
        (reply,) = calling.send([letter], lead=lead, case="B-1")
        if reply.status != 200:
            raise SystemExit(f"a call was answered {reply.code}")
        leaves.append(reply.body["receipt"]["leaf"].removeprefix("sha256:"))
    return (time.perf_counter() - began) * 1000, leaves


def eight_facts() -> Matter:
    """A matter with eight facts of three registers, decided at once; made of the demonstration's own two matters."""
    folder = Path(settings.JURISDICTION_DIR) / "matters"
    first, second = (dict(load_matter_file(folder / f"{code}.yaml")) for code in ("M04", "M13"))
    needs = [*first["requirements"], *second["requirements"]]
    facts = {need["code"]: need for need in needs if need["kind"] == "fact"}
    conditions = {**second["conditions"], **first["conditions"]}
    kept = {name: condition for name, condition in conditions.items() if condition["requirement"] in facts}
    benefit = {**first["benefits"][0], "rule": {"at_least": {"n": 1, "of": sorted(kept)}}, "grant": {"kind": "licence"}}
    document = {
        **{name: value for name, value in first.items() if name != "payment"},
        "code": "B08",
        "slug": "eight-facts",
        "former_materials": first["former_materials"][:1],
        "requirements": list(facts.values()),
        "conditions": kept,
        "benefits": [benefit],
    }
    if len(facts) != FACTS:
        raise SystemExit(f"the two matters ask {len(facts)} facts, not {FACTS}")
    return publish_matter(document, acting_system="benchmark").matter


def askings_of(matter: Matter) -> list[Asking]:
    """The eight questions as the case asks them."""
    version = matter.current
    return plan_of(version).ready({}) if version else []


def subjects() -> list[str]:
    """Everybody in the population register of the generated city, in an order of the benchmark's own."""
    people = people_of(Path(settings.HUB_HOME), "R01")
    random.Random(7).shuffle(people)
    return people
