"""Counts in memory of how many subjects there was no record, written every few seconds with a batch that is written anyway.

The log says it of each person under that person's own key alone, so whoever looks for guessing needs the bare count.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from exchange.delivery.calls import Work

EVERY_MS = 5_000
_Key = tuple[str, str, int]


@dataclass
class Counts:
    """(system, department, minute) → [asked, unfound], since the last writing; `taken` is on its way into the database."""

    waiting: dict[_Key, list[int]] = field(default_factory=dict)
    taken: dict[_Key, list[int]] = field(default_factory=dict)
    written_ms: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)


COUNTS = Counts()


def note(works: Iterable[Work], at_ms: int, counts: Counts = COUNTS) -> None:
    """After the commit: count what was answered. The batch before this one is in the database then."""
    counts.taken = {}
    for work in works:
        if work.refusal is not None or work.replayed or not work.subjects:
            continue
        caller = work.call.caller
        pair = counts.waiting.setdefault((caller.system, caller.department, at_ms // 60_000), [0, 0])
        pair[0] += len(work.subjects)
        pair[1] += sum(1 for person in work.persons if person.role == "subject" and person.state == "NO_RECORD")


def write_due(cursor: Any, at_ms: int, counts: Counts = COUNTS) -> None:
    """In the batch's transaction, at most every five seconds: one statement for all systems."""
    if at_ms - counts.written_ms < EVERY_MS or not counts.waiting:
        return
    counts.taken, counts.waiting, counts.written_ms = counts.waiting, {}, at_ms
    places = ", ".join(["(%s, %s, %s, %s, %s)"] * len(counts.taken))
    cursor.execute(
        f"INSERT INTO delivery_unfound (system, department, minute, asked, unfound) VALUES {places} "  # noqa: S608 - placeholders
        "ON CONFLICT (system, minute) DO UPDATE SET asked = delivery_unfound.asked + excluded.asked, "
        "unfound = delivery_unfound.unfound + excluded.unfound",
        [value for key, pair in sorted(counts.taken.items()) for value in (*key, *pair)],
    )


def put_back(counts: Counts = COUNTS) -> None:
    """The transaction failed: what was on its way waits again."""
    for key, pair in counts.taken.items():
        waiting = counts.waiting.setdefault(key, [0, 0])
        waiting[0], waiting[1] = waiting[0] + pair[0], waiting[1] + pair[1]
    counts.taken, counts.written_ms = {}, 0
