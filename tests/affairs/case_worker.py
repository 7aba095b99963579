"""A program of its own for the kill tests: builds a small city in HUB_HOME, leads cases from step to step, counts them.

`python -m tests.affairs.case_worker build|work|finish|report`. `work` never ends: it is killed.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

NAMES = ("granted", "care_only", "refused", "expired")
AT_ONCE = 6


def main(what: str) -> None:
    """Do one of the four things."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    import django

    django.setup()
    {"build": build, "work": work, "finish": finish, "report": report}[what]()


def build() -> None:
    """Empty databases, a founded hub, the city of tests/affairs/world.py."""
    from django.core.management import call_command

    from audit import ceremony
    from tests.affairs.world import build_affairs_world

    call_command("migrate", verbosity=0)
    call_command("migrate", database="keystore", verbosity=0)
    ceremony.found_hub()
    build_affairs_world()


def work() -> None:
    """Take each open case a step further, and begin new ones, until killed."""
    from audit import acts
    from audit.sequencer import sequence_once
    from exchange.affairs import actions  # noqa: F401 - read before the clock runs: the kill shall fall into work
    from exchange.affairs.gathering import gather_now  # noqa: F401
    from tests.affairs.world import accept_all  # noqa: F401

    forget_leases()
    acts.standing()
    print("ready", flush=True)  # noqa: T201 - the test waits for this line
    while True:
        if len(open_cases()) < AT_ONCE:
            begin_one()
        for number in open_cases():
            one_step(number)
        sequence_once()


def finish() -> None:
    """Bring every case that was begun to its decision."""
    from audit.sequencer import sequence_once

    forget_leases()
    while numbers := open_cases():
        for number in numbers:
            one_step(number)
        sequence_once()


def forget_leases() -> None:
    """As if the minute were over for which a killed worker held its lease."""
    from django.utils import timezone

    from catalog.models import Work

    Work.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())


def open_cases() -> list[str]:
    """Numbers of the undecided cases."""
    from exchange.affairs.models import Case

    return list(Case.objects.undecided().order_by("started_at").values_list("number", flat=True))


def begin_one() -> None:
    """A new case of one of four citizens."""
    from exchange.affairs import actions
    from exchange.affairs.models import Case, Matter

    name = NAMES[Case.objects.count() % len(NAMES)]
    actions.start_case(Matter.objects.get(code="M04"), applicant=applicant(name), language="en")


def one_step(number: str) -> None:
    """What the citizen, or a worker, does next in this case; another process may do the same at the same time."""
    from catalog.models import Work
    from exchange.affairs import actions
    from exchange.affairs.errors import CaseMoved
    from exchange.affairs.gathering import gather_now
    from exchange.affairs.models import Case
    from tests.affairs.world import accept_all

    case = Case.objects.select_related("person", "version__matter").get(number=number)
    mine = applicant(str(case.person.username).removeprefix("citizen-"))  # type: ignore[union-attr]
    try:
        if case.state == "STARTED":
            actions.ask_offices(case, applicant=mine)
        elif case.state == "GATHERING":
            Work.objects.filter(target=str(case.pk), state="WAITING").update(not_before=case.started_at)
            gather_now(case)
        elif case.state == "PREVIEW":
            accept_all(case, mine)
            actions.submit(case, applicant=mine)
    except CaseMoved:
        return  # the other process was first


def applicant(name: str) -> Any:
    """The bound citizen."""
    from exchange.accounts.models import Person
    from exchange.affairs.applicants import applicant_of

    return applicant_of(Person.objects.get(username=f"citizen-{name}"))


def report() -> None:
    """What stands at the end, as JSON on one line."""
    from django.core.management import call_command

    from catalog.models import Work
    from exchange.affairs.models import Case
    from tests.affairs.log_reading import routes

    decided = routes(type="case", event="decide")
    cases = [
        {
            "name": str(case.person.username).removeprefix("citizen-"),  # type: ignore[union-attr]
            "state": case.state,
            "outcome": case.outcome,
            "decisions": case.decisions.count(),
            "licences": case.licences.count(),
            "orders": case.payments.count(),
            "entries": sum(route["case"] == case.number for route in decided),
            "steps": [step.event for step in case.steps.all() if step.event in {"start", "ask_offices", "gathered", "submit", "decide"}],
            "unanswered": case.evidence_set.evidence.filter(found__isnull=True).count(),
            "work": Work.objects.filter(name="affairs.gather", target=str(case.pk)).exclude(state="DONE").count(),
        }
        for case in Case.objects.select_related("person").order_by("started_at")
    ]
    call_command("verify_log", verbosity=0)
    print(json.dumps({"cases": cases}), flush=True)  # noqa: T201 - the test reads this line


if __name__ == "__main__":
    main(sys.argv[1])
