"""`recount_figures`: count every decided case again from cases and log; with `--check` only compare, and exit 1 where they differ."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.oversight.figures.comparing import differences
from exchange.oversight.figures.counting import recount_all


class Command(BaseCommand):
    """Rebuild the table of the figures, or compare it."""

    help = "Count proofs spared, days and decisions again from cases and log."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take `--check`."""
        parser.add_argument("--check", action="store_true", help="compare and change nothing")

    def handle(self, *_arguments: Any, **options: Any) -> None:
        """Say how many cases are counted, or how many rows differ."""
        if not options["check"]:
            self.stdout.write(f"counted: {recount_all()} decided cases")
            return
        found = differences()
        if found:
            raise CommandError(f"{found} rows of the figures differ from a recount. Run: manage.py recount_figures")
        self.stdout.write("the figures are those of a recount")
