"""How outside programs reach the hub in the journeys: people by the management API, machines by `hub`, by its relay, or by hand."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import httpx

from audit.proof.canonical import dumps, fresh_nonce
from audit.proof.keys import PemSigner
from audit.proof.message import sign_request
from exchange.starting.environment import ROOT
from tests.journeys.homes import Place
from tests.journeys.hub_process import RunningHub

_SECONDS = 60.0


@contextlib.contextmanager
def person(hub: RunningHub, username: str) -> Iterator[httpx.Client]:
    """Somebody of the city at the management API, with the password of demo.json."""
    password = next(found["password"] for found in hub.demo["people"] if found["username"] == username)
    with httpx.Client(base_url=hub.url, auth=(username, password), timeout=_SECONDS, trust_env=False) as client:
        yield client


def told(answer: httpx.Response, status: int = 200) -> Any:
    """The JSON of an answer that has this status."""
    assert answer.status_code == status, answer.text
    return answer.json()


def wait_for(look: Callable[[], Any], what: str, seconds: float = _SECONDS) -> Any:
    """Look until there is something, for a bounded time."""
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"waited {seconds:.0f} s for {what}"
        time.sleep(0.1)
    return found


@dataclass
class Ended:
    """How a run of `hub` ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> dict[str, Any]:
        """What `--json` printed."""
        found: dict[str, Any] = json.loads(self.out)
        return found


class Started(Protocol):
    """A hub that somebody runs, with its home."""

    place: Place


class Department:
    """A folder on a department's own machine, with `hub` in it."""

    def __init__(self, hub: Started, folder: Path) -> None:
        """An empty folder."""
        folder.mkdir()
        self.running, self.folder = hub, folder
        self._environment = {name: value for name, value in os.environ.items() if not name.startswith(("HUB_", "DJANGO_"))}
        self._environment |= {"HOME": str(folder), "PYTHONWARNINGS": "error"}

    def configure(self, system: str) -> None:
        """Make hub.toml from the running hub's demo.json."""
        ended = self.hub("configure", "--from", str(self.running.place.home / "demo.json"), "--system", system, "--force")
        assert ended.code == 0, ended.err

    def hub(self, *words: str, program: list[str] | None = None, **variables: str) -> Ended:
        """Run the command and wait for it."""
        command = [sys.executable, *(program or [str(ROOT / "client" / "hub")]), *words]
        environment = self._environment | variables
        done = subprocess.run(
            command,
            cwd=self.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_SECONDS,
            check=False,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def started(self, command: list[str]) -> subprocess.Popen[str]:
        """A program in this folder that runs on, with the tests' own modules at hand; its words are kept."""
        surroundings = self._environment | {"PYTHONPATH": str(ROOT)}
        pipe = subprocess.PIPE
        return subprocess.Popen(command, cwd=self.folder, env=surroundings, text=True, stdin=subprocess.DEVNULL, stdout=pipe, stderr=pipe)

    @contextlib.contextmanager
    def relay(self) -> Iterator[str]:
        """The relay while the block lasts; gives its address."""
        command = [sys.executable, str(ROOT / "client" / "hub"), "relay", "--json", "--port", "0"]
        with subprocess.Popen(command, cwd=self.folder, env=self._environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as process:
            try:
                assert process.stdout is not None
                yield json.loads(process.stdout.readline())["listening"]
            finally:
                process.terminate()
                process.wait(20)


def post_json(url: str, document: Any) -> tuple[int, dict[str, Any]]:
    """One plain HTTP call, as any language makes it; the status and the JSON, of problems too."""
    request = urllib.request.Request(url, data=json.dumps(document).encode(), headers={"Content-Type": "application/json"})  # noqa: S310  (loopback)
    try:
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  (loopback)
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as problem:
        with problem:
            return problem.code, json.load(problem)


@dataclass(frozen=True)
class Signed:
    """A signed call, ready to be sent as it is."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass(frozen=True)
class Heard:
    """What came back."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def document(self) -> dict[str, Any]:
        """The body as JSON."""
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def code(self) -> str:
        """The code of a problem."""
        return str(self.document.get("code", ""))


@dataclass(frozen=True)
class Machine:
    """A system of a department that signs by itself. `key_of`: whose key it signs with, if not its own."""

    hub: RunningHub
    system: str
    key_of: str = ""

    def sign(self, path: str, document: Any, *, target: str = "") -> Signed:
        """Sign a call to `path`; bytes are sent as they are, all else gets a salt."""
        body = document if isinstance(document, bytes) else dumps({"salt": fresh_nonce(), **document})
        pem = self.hub.place.home / "keys" / (self.key_of or self.system) / "system-1.pem"
        headers = sign_request(
            PemSigner(f"{self.system}/system-1", pem),
            method="POST",
            target_uri=target or self.hub.url + path,
            body=body,
            created=int(time.time()),
            nonce=fresh_nonce(),
        )
        return Signed(path, {"content-type": "application/json", **headers}, body)

    def call(self, path: str, document: Any, *, target: str = "") -> Heard:
        """Sign and send."""
        return send(self.hub, self.sign(path, document, target=target))


def send(hub: RunningHub, signed: Signed, *, method: str = "POST") -> Heard:
    """Send a call over a connection of its own."""
    with contextlib.closing(hub.connect()) as connection:
        connection.request(method, signed.path, body=signed.body, headers=signed.headers)
        with connection.getresponse() as answer:
            headers = {name.lower(): value for name, value in answer.getheaders()}
            return Heard(answer.status, headers, answer.read())


def question(agreement: dict[str, Any], number: int = 0) -> dict[str, Any]:
    """What to ask under an agreement of demo.json, about its subject `number`."""
    subjects = agreement["subjects"]
    return {
        "purpose": agreement["purpose"],
        "case": f"J-{number}",
        "officer": "automatic",
        "subject": subjects[number % len(subjects)],
    }
