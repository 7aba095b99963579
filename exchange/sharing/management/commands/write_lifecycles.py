"""Writes docs/lifecycles.md from the lifecycle tables."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from exchange.sharing.lifecycle_page import as_markdown


class Command(BaseCommand):
    """Write the page of lifecycles."""

    help = "Write docs/lifecycles.md from the lifecycle tables."

    def handle(self, *args: Any, **options: Any) -> None:
        """Write the page and say where."""
        path = Path(settings.BASE_DIR) / "docs" / "lifecycles.md"
        path.parent.mkdir(exist_ok=True)
        path.write_text(as_markdown(), encoding="utf-8")
        self.stdout.write(f"Written: {path.name}")
