"""A program of its own for the kill test of monthly runs: builds a small city in HUB_HOME, works on its run, counts.

`python -m tests.affairs.offers_worker build|work|report`. `work` does the run as a worker does, page by page; it is killed.
"""

from __future__ import annotations

import json
import os
import sys

OLD_PEOPLE = 240
PAGE = 5


def main(what: str) -> None:
    """Do one of the three things."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    import django

    django.setup()
    {"build": build, "work": work, "report": report}[what]()


def build() -> None:
    """Empty databases, a founded hub, the city of offers with many old people, the month's run begun."""
    from django.core.management import call_command

    from audit import ceremony
    from tests.affairs.offers_world import Resident, build_offers_world
    from tests.world_data import resident

    call_command("migrate", verbosity=0)
    call_command("migrate", database="keystore", verbosity=0)
    ceremony.found_hub()
    world = build_offers_world()
    world.change(**{f"many_{place}": Resident(resident(300 + place), f"19{30 + place % 16}-05-01") for place in range(OLD_PEOPLE)})
    world.start()


def work() -> None:
    """Lease the run's work and do it, in small pages."""
    from django.utils import timezone

    from audit import acts
    from audit.sequencer import sequence_once
    from catalog import work as leased
    from catalog.models import Work
    from exchange.affairs.offers import asking
    from exchange.affairs.offers.running import WORK, run_month

    asking.AT_ONCE = PAGE
    # as if the minute were over for which a killed worker held its lease
    Work.objects.filter(leased_until__isnull=False).update(leased_until=timezone.now())
    row = Work.objects.filter(name=WORK).exclude(state="DONE").first()
    acts.standing()
    print("ready", flush=True)  # noqa: T201 - the test waits for this line
    held = leased.lease(row.pk) if row else None
    if held is None:
        return

    def renew(progress: int) -> None:
        leased.renew(held, progress)
        sequence_once()

    run_month(held.target, renew)
    leased.finish(held)


def report() -> None:
    """What came of it, as one JSON line."""
    from audit.models import Entry, Pending
    from exchange.affairs.models import Offer, OfferRun

    run, offers = OfferRun.objects.get(), Offer.objects.all()
    leaves = {bytes(leaf) for leaf in offers.values_list("leaf", flat=True)}
    logged = Entry.objects.filter(leaf__in=leaves).count() + Pending.objects.filter(leaf__in=leaves).count()
    counted = {name: getattr(run, name) for name in ("state", "listed", "seen", "offered")}
    people = len({bytes(blind) for blind in offers.values_list("subject_blind", flat=True)})
    print(json.dumps({**counted, "offers": offers.count(), "people": people, "logged": logged}))  # noqa: T201 - the test reads it


if __name__ == "__main__":
    main(sys.argv[1])
