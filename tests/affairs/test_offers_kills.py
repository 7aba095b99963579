"""The process of a monthly run is killed at random moments, again and again: everybody gets one offer, each in the log."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exchange.starting.environment import ROOT
from tests.affairs.offers_worker import OLD_PEOPLE
from tests.affairs.offers_world import MAY_HAVE_IT
from tests.affairs.test_case_kills import environment

KILLS = 12
FEWEST_KILLED_AT_WORK = 6
SEED = 20261121
LONGEST_S = 0.6
_SECONDS = 240

pytestmark = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs once, on SQLite, in a home of its own")


def start(home: Path, what: str) -> subprocess.Popen[bytes]:
    """One process of the worker's program, in a group of its own."""
    command = [sys.executable, "-m", "tests.affairs.offers_worker", what]
    log = (home / "worker.log").open("ab")
    with log:
        return subprocess.Popen(command, cwd=ROOT, env=environment(home), stdout=subprocess.PIPE, stderr=log, start_new_session=True)


def finished(home: Path, what: str) -> str:
    """The same, to its end; what it said."""
    done, _ = (process := start(home, what)).communicate(timeout=_SECONDS)
    assert process.returncode == 0, (home / "worker.log").read_text("utf-8")[-3000:]
    return done.decode()


def killed_at_work(home: Path, chance: random.Random) -> bool:
    """Start the worker, wait until it works and a random moment more, kill it; whether it was still at work."""
    process = start(home, "work")
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n", (home / "worker.log").read_text("utf-8")[-3000:]
    time.sleep(chance.uniform(0, LONGEST_S))
    was_at_work = process.poll() is None
    if was_at_work:
        os.killpg(process.pid, signal.SIGKILL)
    process.wait(10)
    process.stdout.close()
    return was_at_work


@pytest.mark.timeout(300)
def test_everybody_is_offered_it_once_however_often_the_run_is_killed(tmp_path: Path) -> None:
    home, chance = tmp_path / "hub", random.Random(SEED)
    (home / "static").mkdir(parents=True)
    finished(home, "build")
    kills = sum(killed_at_work(home, chance) for _ in range(KILLS))
    assert kills >= FEWEST_KILLED_AT_WORK  # else the run was over before it could be killed
    finished(home, "work")
    came = json.loads(finished(home, "report").splitlines()[-1])
    everybody = OLD_PEOPLE + len(MAY_HAVE_IT)
    assert (came["state"], came["seen"]) == ("DONE", came["listed"]), came
    assert (came["offers"], came["people"], came["offered"], came["logged"]) == (everybody,) * 4, came
