"""`manage.py demo` itself, on a home that has its city already: up, exchanging, back after a kill, and gone when it is asked to stop."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from exchange.starting.environment import ROOT
from tests.journeys.calling import Department, wait_for
from tests.journeys.homes import City, Place
from tests.journeys.hub_process import free_port

pytestmark = pytest.mark.skipif(not Path("/proc").is_dir(), reason="looks for left processes in /proc")
DEMO = "import sys; from exchange.starting.demo import demo; sys.exit(demo(sys.argv[1:]))"
_END_SECONDS = 60  # ten are promised; a busy machine may be late


@dataclass
class Demo:
    """The started command, read by a thread so that it never waits for us."""

    place: Place
    port: int
    process: subprocess.Popen[str]
    lines: list[str] = field(default_factory=list)

    def read_on(self) -> None:
        """The reading thread."""
        assert self.process.stdout is not None
        with self.process.stdout as output:
            self.lines.extend(iter(output.readline, ""))

    @property
    def url(self) -> str:
        """What the command says that the hub's address is."""
        return f"http://127.0.0.1:{self.port}"

    def says(self, words: str) -> bool:
        """Whether a line with these words was printed; a command that ended says no more."""
        assert self.process.poll() is None or any(words in line for line in self.lines), "".join(self.lines)
        return any(words in line for line in self.lines)

    def groups(self) -> dict[str, int]:
        """Its processes, as it tells the scripts that look after it."""
        found: dict[str, int] = json.loads((self.place.home / "processes.json").read_text("utf-8"))
        return found


@pytest.fixture
def demo(city: City) -> Iterator[Demo]:
    place, port = city.copy(), free_port()
    command = [sys.executable, "-c", DEMO, "--home", str(place.home), "--port", str(port)]
    process = subprocess.Popen(
        command,
        cwd=ROOT,
        env=place.environment() | {"PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    started = Demo(place, port, process)
    reading = threading.Thread(target=started.read_on, name="read-demo")
    reading.start()
    try:
        yield started
    finally:
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.terminate()
            process.wait(20)
        process.kill()
        process.wait()
        reading.join(20)
        city.drop(place)


def test_the_one_command_starts_keeps_and_stops_the_hub(demo: Demo, tmp_path: Path) -> None:
    wait_for(lambda: demo.says(f"Ready: {demo.url}"), "the last line", 180)
    assert any("The city stands already" in line for line in demo.lines)
    department = Department(demo, tmp_path / "department")
    department.configure("CAB-relief")
    asked = ("query", "--dataset", "R14", "--subject", subject(demo), "--case", "D-1", "--officer", "automatic", "--json")
    assert department.hub(*asked).code == 0

    killed = demo.groups()["web"]
    os.killpg(killed, signal.SIGKILL)
    wait_for(lambda: demo.groups()["web"] != killed, "the supervisor to start the web process again", 90)
    wait_for(lambda: department.hub(*asked).code == 0, "the hub to answer again", 60)

    demo.process.terminate()
    assert demo.process.wait(_END_SECONDS) == 0, "".join(demo.lines)
    assert left(demo.place.home) == []


def subject(demo: Demo) -> str:
    """Somebody whom CAB-relief may ask about."""
    told = json.loads((demo.place.home / "demo.json").read_text("utf-8"))
    return str(
        next(found for found in told["agreements"] if (found["requester"], found["dataset"]) == ("CAB-relief", "R14"))["subjects"][0]
    )


def left(home: Path) -> list[int]:
    """Living processes of this hub: those whose environment names its home."""
    wanted, found = f"HUB_HOME={home}".encode(), []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (process / "environ").read_bytes().split(b"\0"):
                found.append(int(process.name))
    return found
