"""Bring what was recorded into the log, as the sequencer of a running hub does."""

from __future__ import annotations

from audit import trail
from audit.follower import follow_once
from audit.sequencer import sequence_once


def sequence_all() -> None:
    """Sequence and index until nothing waits."""
    while trail.backlog().count:
        sequence_once()
    while follow_once():
        continue
