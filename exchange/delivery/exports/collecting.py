"""The bytes of an export on their way out: pieces of at most 64 KiB, each decided by the acts as they stand then."""

from __future__ import annotations

import re
import threading
from collections import Counter
from dataclasses import dataclass, field
from datetime import timedelta
from typing import BinaryIO

from django.db import connection
from django.db.models import F
from django.db.models.functions import Greatest

from audit import trail
from catalog import work as leased
from exchange.delivery.deliver import current_policies
from exchange.delivery.exports import moves
from exchange.delivery.exports.allowed import refusal_of
from exchange.delivery.exports.lifecycle import WITH_FILE, DeliveryEvent, DeliveryState
from exchange.delivery.exports.opening import END
from exchange.delivery.models import Delivery
from exchange.sharing.grounds_of_refusal import Refusal
from exchange.sharing.policy import Policies

STEP = 65_536
MOST_STREAMS = 4
KEPT_AFTER = timedelta(minutes=10)  # so that a last piece lost on the way can be asked for again
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})")


class RangeOutside(Exception):
    """The range begins after the end of the rows (416)."""


class StreamStopped(Exception):
    """No further byte may leave; it is in the log, and the connection is closed short."""

    def __init__(self, ground: Refusal) -> None:
        super().__init__(ground.code)
        self.ground = ground


def read_range(header: str, size: int) -> tuple[int, int] | None:
    """(first byte, one past the last) of `bytes=a-b`, `bytes=a-` or `bytes=-n`; None: the whole (RFC 9110, section 14.2).

    What is no single range of bytes is as if it were not there. Raises RangeOutside.
    """
    match = _RANGE.fullmatch(header.strip().replace(" ", ""))
    if match is None or match[0] == "bytes=-":
        return None
    first, last = match[1], match[2]
    if not first:
        start, end = max(size - int(last), 0), size
        if not int(last):
            raise RangeOutside
    else:
        start, end = int(first), min(int(last) + 1, size) if last else size
        if last and int(last) < int(first):
            return None
    if start >= size:
        raise RangeOutside
    return start, end


@dataclass
class _Streams:
    """Running streams by agreement, in this process."""

    counts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def enter(self, agreement: str) -> bool:
        """Whether there was room for one more."""
        with self.lock:
            if self.counts[agreement] >= MOST_STREAMS:
                return False
            self.counts[agreement] += 1
            return True

    def leave(self, agreement: str) -> None:
        """One stream less."""
        with self.lock:
            self.counts[agreement] -= 1
            self.counts += Counter()


STREAMS = _Streams()


@dataclass
class Stream:
    """One answer to `GET …/data`. `step` gives the next bytes; close it whatever happens."""

    found: Delivery
    keyid: str
    start: int
    end: int
    file: BinaryIO
    policies: Policies
    place: int = 0

    def step(self) -> bytes:
        """Up to 64 KiB; empty at the end. Raises StreamStopped, PolicyRollback or OSError: then nothing more may follow."""
        ground = self._refusal()
        if ground is not None:
            moves.end(self.found, DeliveryEvent.STOP, reason=ground.code, sent=max(self.found.sent, self.place))
            raise StreamStopped(ground)
        piece = self.file.read(min(STEP, self.end - self.place))
        self.place += len(piece)
        return piece

    def _refusal(self) -> Refusal | None:
        """The version of the policies and the export's own state by one SELECT; decided anew by the clock each time."""
        seq, digest, state = _now(self.found.pk)
        if (seq, digest) != tuple(self.policies.head):
            self.policies = current_policies()
        if state not in WITH_FILE:
            raise EndedElsewhere
        return refusal_of(self.found, self.policies, keyid=self.keyid, at_ms=trail.now_ms())

    def close(self) -> None:
        """Write down how far it came; after the last byte the export is collected, and its rows go after some minutes."""
        self.file.close()
        STREAMS.leave(self.found.agreement)
        Delivery.objects.filter(pk=self.found.pk).update(sent=Greatest(F("sent"), self.place))
        self.found.refresh_from_db()
        if self.place == self.found.size and self.found.state == DeliveryState.COLLECTING:
            complete(self.found)


class EndedElsewhere(Exception):
    """Somebody cancelled the export, or its day is over: that is in the log already."""


def complete(found: Delivery) -> None:
    """The last byte has left: an entry, and work that removes the rows."""
    from django.db import transaction

    with transaction.atomic():
        if moves.move(found, DeliveryEvent.COMPLETE):
            trail.record(moves.route_of(found, DeliveryEvent.COMPLETE, {}))
            leased.enqueue(END, found.number, not_before=KEPT_AFTER)


def open_stream(found: Delivery, *, keyid: str, span: tuple[int, int] | None) -> Stream:
    """Begin to give out the rows; the caller has asked `refusal_of` and for room in STREAMS. Raises FileNotFoundError."""
    file = moves.file_of(found).open("rb")
    start, end = span or (0, found.size)
    file.seek(start)
    moves.move(found, DeliveryEvent.COLLECT)
    return Stream(found, keyid, start, end, file, current_policies(), start)


def _now(primary_key: int) -> tuple[int, str, str]:
    """Newest act (number, hash) and the export's state, without the ORM: this is asked before each piece."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, hash, (SELECT state FROM delivery_delivery WHERE id = %s) FROM audit_act ORDER BY seq DESC LIMIT 1", [primary_key]
        )
        row = cursor.fetchone()
    return int(row[0]), str(row[1]), str(row[2])
