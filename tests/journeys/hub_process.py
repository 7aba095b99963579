"""A real hub for the journeys: web, sequencer and worker with beat as `manage.py demo` runs them, on a free port, all ended at the end."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import socket
import threading
import time
from collections.abc import Iterator
from typing import Any

from exchange.starting.children import Stopping
from exchange.starting.demo import commands
from exchange.starting.environment import ROOT
from exchange.starting.home import hold
from exchange.starting.watch import Watch
from tests.journeys.homes import Place, address_in

HOST = "127.0.0.1"
_READY_SECONDS = 180.0
_ALL = ("web", "sequencer", "worker")


class RunningHub:
    """A hub that its supervisor keeps running until `stop`."""

    def __init__(self, place: Place, *, names: tuple[str, ...] = _ALL) -> None:
        """Start the processes `names` on a copy of the city, and wait until the pages answer.

        `between`: a listening socket at the hub's second public address `between_url`, for who stands between a client and the hub.
        """
        self.place, self.port = place, free_port()
        self.url = f"http://{HOST}:{self.port}"
        self.between = socket.create_server((HOST, 0))
        self.between_url = f"http://{HOST}:{self.between.getsockname()[1]}"
        address_in(place, self.url)
        self._ending = threading.Event()
        self._keeping = threading.Thread(target=self._keep, name="keep-hub", daemon=True)
        self._held = hold(place.home, url=self.url, reset=False)
        environment = place.environment(f"{self.url},{self.between_url}") | {"HUB_SUPERVISOR_PID": str(os.getpid())}
        wanted = {name: command for name, command in commands(self._held, HOST, self.port).items() if name in names}
        self._watch = Watch(self._held, wanted, environment=environment, cwd=ROOT)
        self._watch.start()
        self._keeping.start()

    @property
    def demo(self) -> dict[str, Any]:
        """What demo.json says."""
        found: dict[str, Any] = json.loads((self.place.home / "demo.json").read_text("utf-8"))
        return found

    def agreement(self, requester: str, dataset: str) -> dict[str, Any]:
        """An agreement of demo.json that is in force, with facts and subjects to ask about."""
        return next(found for found in self.demo["agreements"] if (found["requester"], found["dataset"]) == (requester, dataset))

    def group(self, name: str) -> int | None:
        """The process group of one of the processes; none while it is being started again."""
        child = next(kept.child for kept in self._watch.kept if kept.name == name)
        return child.process.pid if child is not None and child.process.poll() is None else None

    def is_ready(self) -> bool:
        """Whether the pages answer and the hub says that it may exchange."""
        with contextlib.suppress(OSError, http.client.HTTPException), contextlib.closing(self.connect(5)) as connection:
            connection.request("GET", "/healthz/ready")
            return connection.getresponse().status == 200
        return False

    def until_ready(self) -> None:
        """Wait. Raises AssertionError with the end of the logs."""
        deadline = time.monotonic() + _READY_SECONDS
        while not self.is_ready():
            assert time.monotonic() < deadline, f"the hub is not ready:\n{self.logs()}"
            time.sleep(0.05)

    def until_listening(self) -> None:
        """Wait until the web process takes connections, whatever it then says."""
        deadline = time.monotonic() + _READY_SECONDS
        while True:
            with socket.socket() as probe:
                if probe.connect_ex((HOST, self.port)) == 0:
                    return
            assert time.monotonic() < deadline, f"the web process does not listen:\n{self.logs()}"
            time.sleep(0.05)

    def connect(self, seconds: float = 30) -> http.client.HTTPConnection:
        """A connection of one's own; close it."""
        return http.client.HTTPConnection(HOST, self.port, timeout=seconds)

    def logs(self) -> str:
        """The end of each process's log."""
        return "\n".join(f"--- {kept.name}\n{self._watch.last_lines(kept.name, 40)}" for kept in self._watch.kept)

    def stop(self) -> None:
        """End every process with all that it started, and let the home go."""
        self._ending.set()
        self._keeping.join(10)
        self._watch.stop(Stopping())
        self._held.lock.close()
        self.between.close()

    def _keep(self) -> None:
        while not self._ending.wait(0.05):
            self._watch.look()


@contextlib.contextmanager
def running(place: Place, *, names: tuple[str, ...] = _ALL) -> Iterator[RunningHub]:
    """A hub while the block lasts."""
    hub = RunningHub(place, names=names)
    try:
        yield hub
    finally:
        hub.stop()


def free_port() -> int:
    """A port of the loopback address that nobody listens at."""
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
