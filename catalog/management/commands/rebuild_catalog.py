"""`manage.py rebuild_catalog`: makes the tables of the catalogue again from the signed acts."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit import acts
from catalog import projection
from catalog.models import Dataset


class Command(BaseCommand):
    """Rebuilds every projection; safe at any time."""

    help = "Make the catalogue's tables again from the signed acts."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Rebuild, and say what stands now."""
        standing = acts.standing()
        projection.rebuild(standing)
        self.stdout.write(f"{Dataset.objects.published().count()} datasets, as of act {standing.head.seq}.")
