"""Break a byte: on a copy, seen, named, repaired; the hub's own log is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audit import rehearsal
from audit.errors import Missing, NotAllowed
from audit.verification import verify


def test_a_broken_byte_is_named_and_repaired(hub: None, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = True
    path = tmp_path / "copy.sqlite3"
    rehearsal.copy_log(path)
    assert rehearsal.verify_copy(path).is_sound
    rehearsal.break_byte(path, 4)
    assert str(rehearsal.verify_copy(path).first) == "entry 4: the stored bytes were changed"
    assert verify().is_sound
    rehearsal.repair(path, 4)
    assert rehearsal.verify_copy(path).is_sound


def test_only_a_demonstration_copies_its_log(hub: None, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(NotAllowed):
        rehearsal.copy_log(tmp_path / "copy.sqlite3")


def test_an_entry_that_is_not_there_cannot_be_broken(hub: None, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = True
    rehearsal.copy_log(tmp_path / "copy.sqlite3")
    with pytest.raises(Missing):
        rehearsal.break_byte(tmp_path / "copy.sqlite3", 10_000)
