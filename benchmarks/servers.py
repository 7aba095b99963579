"""Starts and ends the servers that a benchmark compares, each on loopback, each in a process group of its own."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
START_S = 60.0


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def manage(*words: str, env: Mapping[str, str]) -> None:
    """Run a management command to its end; its output is shown only where it fails."""
    subprocess.run([sys.executable, "manage.py", *words], cwd=ROOT, env=dict(env), check=True, stdout=subprocess.DEVNULL)


@contextmanager
def running(command: list[str], *, env: Mapping[str, str], log: Path) -> Iterator[int]:
    """A child process for the length of the block, given by its process group; the whole group ends with it."""
    with log.open("wb") as output:
        child = subprocess.Popen(command, cwd=ROOT, env=dict(env), stdout=output, stderr=output, start_new_session=True)
        try:
            yield child.pid
        finally:
            _end(child)


def processor_seconds(group: int) -> float:
    """Processor time, user and system, that the living processes of a group have used so far; 0 where /proc does not tell."""
    ticks = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text("utf-8").rpartition(")")[2].split()
        except OSError:  # it has just ended
            continue
        if int(fields[2]) == group:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _end(child: subprocess.Popen[bytes]) -> None:
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(child.pid, number)
            child.wait(10)
        except ProcessLookupError:
            return
        except subprocess.TimeoutExpired:
            continue


def granian(target: str, interface: str, port: int, *, threads: int | None = None) -> list[str]:
    """The same server with the same options for everybody: one worker process."""
    more = ["--blocking-threads", str(threads)] if threads else []
    command = [sys.executable, "-m", "granian", "--interface", interface, "--workers", "1", "--no-ws", "--log-level", "warning"]
    return [*command, "--host", "127.0.0.1", "--port", str(port), *more, target]


def wait_until_up(port: int, path: str = "/") -> None:
    """Return once the server answers anything at all."""
    end = time.monotonic() + START_S
    while time.monotonic() < end:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5).close()
        except urllib.error.HTTPError:
            return
        except OSError:
            time.sleep(0.1)
        else:
            return
    raise SystemExit(f"the server on port {port} did not start within {START_S:.0f} s")
