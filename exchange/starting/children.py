"""Child processes, each the head of its own process group, ended by group and never left behind."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import IO

KEEPER = Path(__file__).with_name("keeper.py")
TERM_SECONDS = 7.0


class Child:
    """One running command with everything that it starts."""

    def __init__(
        self,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        cwd: Path,
        output: IO[bytes] | None = None,
        user: str | None = None,
        holding: IO[str] | None = None,
    ) -> None:
        """Start `command`, as `user` if named. Output goes to `output`, else to where ours goes; standard input is empty.

        `holding`: a locked file that stays locked for as long as this child lives, even when we are killed.
        """
        keeper = [sys.executable, "-I", "-S", str(KEEPER), str(os.getpid()), user or "", *command]
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            keeper,
            env=dict(environment),
            cwd=cwd,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT if output is not None else None,
            start_new_session=True,
            pass_fds=[holding.fileno()] if holding else [],
        )

    def ended(self) -> int | None:
        """Its exit code, or nothing while it runs. What it left behind in its group is ended with it."""
        code = self.process.poll()
        if code is not None:
            self.signal(signal.SIGKILL)
        return code

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the whole group."""
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self.process.pid, number)


def stop(children: Iterable[Child], *, hurry: Callable[[], bool] = lambda: False, seconds: float = TERM_SECONDS) -> None:
    """End all of them: ask, wait at most `seconds` (less when `hurry` says so), then kill what is left."""
    running = [child for child in children if child.ended() is None]
    for child in running:
        child.signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while running and time.monotonic() < deadline and not hurry():
        time.sleep(0.05)
        running = [child for child in running if child.ended() is None]
    for child in running:
        child.signal(signal.SIGKILL)
    for child in running:
        child.process.wait()


class Stopping:
    """Whether somebody asked us to stop (Ctrl-C, SIGTERM, SIGHUP), and whether they asked twice."""

    def __init__(self) -> None:
        """Nobody has asked yet."""
        self.asked = 0

    def listen(self) -> None:
        """Take over the signals. A hang-up that was ignored at the start (nohup) stays ignored."""
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, self._note)
        if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:
            signal.signal(signal.SIGHUP, self._note)

    def _note(self, _number: int, _frame: object) -> None:
        self.asked += 1

    def hurry(self) -> bool:
        """Asked a second time: end at once."""
        return self.asked > 1


def run_to_end(child: Child, stopping: Stopping) -> int | None:
    """Wait for a child that ends by itself; its exit code, or nothing when we were asked to stop (it is ended then)."""
    while (code := child.ended()) is None:
        if stopping.asked:
            stop([child], hurry=stopping.hurry)
            return None
        time.sleep(0.05)
    return code
