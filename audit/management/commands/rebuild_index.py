"""`manage.py rebuild_index`: write the search indexes of the log again, from the log."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit import follower


class Command(BaseCommand):
    """Deletes and rebuilds `EntryIndex` and `SubjectTrace`."""

    help = "Rebuild the search indexes of the log from its entries."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Rebuild, and tell how many entries are indexed."""
        self.stdout.write(f"{follower.rebuild()} entries are indexed.")
