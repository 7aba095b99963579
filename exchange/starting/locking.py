"""`manage.py lock`: renew the pinned requirements, with hashes for every platform and without a word on where they came from."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from exchange.starting.environment import ROOT
from exchange.starting.telling import CannotStart, say, step

# --universal: markers instead of this machine's own answers, so that the same lock serves macOS and other processors.
_OPTIONS = (
    *("--universal", "--python-version", "3.11", "--generate-hashes", "--upgrade"),
    *("--no-emit-index-url", "--no-emit-find-links", "--no-header", "--quiet"),
)
# The second agrees with the first, so that tests run on what the hub runs on.
_FILES = (("requirements.in", ()), ("requirements-dev.in", ("-c", "requirements.txt")), ("requirements-lock.in", ()))
ADDRESS = re.compile(r"[a-z]+://|file:|index-url|find-links|trusted-host| @ ", re.IGNORECASE)


def lock(arguments: list[str]) -> int:
    """Write the three lock files anew. Raises CannotStart when they cannot be made or would hold an address."""
    if arguments:
        say("usage: python3 manage.py lock    (renews requirements.txt, requirements-dev.txt and requirements-lock.txt)")
        return 0 if arguments[0] in ("-h", "--help") else 2
    with tempfile.TemporaryDirectory() as folder:
        drafts = [_resolve(Path(folder), source, more) for source, more in _FILES]
        for draft in drafts:
            (ROOT / draft.name).write_text(draft.read_text("utf-8"), "utf-8")
    return 0


def addresses(text: str) -> list[str]:
    """The lines of a requirements file that say where to fetch something; there may be none."""
    return [line for line in text.splitlines() if ADDRESS.search(line)]


def _resolve(folder: Path, source: str, more: tuple[str, ...]) -> Path:
    """Pin one requirements file into `folder`, where the ones before it already are."""
    for name, _ in _FILES:
        (folder / name).write_text((ROOT / name).read_text("utf-8"), "utf-8")
    target = folder / Path(source).with_suffix(".txt").name
    with step("Lock", target.name):
        command = [sys.executable, "-m", "uv", "pip", "compile", source, "-o", target.name, *more, *_OPTIONS]
        done = subprocess.run(command, cwd=folder, env=_mirror(), capture_output=True, text=True, check=False, stdin=subprocess.DEVNULL)
    if done.returncode:
        raise CannotStart(f"{source} could not be resolved:\n{done.stderr.strip()}\nCheck the network and the names in {source}.")
    if found := addresses(target.read_text("utf-8")):
        raise CannotStart(f"{target.name} would hold an address: {found[0].strip()}. Name packages by name and version only.")
    return target


def _mirror() -> dict[str, str]:
    """Where pip is told to fetch from (PIP_INDEX_URL), uv is told too."""
    variables = dict(os.environ)
    if "PIP_INDEX_URL" in variables:
        variables.setdefault("UV_DEFAULT_INDEX", variables["PIP_INDEX_URL"])
    return variables
