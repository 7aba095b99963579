"""`manage.py demo`: the whole hub on one machine, as a list of steps that a person can follow."""

from __future__ import annotations

import argparse
import hashlib
import http.client
import os
import platform
import sys
import time
from collections.abc import Mapping
from pathlib import Path

from exchange.starting import environment
from exchange.starting.children import Child, Stopping, run_to_end
from exchange.starting.home import Home, hold
from exchange.starting.port import require_free
from exchange.starting.telling import CannotStart, say, step
from exchange.starting.watch import Watch
from exchange.starting.welcome import welcome

ROOT = environment.ROOT
_READY_SECONDS = 120.0
_EVERYWHERE = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104  (compared with, not bound)


class Stopped(Exception):
    """Somebody asked us to stop before the hub was up."""


def demo(arguments: list[str]) -> int:
    """Start everything, keep it running, end it when asked. Returns the exit code; raises CannotStart."""
    options = _options(arguments)
    stopping = Stopping()
    stopping.listen()
    url = _url(options.host, options.port)
    say(f"Environment: {Path(sys.prefix)}, Python {platform.python_version()}")
    home = hold(Path(options.home).resolve(), url=url, reset=options.reset)
    (home.folder / "static").mkdir(exist_ok=True)  # the web process warns where it is missing
    say(f"Home: {home.folder}")
    require_free(options.host, options.port)
    variables = _variables(home, options.host, options.port)
    try:
        _migrate(home, variables, stopping)
        _build_city(options.households, url, variables, stopping)
        return _serve(home, options, variables, stopping)
    except Stopped:
        say("Stopped.")
        return 130


def _options(arguments: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python3 manage.py demo", description="Start the hub with the demonstration city.")
    parser.add_argument("--port", type=_port, default=8000, help="where the pages are (default 8000)")
    parser.add_argument("--host", default="127.0.0.1", help="address to listen at (default 127.0.0.1: this machine only)")
    parser.add_argument("--home", default=str(ROOT / "var"), metavar="DIR", help="where the hub keeps everything (default var/)")
    parser.add_argument("--households", type=int, default=2000, metavar="N", help="size of the city when it is built (default 2000)")
    parser.add_argument("--reset", action="store_true", help="empty the home first: all its data are lost")
    return parser.parse_args(arguments)


def _port(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError("a port is a number from 1 to 65535")
    return int(text)


def _url(host: str, port: int) -> str:
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _variables(home: Home, host: str, port: int) -> dict[str, str]:
    """What the hub's processes are told. Their addresses are ours, whatever the shell had set."""
    urls = [_url(host, port)]
    if host in ("127.0.0.1", *_EVERYWHERE):
        urls += [_url(_EVERYWHERE.get(host, host), port), _url("localhost", port)]
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "exchange.settings",
        "HUB_HOME": str(home.folder),
        "HUB_DEMO": "1",
        "HUB_SUPERVISOR_PID": str(os.getpid()),
        "PUBLIC_URLS": ",".join(dict.fromkeys(urls)),
        "PYTHONUNBUFFERED": "1",
    }


def _command(*words: str) -> list[str]:
    return [sys.executable, str(ROOT / "manage.py"), *words]


def _migrate(home: Home, variables: Mapping[str, str], stopping: Stopping) -> None:
    """Bring the database up to date; skipped where nothing has changed since the last start."""
    stamp, today = home.folder / "migrated", _migrations_hash()
    if "DATABASE_URL" not in variables and (home.folder / "hub.sqlite3").exists() and _text(stamp) == today:
        say("Database: up to date")
        return
    quietly = ("--no-input", "--skip-checks", "--verbosity", "0")
    with step("Database", "migrated"):
        _run("Database", _command("migrate", *quietly), variables, stopping)
        _run("Database", _command("migrate", "--database", "keystore", *quietly), variables, stopping)
    stamp.write_text(today, "utf-8")


def _migrations_hash() -> str:
    files = sorted(file for room in ("audit", "catalog", "exchange") for file in (ROOT / room).glob("**/migrations/*.py"))
    digest = hashlib.sha256((ROOT / "requirements.txt").read_bytes())
    for file in files:
        digest.update(str(file.relative_to(ROOT)).encode() + file.read_bytes())
    return digest.hexdigest()


def _text(file: Path) -> str:
    return file.read_text("utf-8") if file.exists() else ""


def _build_city(households: int, url: str, variables: Mapping[str, str], stopping: Stopping) -> None:
    with step("City", "ready"):
        _run("City", _command("build_city", "--households", str(households), "--base-url", url), variables, stopping)


def _run(name: str, command: list[str], variables: Mapping[str, str], stopping: Stopping) -> None:
    code = run_to_end(Child(command, environment=variables, cwd=ROOT), stopping)
    if code is None:
        raise Stopped
    if code:
        raise CannotStart(
            f"{name}: `manage.py {command[2]}` failed (code {code}); its lines stand above. Start again, or from nothing with --reset."
        )


def commands(home: Home, host: str, port: int) -> dict[str, list[str]]:
    """The hub's processes, in the order in which they are started."""
    # Threads and workers: one of each. The data path scales by processes, and one is enough for an embedded hub.
    web = ["granian", "--interface", "asginl", "--host", host, "--port", str(port), "--workers", "1", "--backlog", "2048", "--no-ws"]
    worker = ["celery", "-A", "exchange.celery", "worker", "--beat", "--pool", "solo", "--concurrency", "1", "--loglevel", "WARNING"]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat", "--schedule", str(home.folder / "beat-schedule")]
    return {
        "web": [sys.executable, "-m", *web, "--workers-kill-timeout", "4", "--log-level", "warning", "exchange.asgi:application"],
        "sequencer": _command("sequence"),
        "worker": [sys.executable, "-m", *worker, *quiet],
    }


def _serve(home: Home, options: argparse.Namespace, variables: Mapping[str, str], stopping: Stopping) -> int:
    watch = Watch(home, commands(home, options.host, options.port), environment=variables, cwd=ROOT)
    try:
        with step("Processes", "web, sequencer and worker are up"):
            watch.start()
            _wait_until_ready(watch, options.host, options.port, stopping)
        say(welcome(_url(options.host, options.port), home.folder))
        say("Ctrl-C stops everything; the data stay.")
        say(f"Ready: {_url(options.host, options.port)}")
        watch.run(stopping)
        say("Stopping…")
    finally:
        watch.stop(stopping)
    say("Stopped.")
    return 0


def _wait_until_ready(watch: Watch, host: str, port: int, stopping: Stopping) -> None:
    deadline = time.monotonic() + _READY_SECONDS
    while not _answers(_EVERYWHERE.get(host, host), port):
        if stopping.asked:
            raise Stopped
        if ended := watch.dead():
            raise CannotStart(
                f"{ended[0]} ended with code {ended[1]} before the hub was ready. The end of its log:\n{watch.last_lines(ended[0])}"
            )
        if time.monotonic() > deadline:
            raise CannotStart(
                f"The hub was not ready after {_READY_SECONDS:.0f} s. The end of the web process's log:\n{watch.last_lines('web')}"
            )
        time.sleep(0.15)


def _answers(host: str, port: int) -> bool:
    connection = http.client.HTTPConnection(host, port, timeout=5)
    try:
        connection.request("GET", "/healthz/ready")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
