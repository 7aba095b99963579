"""`manage.py errands`: ask remote stores on a host of its own (ERRANDS_IN_WEB=false on the web hosts)."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from exchange.delivery.errands.asker import ASKER
from exchange.parentwatch import end_with_parent


class Command(BaseCommand):
    help = "Ask remote stores (http, sql) until it is ended."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """Ask until the process is ended; whatever it leased is then taken by another."""
        end_with_parent()
        ASKER.run()
