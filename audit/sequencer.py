"""Gives pending entries their indexes and publishes signed checkpoints, in five steps that can each be run again.

What keeps two sequencers from forking the log is the compare-and-swap on (size, root), never the lease: the lease
only keeps them from working in vain.
"""

from __future__ import annotations

import logging
import os
import threading
import time
from dataclasses import dataclass
from typing import Any, TypeAlias

from django.db import DatabaseError, connection, transaction

from audit import checkpoints, follower, tally, tiles, trail
from audit.errors import HubError, LogStopped
from audit.head import Head, give_up_lease, mark_published, read_head, swap_head, take_lease
from audit.proof.merkle import Frontier, ProofError, leaf_hash

MOST_AT_ONCE = 1024  # some 25 ms on SQLite, where nobody else can write meanwhile
_ROUNDS = 8
_BUSY_SECONDS = 0.25  # a turn costs as much as a hundred entries, so it serves as many as may wait
_IDLE_SECONDS = 0.25
_TROUBLE_SECONDS = 2.0
_SQLITE_PAUSE_SECONDS = 0.001
_LEASE_MS = 5_000
_TALLY_EVERY_SECONDS = 60.0

_log = logging.getLogger(__name__)
_Row: TypeAlias = tuple[int, bytes, bytes, int, int, int]


@dataclass(frozen=True, slots=True)
class SequenceResult:
    """How many entries got an index, and the size of the newest published checkpoint."""

    added: int
    published_size: int


class _Overtaken(Exception):
    """Another sequencer moved the head."""


def sequence_once() -> SequenceResult:
    """Finish what an earlier run left, then sequence what is pending and publish it. Safe to break off anywhere.

    Raises LogStopped or PolicyRollback when the log or the acts contradict what was signed.
    """
    publish(read_head())
    added = _give_all_indexes()
    head = read_head()
    publish(head)
    return SequenceResult(added, head.size)


def give_indexes() -> int:
    """Step 1: move the pending rows that are present into the log, in one compare-and-swap; give how many."""
    try:
        with transaction.atomic():
            return _give_indexes()
    except _Overtaken:
        return 0


def publish(head: Head) -> None:
    """Steps 2 to 5 for exactly this head: tiles, signature, both places that keep it, and the world.

    Whether they are done is read from the checkpoint itself, not from a mark that somebody could set.
    """
    if head.published_size > head.size:
        raise LogStopped(f"a checkpoint of {head.published_size} entries was published, and the database has {head.size}")
    signed_size = checkpoints.newest_size(head.size)
    if signed_size == head.size == head.published_size:
        return
    tiles.write_between(signed_size, head.size)
    text = checkpoints.sign(head)
    checkpoints.keep(head, text)
    mark_published(head.size)
    tiles.drop_partial(signed_size, head.size)


def write_tallies(now_ms: int) -> None:
    """Write the `tally` entry of every hour that is over."""
    for hour in tally.finished_hours(now_ms):
        with transaction.atomic():
            route = tally.take_over(hour)
            trail.insert([trail.build(trail.Draft(route, kind="tally"), at_ms=trail.now_ms(), keys={})])


def run(stop: threading.Event) -> None:
    """Sequence and follow until `stop` is set; waits while another sequencer is elected."""
    holder = f"{os.getpid()}-{os.urandom(8).hex()}"
    next_tally = 0.0
    read_head()
    while not stop.is_set():
        try:
            if time.monotonic() >= next_tally:
                next_tally = time.monotonic() + _TALLY_EVERY_SECONDS
                write_tallies(trail.now_ms())
            stop.wait(_turn(holder))
        except (HubError, ProofError, DatabaseError, OSError) as error:
            _log.error("the sequencer waits: %s", error)
            _drop_broken_connection()
            stop.wait(_TROUBLE_SECONDS)
    give_up_lease(holder)


def _turn(holder: str) -> float:
    """One round, if elected; give the seconds to wait until the next."""
    if not take_lease(holder, time.time_ns() // 1_000_000, _LEASE_MS):
        return _TROUBLE_SECONDS
    added = sequence_once().added
    followed = follower.follow_once()
    if added >= MOST_AT_ONCE:
        return _SQLITE_PAUSE_SECONDS
    return _BUSY_SECONDS if added or followed else _IDLE_SECONDS


def _give_all_indexes() -> int:
    added = 0
    for _ in range(_ROUNDS):
        moved = give_indexes()
        added += moved
        if moved < MOST_AT_ONCE:
            break
        time.sleep(_SQLITE_PAUSE_SECONDS)
    return added


def _give_indexes() -> int:
    head = read_head()
    rows = _present()
    if not rows:
        return 0
    frontier = _frontier(head)
    frontier.extend(_leaf(row) for row in rows)
    if not swap_head(head, frontier, max(row[5] for row in rows)):
        raise _Overtaken
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL synchronous_commit = on")
        cursor.executemany(
            'INSERT INTO audit_entry ("index", raw, leaf, blob_id, position) VALUES (%s, %s, %s, %s, %s)',
            [(head.size + offset, row[1], row[2], row[3], row[4]) for offset, row in enumerate(rows)],
        )
        _delete_pending(cursor, [row[0] for row in rows])
    return len(rows)


def _delete_pending(cursor: Any, numbers: list[int]) -> None:
    """By range where every number of the range is one of ours: then no row that committed meanwhile can be among them."""
    first, last = numbers[0], numbers[-1]
    if last - first + 1 == len(numbers):
        cursor.execute("DELETE FROM audit_pending WHERE id BETWEEN %s AND %s", [first, last])
        return
    cursor.executemany("DELETE FROM audit_pending WHERE id = %s", [(number,) for number in numbers])


def _present() -> list[_Row]:
    """The pending rows that are visible now: never a mark, as a smaller id may commit later."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id, raw, leaf, blob_id, position, created_ms FROM audit_pending ORDER BY id LIMIT %s",
            [MOST_AT_ONCE],
        )
        return [_row(row) for row in cursor.fetchall()]


def _row(row: Any) -> _Row:
    return row[0], bytes(row[1]), bytes(row[2]), row[3], row[4], row[5]


def _frontier(head: Head) -> Frontier:
    frontier = Frontier.from_bytes(head.frontier)
    if frontier.size != head.size or frontier.root() != head.root:
        raise LogStopped("the head of the log does not fit its own right edge")
    return frontier


def _leaf(row: _Row) -> bytes:
    """The leaf hash from the stored bytes; the stored hash is what the receipt promised."""
    leaf = leaf_hash(row[1])
    if leaf != row[2]:
        raise LogStopped(f"the bytes of the waiting entry {row[0]} were changed")
    return leaf


def _drop_broken_connection() -> None:
    if not connection.in_atomic_block:
        connection.close_if_unusable_or_obsolete()
