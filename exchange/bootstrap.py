"""From a bare Python to the command that was asked for: provide the environment, then go on inside it."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import NoReturn

from exchange.starting import environment
from exchange.starting.telling import CannotStart

# An environment that serves a command besides its own: the tests' holds all that the hub runs on.
_SERVES = {"run": ("run", "test"), "test": ("test",), "lock": ("lock",)}


def start(arguments: list[str]) -> None:
    """Answer `demo`, `test` and `lock` (never returns), or make sure that Django's commands have their packages."""
    try:
        _start(arguments)
    except CannotStart as problem:
        sys.stderr.write(f"Cannot start: {problem}\n")
        sys.exit(1)
    except OSError as problem:
        sys.stderr.write(f"Cannot start: {problem}. Mend that (a full disk, a folder that cannot be written), then start again.\n")
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


def _start(arguments: list[str]) -> None:
    command = arguments[0] if arguments else ""
    wanted = command if command in ("test", "lock") else "run"
    if {"-h", "--help"} & set(arguments[1:2]) and command in ("demo", "test", "lock"):
        _answer(command, arguments[1:])
    if not _is_inside(wanted):
        _go_inside(environment.provide(wanted), arguments)
    if command in ("demo", "test", "lock"):
        _answer(command, arguments[1:])


def _is_inside(wanted: str) -> bool:
    """Whether this very Python is the one of an environment that will do."""
    for name in _SERVES[wanted]:
        made = environment.ready(name)
        if made is None:
            continue
        if made.way is environment.Way.FOLDER and os.environ.get("HUB_ENVIRONMENT") == name:
            return True
        if Path(sys.prefix).resolve() == made.folder.resolve():
            return True
    return False


def _go_inside(inside: environment.Environment, arguments: list[str]) -> NoReturn:
    entry = str(environment.ROOT / "manage.py")
    sys.stdout.flush()
    os.execve(inside.python, [str(inside.python), entry, *arguments], inside.variables(os.environ))  # noqa: S606  (the same command, in its environment)


def _answer(command: str, arguments: list[str]) -> NoReturn:
    """Run one of our own commands, in the environment."""
    if command == "demo":
        from exchange.starting.demo import demo

        sys.exit(demo(arguments))
    if command == "test":
        from exchange.starting.testing import test

        sys.exit(test(arguments))
    from exchange.starting.locking import lock

    sys.exit(lock(arguments))
