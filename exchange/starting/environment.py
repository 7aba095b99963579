"""The environment in `.venv/NAME`: made once from a pinned requirements file, renewed when that file changes.

Any one of three ways is enough: a Python whose venv brings pip, one with venv and a pip of its own, one with pip alone.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from exchange.starting import installing
from exchange.starting.telling import CannotStart, say, step

ROOT = Path(__file__).resolve().parent.parent.parent
REQUIREMENTS = {"run": "requirements.txt", "test": "requirements-dev.txt", "lock": "requirements-lock.txt"}
# These would change what Python or pip does behind our back; PIP_INDEX_URL and its like stay.
_UNWANTED = (
    "PYTHONPATH",
    "PYTHONHOME",
    "PYTHONSTARTUP",
    "PYTHONSAFEPATH",
    "PYTHONWARNINGS",
    "PYTHONINSPECT",
    "VIRTUAL_ENV",
    "__PYVENV_LAUNCHER__",
)


class Way(StrEnum):
    """How an environment can be made."""

    VENV = "venv"
    VENV_OUTER_PIP = "venv, packages by the pip outside it"
    FOLDER = "folder of packages"


@dataclass(frozen=True)
class Found:
    """What the Python that starts us has."""

    venv: bool
    ensurepip: bool
    pip: bool


@dataclass(frozen=True)
class Environment:
    """A folder with packages and the Python that uses them."""

    name: str
    folder: Path
    way: Way

    @property
    def python(self) -> Path:
        """The interpreter to run."""
        return Path(sys.executable) if self.way is Way.FOLDER else self.folder / "bin" / "python"

    def variables(self, inherited: Mapping[str, str]) -> dict[str, str]:
        """The environment variables of processes that run in it: the inherited ones without surprises."""
        kept = {name: value for name, value in inherited.items() if name not in _UNWANTED}
        kept |= {"PYTHONNOUSERSITE": "1", "PYTHONUTF8": "1", "HUB_ENVIRONMENT": self.name}
        if self.way is Way.FOLDER:
            kept["PYTHONPATH"] = str(self.folder / "packages")
        return kept


def ways(found: Found) -> list[Way]:
    """The ways that are open, the best first. None: nothing can be done without installing something."""
    order = [
        (Way.VENV, found.venv and found.ensurepip),
        (Way.VENV_OUTER_PIP, found.venv and found.pip),
        (Way.FOLDER, found.pip),
    ]
    return [way for way, is_open in order if is_open]


def look() -> Found:
    """Find out what this Python has."""
    pip = subprocess.run([sys.executable, "-m", "pip", "--version"], capture_output=True, check=False, stdin=subprocess.DEVNULL)
    has = {name: importlib.util.find_spec(name) is not None for name in ("venv", "ensurepip")}
    return Found(venv=has["venv"], ensurepip=has["ensurepip"], pip=pip.returncode == 0)


def ready(name: str) -> Environment | None:
    """The environment if it is there, complete, made from today's requirements, and its Python still runs."""
    folder = ROOT / ".venv" / name
    try:
        stamp = json.loads((folder / "stamp.json").read_text("utf-8"))
        environment = Environment(name, folder, Way(stamp["way"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
    if stamp.get("requirements") != _requirements_hash(name) or stamp.get("python") != _version_of(environment.python):
        return None
    return environment


def provide(name: str) -> Environment:
    """The environment, made or renewed if need be. Raises CannotStart with what to do."""
    if environment := ready(name):
        return environment
    with _alone(name):
        return ready(name) or _make(name)


def _make(name: str) -> Environment:
    file = ROOT / REQUIREMENTS[name]
    if not file.is_file():
        raise CannotStart(f"{file.name} is missing from the project folder. Get a complete copy of the project.")
    open_ways = ways(look())
    if not open_ways:
        raise CannotStart(
            f"This Python ({sys.executable}) has neither venv with ensurepip nor pip; either is enough. "
            "Debian, Ubuntu: sudo apt install python3-venv. Fedora: sudo dnf install python3-pip. Then start again."
        )
    say(f"Environment: making .venv/{name} ({installing.count_packages(file)} packages)…")
    with step("Environment", f".venv/{name} is ready"):
        for way in open_ways:
            environment = Environment(name, ROOT / ".venv" / name, way)
            if _prepare(environment):
                installing.install(_pip(environment), file, environment.folder, environment.variables(os.environ))
                _stamp(environment)
                return environment
    raise CannotStart(f"No environment could be made in {ROOT / '.venv' / name}. Delete that folder and start again.")


def _prepare(environment: Environment) -> bool:
    """Bring the folder to where packages can be installed. False: this way does not work here after all."""
    folder = environment.folder
    if environment.way is Way.FOLDER:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        return True
    (folder / "stamp.json").unlink(missing_ok=True)
    if _is_usable(environment):
        return True
    shutil.rmtree(folder, ignore_errors=True)
    without = ["--without-pip"] if environment.way is Way.VENV_OUTER_PIP else []
    made = subprocess.run(
        [sys.executable, "-I", "-m", "venv", *without, str(folder)], capture_output=True, check=False, stdin=subprocess.DEVNULL, text=True
    )
    if "No space left" in made.stdout + made.stderr:
        raise CannotStart(installing.advice("No space left on device"))
    return made.returncode == 0 and _is_usable(environment)


def _is_usable(environment: Environment) -> bool:
    """Whether a venv is there whose Python runs and has the pip that this way needs."""
    inside = f"import sys{', pip' if environment.way is Way.VENV else ''}; assert sys.version_info[:2] == {tuple(sys.version_info[:2])}"
    try:
        return subprocess.run([environment.python, "-I", "-c", inside], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def _pip(environment: Environment) -> list[str]:
    match environment.way:
        case Way.VENV:
            return [str(environment.python), "-I", "-m", "pip", "install"]
        case Way.VENV_OUTER_PIP:
            return [sys.executable, "-m", "pip", "--python", str(environment.python), "install"]
        case Way.FOLDER:
            return [sys.executable, "-m", "pip", "install", "--target", str(environment.folder / "packages")]


def _stamp(environment: Environment) -> None:
    """Written last: a folder without it is unfinished and is taken up again."""
    content = {"way": environment.way, "requirements": _requirements_hash(environment.name), "python": _version_of(environment.python)}
    (environment.folder / "stamp.json").write_text(json.dumps(content), "utf-8")


def _requirements_hash(name: str) -> str:
    return hashlib.sha256((ROOT / REQUIREMENTS[name]).read_bytes()).hexdigest()


def _version_of(python: Path) -> str:
    if python == Path(sys.executable):
        return sys.version
    try:
        return subprocess.run(
            [python, "-I", "-S", "-c", "import sys; sys.stdout.write(sys.version)"], capture_output=True, check=False, text=True
        ).stdout
    except OSError:
        return ""


@contextmanager
def _alone(name: str) -> Iterator[None]:
    """One start at a time makes an environment; the others wait and find it ready."""
    folder = ROOT / ".venv"
    try:
        folder.mkdir(exist_ok=True)
        lock = (folder / f"{name}.lock").open("w")
    except OSError as error:
        raise CannotStart(
            f"The environment's folder {folder} cannot be written ({error.strerror}). "
            "Copy the project to a folder that is yours, or ask its owner for write access."
        ) from error
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"Environment: another start is making .venv/{name}; waiting for it…")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield
