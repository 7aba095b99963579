"""pip, told what to install and watched while it does; its failures in words that say what to do."""

from __future__ import annotations

import os
import re
import signal
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

from exchange.starting.children import Child, stop
from exchange.starting.telling import CannotStart, ChangingLine

# Everything is pinned and complete, so pip need not resolve (--no-deps); what does not match its hash is refused.
_OPTIONS = (
    *("--require-hashes", "--no-deps", "--no-input", "--disable-pip-version-check"),
    *("--progress-bar", "off", "--no-warn-script-location"),
)
# Settings of the person's own pip that would send packages elsewhere.
_HERE = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0", "PIP_NO_COLOR": "1"}
_ELSEWHERE = (
    *("PIP_TARGET", "PIP_PREFIX", "PIP_ROOT", "PIP_PYTHON", "PIP_REQUIREMENT"),
    *("PIP_DRY_RUN", "PIP_REPORT", "PIP_QUIET", "PIP_VERBOSE"),
)

_COLLECTED = ("Collecting ", "Processing ", "Requirement already satisfied")
_NETWORK = (
    "name resolution|NewConnectionError|ConnectionError|Network is unreachable|timed out|ProxyError|SSLError"
    "|Connection (?:refused|reset|aborted|broken)"
)
_ADVICE = (
    (
        "No space left|Errno 28|disk quota",
        "The disk is full. Free about 1 GB where the project and the temporary folder stand, then start again.",
    ),
    (
        "Permission denied|Errno 13|Read-only file system",
        "A folder cannot be written. Start from a copy of the project that is yours.",
    ),
    (
        "DO NOT MATCH THE HASHES",
        "A downloaded file is not the one that was pinned. Do not use it; check the package mirror that pip uses, then start again.",
    ),
    (
        _NETWORK,
        "The packages could not be fetched. Check the network, or name a mirror that you can reach in pip's configuration "
        "(PIP_INDEX_URL), then start again.",
    ),
    (
        "No matching distribution|Could not find a version|requires a different Python",
        "A package is not to be had for this Python and machine. Use Python 3.11, or a mirror that holds it, then start again.",
    ),
    (
        "Failed building wheel|error: command|No module named 'setuptools",
        "A package has no ready-made build for this Python. Use Python 3.11, then start again.",
    ),
)


def count_packages(requirements: Path) -> int:
    """How many packages a pinned requirements file names for this platform, near enough for progress."""
    lines = requirements.read_text("utf-8").splitlines()
    return sum(bool(re.match(r"[A-Za-z0-9]", line)) and "sys_platform == 'win32'" not in line for line in lines)


def advice(output: str) -> str:
    """What to do about a failed run of pip, judged by what it wrote."""
    for pattern, remedy in _ADVICE:
        if re.search(pattern, output, re.IGNORECASE):
            return remedy
    return "Installing the packages failed. Read pip's lines below, then start again: what is done is kept."


def last_words(output: str) -> str:
    """The few lines of pip that say what went wrong, cut to a length that a person reads."""
    lines = [line for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if line.startswith("ERROR")]
    return "\n".join(f"  pip: {line[:200]}" for line in (errors or lines)[-5:])


def install(pip: list[str], requirements: Path, folder: Path, environment: Mapping[str, str]) -> None:
    """Run pip to the end, with one line of progress. Raises CannotStart."""
    variables = {name: value for name, value in environment.items() if name not in _ELSEWHERE} | _HERE
    with tempfile.TemporaryFile("w+b") as output:
        child = Child([*pip, *_OPTIONS, "-r", str(requirements)], environment=variables, cwd=requirements.parent, output=output)
        # Asked to stop while pip runs: leave like any program, by the exception that ends pip too.
        before = signal.signal(signal.SIGTERM, _leave)
        try:
            code = _watch(child, output, folder, count_packages(requirements))
        finally:
            stop([child])
            signal.signal(signal.SIGTERM, before)
        if code:
            text = _read(output)
            raise CannotStart(f"{advice(text)}\n{last_words(text)}")


def _leave(_number: int, _frame: object) -> None:
    raise KeyboardInterrupt


def _watch(child: Child, output: IO[bytes], folder: Path, total: int) -> int:
    line = ChangingLine("Environment")
    try:
        while (code := child.ended()) is None:
            line.show(_progress(_read(output), folder, total))
            time.sleep(0.3)
    finally:
        line.end()
    return code


def _progress(output: str, folder: Path, total: int) -> str:
    if "Installing collected packages" in output:
        installed = sum(1 for _ in folder.glob("**/*.dist-info"))
        return f"{min(installed, total)} of {total} packages installed"
    collected = sum(line.startswith(_COLLECTED) for line in output.splitlines())
    return f"{min(collected, total)} of {total} packages collected"


def _read(output: IO[bytes]) -> str:
    """What has been written so far, without moving the place where pip writes on (the file is shared with it)."""
    return os.pread(output.fileno(), 1 << 22, 0).decode("utf-8", "replace")
