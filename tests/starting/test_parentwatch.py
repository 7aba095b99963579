"""A serving process ends when its parent is gone."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.starting.stand_ins import ROOT, processes_about, wait_for

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for left processes in /proc")

SERVE = """
import pathlib, sys, time
from exchange.parentwatch import end_with_parent
end_with_parent()
pathlib.Path(sys.argv[1], "up").touch()
time.sleep(600)
"""
PARENT = "import subprocess, sys, time; subprocess.Popen([sys.executable, '-c', sys.argv[1], sys.argv[2]]); time.sleep(600)"


@pytest.mark.parametrize("supervised", [True, False])
def test_serving_process_ends_with_its_parent_only_under_a_supervisor(tmp_path: Path, supervised: bool) -> None:
    variables = {name: value for name, value in os.environ.items() if name != "HUB_SUPERVISOR_PID"} | {"PYTHONPATH": str(ROOT)}
    if supervised:
        variables["HUB_SUPERVISOR_PID"] = "1"
    with subprocess.Popen([sys.executable, "-c", PARENT, SERVE, str(tmp_path)], env=variables, cwd=ROOT) as parent:
        wait_for((tmp_path / "up").exists)
        parent.kill()
    if supervised:
        wait_for(lambda: processes_about(tmp_path) == [])
    else:
        (left,) = processes_about(tmp_path)
        os.kill(left, 9)
