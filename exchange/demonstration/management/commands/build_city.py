"""`manage.py build_city`: the demonstration city, in a hub whose databases are migrated."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.demonstration.building import build


class Command(BaseCommand):
    """Builds what is missing; a city that stands is left alone."""

    help = "Build the demonstration city through the departments' own actions, and write demo.json. Safe to run again."
    requires_system_checks = ()  # a start that finds the city waits for nothing; `manage.py check` is run elsewhere

    def add_arguments(self, parser: CommandParser) -> None:
        """`--households` is the size of a new city, `--base-url` where its pages will be."""
        parser.add_argument("--households", type=int, default=2000, metavar="N")
        parser.add_argument("--base-url", default=settings.PUBLIC_URLS[0], metavar="URL")

    def handle(self, *_args: Any, households: int, base_url: str, **_options: Any) -> None:
        """Build, with a line per step. Refuses a hub that is no demonstration: demo.json holds passwords."""
        if not settings.DEMO:
            raise CommandError("The city is for demonstrations only: demo.json holds its passwords and names its keys. Set HUB_DEMO=1.")
        try:
            build(households=households, base_url=base_url.rstrip("/"))
        except ValueError as error:
            raise CommandError(str(error)) from error
