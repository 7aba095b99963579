"""Break a byte: on a copy, seen, named, repaired; the hub's own log is never touched."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from audit import rehearsal
from audit.errors import Missing, NotAllowed
from audit.rehearsal import Broken, Place
from audit.verification import verify


@pytest.mark.parametrize(
    ("place", "named"),
    [
        (Place(Broken.ENTRY, 4), "entry 4: the stored bytes were changed"),
        (Place(Broken.ACT, 3), "act 3:"),
        (Place(Broken.DISCLOSURE, 5), "entry 5:"),
    ],
)
def test_a_broken_byte_is_named_and_repaired(hub: None, tmp_path: Path, settings: Any, place: Place, named: str) -> None:
    settings.DEMO = True
    path = tmp_path / "copy.sqlite3"
    rehearsal.copy_log(path)
    assert rehearsal.verify_copy(path).is_sound
    broken = rehearsal.break_byte(path, place)
    different = [i for i, (a, b) in enumerate(zip(broken.before, broken.after, strict=True)) if a != b]
    assert different == [broken.offset]
    assert str(rehearsal.verify_copy(path).first).startswith(named)
    assert verify().is_sound
    assert rehearsal.repair(path, place).after == broken.before
    assert rehearsal.verify_copy(path).is_sound


def test_only_a_demonstration_copies_its_log(hub: None, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(NotAllowed):
        rehearsal.copy_log(tmp_path / "copy.sqlite3")


def test_an_entry_that_is_not_there_cannot_be_broken(hub: None, tmp_path: Path, settings: Any) -> None:
    settings.DEMO = True
    rehearsal.copy_log(tmp_path / "copy.sqlite3")
    with pytest.raises(Missing):
        rehearsal.break_byte(tmp_path / "copy.sqlite3", Place(Broken.ENTRY, 10_000))
