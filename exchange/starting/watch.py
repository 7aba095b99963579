"""Keeps the hub's processes running: one that ends by itself is started again, ever more slowly if it keeps ending."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from exchange.starting.children import Child, Stopping, stop
from exchange.starting.home import Home
from exchange.starting.telling import say

_WINDOW_SECONDS = 60.0
_MANY = 5
_SLOW_SECONDS = 10.0
_KILLED = (-9, 137)


def pause_before_restart(faults: int) -> float:
    """Seconds to wait before the next start. `faults`: how often it ended by its own fault within the last minute.

    One that was killed from outside (faults = 0) is back at once.
    """
    return min(0.25 * 2.0 ** max(faults - 1, 0), _SLOW_SECONDS)


@dataclass
class Kept:
    """One process of the hub: how it is started, and how it has been."""

    name: str
    command: Sequence[str]
    child: Child | None = None
    faults: list[float] = field(default_factory=list)
    again_at: float = 0.0


class Watch:
    """The hub's processes, started and kept running."""

    def __init__(self, home: Home, commands: Mapping[str, Sequence[str]], *, environment: Mapping[str, str], cwd: Path) -> None:
        """`commands`: what to run, by name, in the order in which it is started."""
        self._home, self._environment, self._cwd = home, environment, cwd
        self.kept = [Kept(name, command) for name, command in commands.items()]

    def start(self) -> None:
        """Start all of them, with fresh logs."""
        self._home.rotate_logs([kept.name for kept in self.kept])
        for kept in self.kept:
            self._start(kept)
        self._publish()

    def dead(self) -> tuple[str, int] | None:
        """The first one that has ended, with its exit code."""
        for kept in self.kept:
            if kept.child and (code := kept.child.ended()) is not None:
                return kept.name, code
        return None

    def look(self) -> None:
        """Start again what has ended."""
        for kept in self.kept:
            if kept.child and (code := kept.child.ended()) is not None:
                self._note_end(kept, code)
            elif kept.child is None and time.monotonic() >= kept.again_at:
                self._start(kept)
                self._publish()

    def run(self, stopping: Stopping) -> None:
        """Keep them running until somebody asks us to stop."""
        while not stopping.asked:
            self.look()
            time.sleep(0.2)

    def stop(self, stopping: Stopping) -> None:
        """End all of them, with everything that they started."""
        stop([kept.child for kept in self.kept if kept.child], hurry=stopping.hurry)

    def last_lines(self, name: str, count: int = 15) -> str:
        """The end of a process's log, indented."""
        lines = self._home.log(name).read_text("utf-8", "replace").splitlines()[-count:]
        return "\n".join(f"  {line}" for line in lines) or "  (its log is empty)"

    def _start(self, kept: Kept) -> None:
        with self._home.log(kept.name).open("ab") as log:
            kept.child = Child(kept.command, environment=self._environment, cwd=self._cwd, output=log, holding=self._home.lock)

    def _note_end(self, kept: Kept, code: int) -> None:
        now = time.monotonic()
        kept.child = None
        if code not in _KILLED:
            kept.faults = [at for at in kept.faults if now - at < _WINDOW_SECONDS] + [now]
        pause = pause_before_restart(len(kept.faults))
        kept.again_at = now + pause
        if len(kept.faults) > _MANY:
            times = f"{len(kept.faults)} times in a minute"
            say(f"{kept.name} ended again (code {code}), {times}. See {self._home.log(kept.name)}; next try in {pause:.0f} s.")
        else:
            say(f"{kept.name} ended (code {code}); starting it again.")

    def _publish(self) -> None:
        """Write who runs where, for people and scripts that look after the hub: name to process group."""
        groups = {kept.name: kept.child.process.pid for kept in self.kept if kept.child}
        draft = self._home.folder / "processes.json.partial"
        draft.write_text(json.dumps(groups), "utf-8")
        draft.replace(self._home.folder / "processes.json")
