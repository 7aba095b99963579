"""CHANGES through the door: exactly what the agreement lets through, in the register's order, in the log before it leaves."""

from __future__ import annotations

from typing import Any

import pytest

from tests.delivery.changes_follower import Follower, first_rows, followed, places_found_here, publish
from tests.world import World
from tests.world_data import SUBJECTS


@pytest.fixture(autouse=True)
def _here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_child" not in request.fixturenames:
        places_found_here(monkeypatch)


@pytest.fixture
def real_child() -> None:
    """Let a process of its own find the difference, as in the hub."""


def persons(follower: Follower) -> list[str]:
    return sorted(record["person"] for record in follower.table.values())


@pytest.mark.usefixtures("real_child")
def test_the_first_call_gives_the_whole_selection_and_then_changes(world: World) -> None:
    follower = followed(world)
    pages = follower.follow(most=7)
    assert [len(page.body["changes"]) for page in pages] == [7, 7, 6]
    assert persons(follower) == sorted(SUBJECTS)
    assert set(pages[0].body["changes"][0]["record"]) == {"person", "grade"}
    rows = first_rows()
    rows[3]["残疾等级"] = "1"
    del rows[5]
    publish(world, rows)
    (page,) = follower.follow()
    assert sorted(change["state"] for change in page.body["changes"]) == ["GONE", "SET"]
    assert persons(follower) == sorted(set(SUBJECTS) - {SUBJECTS[5]})
