#!/usr/bin/env python3
"""The one entry. `demo`, `test` and `lock` need nothing but Python: they make their environment first.

This file is read by any Python 3, so that an old one is told what to do instead of failing on our syntax.
"""

import os
import sys

NEEDED = (3, 11)
OWN_COMMANDS = ("demo", "test", "lock")


def old_python(version: "tuple[int, ...]", newer: "list[str]") -> str:
    """What to tell somebody whose Python is too old; empty when it is not. `newer`: names of good ones found here."""
    if tuple(version[:2]) >= NEEDED:
        return ""
    shown = ".".join(str(number) for number in version[:3])
    if newer:
        remedy = "This machine has a newer one: start again with {0} manage.py …".format(newer[0])  # noqa: UP030, UP032  (old syntax is the point)
    else:
        remedy = "Install Python 3.11 (Debian, Ubuntu: sudo apt install python3.11 python3.11-venv; macOS: brew install python@3.11)."
    return "Mianzheng needs Python 3.11 or newer; this is Python {0}. {1}".format(shown, remedy)  # noqa: UP030, UP032


def newer_pythons() -> "list[str]":
    """Names of Pythons on the search path that are new enough, oldest first."""
    import shutil

    names = ["python3.{0}".format(minor) for minor in range(NEEDED[1], NEEDED[1] + 6)]  # noqa: UP030, UP032
    return [name for name in names if shutil.which(name)]


def has_packages() -> bool:
    """Whether this Python already holds what the hub runs on."""
    import importlib.util

    return all(importlib.util.find_spec(name) is not None for name in ("django", "guardian", "granian"))


def main() -> None:
    """Send the command to whoever answers it."""
    refusal = old_python(tuple(sys.version_info[:3]), newer_pythons() if sys.version_info < NEEDED else [])
    if refusal:
        sys.exit(refusal)
    root = os.path.dirname(os.path.abspath(__file__))
    if root not in sys.path:
        sys.path.insert(0, root)
    if (sys.argv[1:2] and sys.argv[1] in OWN_COMMANDS) or not has_packages():
        from exchange.bootstrap import start

        start(sys.argv[1:])
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
