"""`manage.py replay_copy`: bring the acts of the second copy back into a database that was cut, edited or restored."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from audit.replay import replay_copy


class Command(BaseCommand):
    """Every act of the copy is verified from the root before anything is written."""

    help = "Replay the acts of the second copy into the database. Run it when the hub says POLICY_ROLLBACK after a restore."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Replay, and tell how many acts were put back."""
        self.stdout.write(f"{replay_copy()} acts were put back from the second copy.")
