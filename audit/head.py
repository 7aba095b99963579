"""The one row that says how far the log is: size, root and right edge, and how far the later steps have come."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from audit.proof.merkle import EMPTY_ROOT, Frontier

_COLUMNS = "size, root, frontier, newest_ms, published_size, followed_size"


@dataclass(frozen=True, slots=True)
class Head:
    """The row, read: `root` is 32 bytes over `size` entries; all before `published_size` are under a checkpoint."""

    size: int
    root: bytes
    frontier: bytes
    newest_ms: int
    published_size: int
    followed_size: int


def read_head() -> Head:
    """The log's head; the row is made when the log is new."""
    with connection.cursor() as cursor:
        row = _select(cursor)
        if row is None:
            cursor.execute(
                "INSERT INTO audit_loghead (id, size, root, frontier, newest_ms, published_size, followed_size, lease_holder, "
                "lease_until_ms) VALUES (1, 0, %s, %s, 0, 0, 0, '', 0) ON CONFLICT (id) DO NOTHING",
                [EMPTY_ROOT, Frontier().to_bytes()],
            )
            row = _select(cursor)
    return row or Head(0, EMPTY_ROOT, Frontier().to_bytes(), 0, 0, 0)


def swap_head(old: Head, frontier: Frontier, newest_ms: int) -> bool:
    """Put a grown tree in the place of `old`, unless another sequencer was first. Within the caller's transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_loghead SET size = %s, root = %s, frontier = %s, newest_ms = %s WHERE id = 1 AND size = %s AND root = %s",
            [frontier.size, frontier.root(), frontier.to_bytes(), max(old.newest_ms, newest_ms), old.size, old.root],
        )
        return bool(cursor.rowcount == 1)


def mark_published(size: int) -> None:
    """Show the checkpoint of this size to the world; never goes back."""
    _raise_mark("UPDATE audit_loghead SET published_size = %s WHERE id = 1 AND published_size < %s", size)


def mark_followed(size: int) -> None:
    """Remember that the indexes hold every entry below `size`."""
    _raise_mark("UPDATE audit_loghead SET followed_size = %s WHERE id = 1 AND followed_size < %s", size)


def take_lease(holder: str, now_ms: int, lasts_ms: int) -> bool:
    """Become or stay the elected sequencer until `now_ms + lasts_ms`; whether that succeeded."""
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE audit_loghead SET lease_holder = %s, lease_until_ms = %s WHERE id = 1 AND (lease_holder = %s OR lease_until_ms < %s)",
            [holder, now_ms + lasts_ms, holder, now_ms],
        )
        return bool(cursor.rowcount == 1)


def give_up_lease(holder: str) -> None:
    """Let another sequencer be elected at once."""
    with connection.cursor() as cursor:
        cursor.execute("UPDATE audit_loghead SET lease_until_ms = 0 WHERE id = 1 AND lease_holder = %s", [holder])


def _raise_mark(statement: str, size: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, [size, size])


def _select(cursor: object) -> Head | None:
    cursor.execute(f"SELECT {_COLUMNS} FROM audit_loghead WHERE id = 1")  # type: ignore[attr-defined]  # noqa: S608 - a constant
    row = cursor.fetchone()  # type: ignore[attr-defined]
    return Head(row[0], bytes(row[1]), bytes(row[2]), *row[3:]) if row else None
