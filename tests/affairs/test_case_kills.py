"""Processes that lead cases are killed at random moments, again and again: every case ends, decided once, with one licence."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from exchange.starting.environment import ROOT

KILLS = 20
WORKERS = 2
FEWEST_CASES = 6
SEED = 20261121
LONGEST_S = 0.8
_COMMAND_SECONDS = 240
EXPECTED = {"granted": ("GRANTED", 1), "care_only": ("GRANTED", 1), "refused": ("REFUSED", 0), "expired": ("REFUSED", 0)}

pytestmark = pytest.mark.skipif(bool(os.environ.get("DATABASE_URL")), reason="runs once, on SQLite, in a home of its own")


def environment(home: Path) -> dict[str, str]:
    """What a process of this hub is told."""
    kept = {name: value for name, value in os.environ.items() if name not in {"DATABASE_URL", "KEYSTORE_URL", "DJANGO_SETTINGS_MODULE"}}
    return {**kept, "HUB_HOME": str(home), "ALLOW_HUB_CUSTODY": "1", "LOG_LEVEL": "ERROR", "PYTHONPATH": str(ROOT)}


def run(home: Path, what: str) -> str:
    """One of the worker's short commands, to its end."""
    command = [sys.executable, "-m", "tests.affairs.case_worker", what]
    done = subprocess.run(command, cwd=ROOT, env=environment(home), capture_output=True, text=True, timeout=_COMMAND_SECONDS, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


class Workers:
    """Processes that lead cases; each one killed is followed by a new one, which starts while the others work."""

    def __init__(self, home: Path) -> None:
        self.home = home
        self.log = (home / "workers.log").open("ab")
        self.running = [self.start() for _ in range(WORKERS)]

    def start(self) -> subprocess.Popen[bytes]:
        """One more, in a process group of its own."""
        command = [sys.executable, "-m", "tests.affairs.case_worker", "work"]
        return subprocess.Popen(
            command, cwd=ROOT, env=environment(self.home), stdout=subprocess.PIPE, stderr=self.log, start_new_session=True
        )

    def kill(self, chance: random.Random, *, again: bool) -> None:
        """Wait until the oldest one works, then a random moment more, and kill it."""
        victim = self.running.pop(0)
        assert victim.stdout is not None
        assert victim.stdout.readline() == b"ready\n", (self.home / "workers.log").read_text("utf-8")[-3000:]
        time.sleep(chance.uniform(0, LONGEST_S))
        assert victim.poll() is None, (self.home / "workers.log").read_text("utf-8")[-3000:]
        os.killpg(victim.pid, signal.SIGKILL)
        victim.wait(10)
        victim.stdout.close()
        if again:
            self.running.append(self.start())

    def stop(self) -> None:
        """Nothing of this test outlives it."""
        for process in self.running:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()
        self.log.close()


@pytest.fixture
def home(tmp_path: Path) -> Path:
    """A hub's home with a small city."""
    place = tmp_path / "hub"
    place.mkdir()
    (place / "static").mkdir()
    run(place, "build")
    return place


@pytest.mark.timeout(300)
def test_a_case_ends_once_however_often_its_workers_are_killed(home: Path) -> None:
    chance, workers = random.Random(SEED), Workers(home)
    try:
        for number in range(KILLS):
            workers.kill(chance, again=number < KILLS - WORKERS)
    finally:
        workers.stop()
    run(home, "finish")
    cases: list[dict[str, Any]] = json.loads(run(home, "report").splitlines()[-1])["cases"]
    assert len(cases) >= FEWEST_CASES  # else the kills fell on processes that had nothing to do
    for name in {case["name"] for case in cases}:  # each month is paid once, however often somebody applies
        assert sum(case["orders"] for case in cases if case["name"] == name) == EXPECTED[name][1], name
    for case in cases:
        outcome, once = EXPECTED[case["name"]]
        assert (case["state"], case["outcome"], case["licences"]) == ("DECIDED", outcome, once), case
        assert (case["decisions"], case["entries"], case["unanswered"], case["work"]) == (1, 1, 0, 0), case
        assert case["steps"] == ["start", "ask_offices", "gathered", "submit", "decide"], case
