"""`recount_clocks`: whether the log bears out every step from which the public figures about clocks are counted."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.sharing.clocks.recounting import differences


class Command(BaseCommand):
    """Compare rows and log; change nothing."""

    help = "Check that the log bears out the steps of requests, corrections and disputes. Exit 1 where it does not."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Say that they agree, or how often they do not."""
        found = differences()
        if found:
            raise CommandError(f"{found} steps differ between the rows and the log. Somebody has changed rows by hand.")
        self.stdout.write("the log bears out every step")
