"""A demonstration city that was built once, and copies of it: home folders and databases, on SQLite or on DATABASE_URL's PostgreSQL."""

from __future__ import annotations

import json
import os
import secrets
import shutil
import subprocess
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from exchange.starting.environment import ROOT

HOUSEHOLDS = 60
_BUILD_SECONDS = 480
_COMMAND_SECONDS = 180
_DATABASES = ("DATABASE_URL", "KEYSTORE_URL")
_OURS = (*_DATABASES, "HUB_HOME", "HUB_DEMO", "HUB_SUPERVISOR_PID", "PUBLIC_URLS")


@dataclass(frozen=True)
class Place:
    """Where one hub keeps everything. `databases`: addresses by variable; empty on SQLite, whose files lie in the home."""

    home: Path
    databases: dict[str, str]

    def environment(self, url: str = "http://127.0.0.1:9") -> dict[str, str]:
        """What a process of this hub is told; `url` is where it is reached."""
        surroundings = {name: value for name, value in os.environ.items() if name not in _OURS}
        own = {"DJANGO_SETTINGS_MODULE": "exchange.settings", "HUB_HOME": str(self.home), "HUB_DEMO": "1", "PUBLIC_URLS": url}
        return surroundings | own | {"PYTHONUNBUFFERED": "1"} | self.databases

    def manage(self, *words: str, seconds: float = _COMMAND_SECONDS) -> subprocess.CompletedProcess[str]:
        """Run `manage.py` here and wait for it, whatever its exit code."""
        return self._run([str(ROOT / "manage.py"), *words], seconds)

    def run_module(self, module: str, *words: str) -> subprocess.CompletedProcess[str]:
        """Run one of the tests' own programs as a process of this hub."""
        return self._run(["-m", module, *words], _COMMAND_SECONDS)

    def _run(self, words: list[str], seconds: float) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=seconds,
            check=False,
        )


class City:
    """The city as it was built, and who must be ended with it."""

    def __init__(self, folder: Path) -> None:
        """Build it under `folder`. Raises AssertionError with what the building said."""
        self._folder, self._made = folder, 0
        self._places: list[Place] = []
        self.built = self._new_place(None)
        self.built.home.mkdir()
        (self.built.home / "static").mkdir()  # WhiteNoise warns where it is missing
        quietly = ("--no-input", "--skip-checks", "--verbosity", "0")
        _done(self.built.manage("migrate", *quietly))
        _done(self.built.manage("migrate", "--database", "keystore", *quietly))
        size = ("--households", str(HOUSEHOLDS), "--base-url", "http://127.0.0.1:9")
        _done(self.built.manage("build_city", *size, seconds=_BUILD_SECONDS))

    def copy(self) -> Place:
        """Another hub with the same past, that goes its own way."""
        place = self._new_place(self.built)
        shutil.copytree(self.built.home, place.home)
        return place

    def drop(self, place: Place) -> None:
        """Forget a copy."""
        self._places.remove(place)
        _drop_databases(place.databases.values())
        shutil.rmtree(place.home, ignore_errors=True)

    def end(self) -> None:
        """Leave nothing behind."""
        for place in list(self._places):
            self.drop(place)

    def _new_place(self, template: Place | None) -> Place:
        self._made += 1
        databases = _new_databases(template.databases if template else {})
        place = Place(self._folder / f"hub-{self._made}", databases)
        self._places.append(place)
        return place


def address_in(place: Place, url: str) -> None:
    """Tell the scripts that read demo.json where this copy is reached."""
    path = place.home / "demo.json"
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | {"base_url": url}), "utf-8")


def _done(process: subprocess.CompletedProcess[str]) -> None:
    assert process.returncode == 0, f"{process.args} failed:\n{process.stdout[-3000:]}\n{process.stderr[-3000:]}"


def _new_databases(templates: dict[str, str]) -> dict[str, str]:
    """Databases of our own on the server of DATABASE_URL, copied from `templates`; none on SQLite."""
    server = os.environ.get("DATABASE_URL", "")
    if not server.startswith("postgres"):
        return {}
    made = {}
    for variable in _DATABASES:
        name = f"journey_{secrets.token_hex(6)}"
        template = urlsplit(templates[variable]).path[1:] if templates else "template0"
        _on_server(server, f"CREATE DATABASE {name} TEMPLATE {template}")
        made[variable] = urlsplit(server)._replace(path=f"/{name}").geturl()
    return made


def _drop_databases(addresses: Iterable[str]) -> None:
    for address in addresses:
        _on_server(os.environ["DATABASE_URL"], f"DROP DATABASE IF EXISTS {urlsplit(address).path[1:]} WITH (FORCE)")


def _on_server(server: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(server, autocommit=True) as connection:
        connection.execute(statement.encode())
