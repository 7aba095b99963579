"""What the person at the terminal reads: one line per step, one changing line where something takes long."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

_PLAIN_PAUSE_SECONDS = 5.0


class CannotStart(Exception):
    """Something that the person has to mend first; the text says what it is and what to do."""


def say(text: str) -> None:
    """Write one line, at once. A reader that has gone away is no reason to stop the hub."""
    try:
        sys.stdout.write(text + "\n")
        sys.stdout.flush()
    except (BrokenPipeError, OSError):
        return


@contextmanager
def step(name: str, done: str = "done") -> Iterator[None]:
    """Tell that a step is finished, and after how many seconds."""
    start = time.monotonic()
    yield
    say(f"{name}: {done} ({time.monotonic() - start:.1f} s)")


class ChangingLine:
    """One line that changes on a terminal; elsewhere a new line now and then."""

    def __init__(self, name: str) -> None:
        """`name`: what the line begins with."""
        self._name = name
        self._terminal = sys.stdout.isatty()
        self._shown = ""
        self._at = time.monotonic()

    def show(self, text: str) -> None:
        """Show how far it is."""
        if text == self._shown:
            return
        if self._terminal:
            sys.stdout.write(f"\r\x1b[2K{self._name}: {text}")
            sys.stdout.flush()
        elif time.monotonic() - self._at >= _PLAIN_PAUSE_SECONDS:
            self._at = time.monotonic()
            say(f"{self._name}: {text}")
        self._shown = text

    def end(self) -> None:
        """Leave the terminal's line clean for the next one."""
        if self._terminal and self._shown:
            sys.stdout.write("\r\x1b[2K")
            sys.stdout.flush()
