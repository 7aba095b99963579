"""`manage.py sequence`: the process that gives entries their places, signs checkpoints and keeps the indexes."""

from __future__ import annotations

import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand

from audit import sequencer
from audit.durability import ensure_durable


class Command(BaseCommand):
    """Runs until SIGTERM or SIGINT, or until the process that started it is gone."""

    help = "Sequence the log, sign checkpoints and keep the indexes, until stopped."

    def handle(self, *_args: Any, **_options: Any) -> None:
        """Serve; a round that has begun is finished first."""
        _end_with_parent()
        ensure_durable()
        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        self.stdout.write("The sequencer is ready.")
        sequencer.run(stop)


def _end_with_parent() -> None:
    """The audit room knows nobody above it; where the hub is started by a supervisor, end with it."""
    try:
        from exchange.parentwatch import end_with_parent
    except ImportError:
        return
    end_with_parent()
