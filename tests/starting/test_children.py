"""Child processes end by group, also the ones that do not want to."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

import pytest

from exchange.starting.children import Child, Stopping, run_to_end, stop
from exchange.starting.watch import pause_before_restart
from tests.starting.stand_ins import processes_about, wait_for

STUBBORN = "import signal, sys, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); open(sys.argv[1] + '/up', 'w'); time.sleep(600)"


def _child(code: str, folder: Path) -> Child:
    return Child([sys.executable, "-c", code, str(folder)], environment=os.environ, cwd=folder)


def test_child_that_ignores_the_request_is_killed(tmp_path: Path) -> None:
    child = _child(STUBBORN, tmp_path)
    wait_for((tmp_path / "up").exists)
    stop([child], seconds=0.2)
    assert child.ended() is not None
    wait_for(lambda: processes_about(tmp_path) == [])


def test_second_request_does_not_wait(tmp_path: Path) -> None:
    child = _child(STUBBORN, tmp_path)
    wait_for((tmp_path / "up").exists)
    stop([child], hurry=lambda: True, seconds=600)
    assert child.ended() is not None


def test_what_a_child_leaves_behind_ends_with_it(tmp_path: Path) -> None:
    leave = "import subprocess, sys; subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(600)', sys.argv[1]])"
    child = _child(leave, tmp_path)
    wait_for(lambda: child.ended() == 0)
    wait_for(lambda: processes_about(tmp_path) == [])


@pytest.mark.parametrize(("code", "expected"), [("pass", 0), ("raise SystemExit(5)", 5), ("import os; os.kill(os.getpid(), 9)", 137)])
def test_exit_code_is_the_childs(tmp_path: Path, code: str, expected: int) -> None:
    assert run_to_end(_child(code, tmp_path), Stopping()) == expected


def test_run_to_end_ends_the_child_when_asked_to_stop(tmp_path: Path) -> None:
    stopping = Stopping()
    stopping.asked = 1
    child = _child("import time; time.sleep(600)", tmp_path)
    assert run_to_end(child, stopping) is None
    assert child.ended() is not None


@pytest.mark.parametrize(("faults", "seconds"), [(0, 0.25), (1, 0.25), (2, 0.5), (4, 2.0), (6, 8.0), (50, 10.0)])
def test_pause_grows_with_the_childs_own_faults(faults: int, seconds: float) -> None:
    assert pause_before_restart(faults) == seconds


def test_signal_reaches_the_whole_group(tmp_path: Path) -> None:
    child = _child("import time; time.sleep(600)", tmp_path)
    wait_for(lambda: len(processes_about(tmp_path)) == 2)
    child.signal(signal.SIGKILL)
    wait_for(lambda: processes_about(tmp_path) == [])
    wait_for(lambda: child.ended() is not None)  # it is gone before it is known to be
