"""The background work of this room, by name: each handler takes a row's id, and is safe to run twice."""

from __future__ import annotations


def register_work() -> None:
    """Register every handler with catalog.work."""
