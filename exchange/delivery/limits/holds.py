"""Who is held: read from the database at most once a second by each process, so that a hold bites on every host within one.

What a process has seen held stays held until a row says that it was lifted: a row that was only deleted opens nothing.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from exchange.delivery.models import Hold

SEEN_FOR_S = 1.0


@dataclass
class Held:
    """The holds that this process knows, by their key: (department, system), system empty for the whole department."""

    known: dict[UUID, tuple[str, str]] = field(default_factory=dict)
    read_at: float = float("-inf")
    lock: threading.Lock = field(default_factory=threading.Lock)

    def forget(self) -> None:
        """Begin anew, as a restarted process does."""
        self.known, self.read_at = {}, float("-inf")

    def refresh(self) -> None:
        """Read again, unless that was done within the last second."""
        with self.lock:
            if time.monotonic() - self.read_at < SEEN_FOR_S:
                return
            rows = Hold.objects.filter(lifted_at__isnull=True).values_list("pk", "department", "system")
            now = {pk: (department, system) for pk, department, system in rows}
            if gone := self.known.keys() - now.keys():
                lifted = set(Hold.objects.filter(pk__in=gone, lifted_at__isnull=False).values_list("pk", flat=True))
                now |= {pk: self.known[pk] for pk in gone - lifted}
            self.known, self.read_at = now, time.monotonic()


HELD = Held()


def is_held(system: str, department: str, held: Held = HELD) -> bool:
    """Whether a system's calls are refused now. A hold on a whole department spares the hub's own system for its citizens' cases."""
    held.refresh()
    if not held.known:
        return False
    whole = (department, "") in held.known.values() and not is_inside(system, department)
    return whole or (department, system) in held.known.values()


def is_inside(system: str, department: str) -> bool:
    """Whether it is the system of a department's own cases, which asks for citizens and inside the hub (protocol, section 2)."""
    return system == f"{department}-affairs"


def place(*, department: str, system: str, alarm: str, now: datetime) -> None:
    """Hold a system or a department, in the caller's transaction; one that is held stays so."""
    Hold.objects.bulk_create([Hold(department=department, system=system, alarm=alarm, since=now)], ignore_conflicts=True)
    HELD.read_at = float("-inf")


def lift(alarm: str, *, now: datetime) -> int:
    """End the holds of an alarm, in the caller's transaction; how many there were."""
    HELD.read_at = float("-inf")
    return Hold.objects.filter(alarm=alarm, lifted_at__isnull=True).update(lifted_at=now)
