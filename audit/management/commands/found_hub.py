"""`manage.py found_hub`: keys and first acts of a new hub; safe to run at every start."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit import ceremony
from audit.ground import log_origin


class Command(BaseCommand):
    """Makes the hub's keys under KEYS_DIR and certifies them by the first acts."""

    help = "Make the hub's keys and first acts, unless they exist."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Found the hub and tell its log's origin."""
        ceremony.found_hub()
        self.stdout.write(f"The hub is founded. Its log is {log_origin()}.")
