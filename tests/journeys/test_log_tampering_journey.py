"""Whoever has the database and edits it is found out: `verify_log` names what was changed, and a hub that lost an act gives nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.journeys.calling import Machine, question
from tests.journeys.homes import City, Place
from tests.journeys.hub_process import running

PROGRAM = "tests.journeys.tampering"
ENTRIES = ("entry edited", "entry edited with its leaf hash", "entry deleted", "newest entry deleted")
ACTS = ("act edited", "act deleted", "newest act deleted", "act signed by another's signature")
CLEAR = ("route edited", "subject edited", "message edited", "route deleted", "subject deleted", "message deleted")
BESIDE = (*CLEAR, "person edited", "person deleted", "everything beside a batch deleted")


@pytest.fixture
def copied(city: City) -> Iterator[Place]:
    """A copy of the city to do with as one likes."""
    place = city.copy()
    yield place
    city.drop(place)


@pytest.fixture(scope="module")
def verdicts(city: City) -> Iterator[dict[str, dict[str, Any]]]:
    """What `verify_log` says to each case, all tried on one copy."""
    place = city.copy()
    tried = place.run_module(PROGRAM, "try")
    assert tried.returncode == 0, tried.stderr
    yield json.loads(tried.stdout)
    city.drop(place)


@pytest.mark.parametrize("case", [*ENTRIES, *ACTS, *BESIDE, "checkpoint edited"])
def test_what_was_changed_is_named(verdicts: dict[str, dict[str, Any]], case: str) -> None:
    found = verdicts[case]
    assert found["code"] == 1
    assert found["said"].startswith(found["expected"]), found


def test_every_case_is_looked_at(verdicts: dict[str, dict[str, Any]]) -> None:
    assert set(verdicts) == {*ENTRIES, *ACTS, *BESIDE, "checkpoint edited"}


def test_an_untouched_copy_is_proved_and_a_changed_one_is_not(copied: Place) -> None:
    sound = copied.manage("verify_log")
    assert (sound.returncode, sound.stderr) == (0, ""), sound.stderr
    changed = copied.run_module(PROGRAM, "do", "entry deleted")
    assert changed.returncode == 0, changed.stderr
    found = copied.manage("verify_log")
    assert found.returncode == 1
    assert changed.stdout.strip() in found.stderr
    assert "Traceback" not in found.stderr


def test_a_hub_that_lost_a_revocation_gives_nothing_to_anybody(copied: Place) -> None:
    done = copied.run_module(PROGRAM, "do", "newest revocation deleted")
    assert done.returncode == 0, done.stderr
    revoked = done.stdout.strip()
    with running(copied, names=("web",)) as hub:
        hub.until_listening()
        agreement = hub.agreement("CAB-relief", "R14")
        for asked in (agreement["id"], revoked):
            heard = Machine(hub, "CAB-relief").call(f"/exchange/v1/{asked}/query", question(agreement))
            assert (heard.status, heard.code) == (503, "POLICY_ROLLBACK"), heard.body
            assert "receipt" not in heard.document
        assert not hub.is_ready()
