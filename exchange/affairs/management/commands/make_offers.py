"""`make_offers M13 [--month 2026-11]`: the month's run of a matter without application, here and now, with its progress."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.errors import HubError
from catalog import work
from catalog.models import Work
from exchange import celery as _wake_ups  # noqa: F401 - messages go to our broker, as in the worker


class Command(BaseCommand):
    """Begins the run, or goes on with one that was killed, paused or stopped."""

    help = "Make this month's offers of a matter without application (safe to repeat)."

    def add_arguments(self, parser: CommandParser) -> None:
        """The matter's code, and the month."""
        parser.add_argument("matter", help="code of the matter, M13 for instance")
        parser.add_argument("--month", default="", help="a month that has begun, like 2026-11; by default this one")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run it and say what came of it."""
        from exchange.affairs.models import Matter, OfferRun
        from exchange.affairs.offers import schedule
        from exchange.affairs.offers.lifecycle import RunState

        matter = Matter.objects.select_related("current", "lead").filter(code=options["matter"]).first()
        if matter is None:
            raise CommandError(f"There is no matter {options['matter']}. Load it first: manage.py load_matters")
        try:
            run = schedule.start_run(matter, month=options["month"] or schedule.this_month(), acting_system="make_offers")
            if run.state != RunState.DONE:
                self._work(schedule.resume_run(run, acting_system="make_offers"))
        except HubError as error:
            raise CommandError(str(error)) from error
        run = OfferRun.objects.get(pk=run.pk)
        counts = ", ".join(f"{name} {getattr(run, name)}" for name in ("listed", "asked", "offered", "skipped", "continued", "stopped"))
        self.stdout.write(f"\r{matter.code} {run.month}: {run.state}{f' ({run.reason})' if run.reason else ''}: {counts}")
        if run.state != RunState.DONE:
            raise CommandError(f"The run is not done. Mend the cause, then: manage.py make_offers {matter.code} --month {run.month}")

    def _work(self, run: Any) -> None:
        """Lease the run's work as a worker does, and show how far it is."""
        from exchange.affairs.offers.running import WORK, run_month

        rows = Work.objects.filter(name=WORK, target=str(run.pk)).exclude(state__in=("DONE", "FAILED")).order_by("pk")
        held = next((taken for row in rows if (taken := work.lease(row.pk)) is not None), None)
        if held is None:
            raise CommandError("A worker has this run just now: look at its page, or wait.")

        def renew(progress: int) -> None:
            work.renew(held, progress)
            self.stdout.write(f"\r{run.matter_id} {run.month}: {progress} %", ending="")
            self.stdout.flush()

        run_month(str(run.pk), renew)
        work.finish(held)
