"""The real command against the real hub, in one process: what the client sends goes through Django's own handler."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from hub_client import command, login, management
from hub_client.connection import Reply

from audit.ground import authority_root
from audit.proof.canonical import b64url
from exchange.accounts.models import Person
from exchange.delivery.door import Arrival
from exchange.delivery.handling import handle
from tests.world import World

ADDRESS = "http://127.0.0.1:8000"
BACKEND = "allauth.account.auth_backends.AuthenticationBackend"


class InProcess:
    """The transport of a client whose hub is this very process. `sent` are the methods and paths that it carried."""

    def __init__(self) -> None:
        self.sent: list[tuple[str, str]] = []

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        """One request, as a server would have handed it on."""
        self.sent.append((method, path))
        if path.startswith("/exchange/"):
            pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
            return self._signed(Arrival(method, path, False, pairs, body or b"", "127.0.0.1"))
        kind = headers.get("content-type", "application/octet-stream")
        given: Any = {name: value for name, value in headers.items() if name != "content-type"}
        answer: Any = Client(raise_request_exception=True).generic(method, path, body or b"", content_type=kind, headers=given)
        return Reply(answer.status_code, {name.lower(): value for name, value in answer.headers.items()}, answer.content)

    def _signed(self, arrival: Arrival) -> Reply:
        """The data path stands before Django, so it is called by itself."""
        (answer,) = handle([arrival])
        return Reply(answer.status, {name.decode(): value.decode() for name, value in answer.headers}, answer.body)


def browser(person: Person) -> Client:
    """A browser in which the person has signed in just now."""
    client = Client()
    client.force_login(person, backend=BACKEND)
    session = client.session
    session["account_authentication_methods"] = [{"method": "password", "at": time.time()}]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


class Machine:
    """A machine of a department on which somebody types `hub …`."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, root: bytes) -> None:
        self.folder, self.capsys, self.monkeypatch, self.hub = folder, capsys, monkeypatch, InProcess()
        folder.mkdir(parents=True, exist_ok=True)
        self.toml = folder / "hub.toml"
        self.toml.write_text(f'base_url = "{ADDRESS}"\nauthority_root = "{b64url(root)}"\n')
        for module in (login, management):
            monkeypatch.setattr(module, "Connection", lambda _address: self.hub)
        self.said = ""

    def run(self, *words: str, code: int = 0) -> Any:
        """Type a command with --json; its document. Fails when the exit code is another one."""
        self.capsys.readouterr()
        got = command.main([*words, "--json", "--config", str(self.toml)])
        shown = self.capsys.readouterr()
        assert got == code, shown.out + shown.err
        self.said = shown.err
        return json.loads(shown.out) if shown.out else None

    def text(self, *words: str, code: int = 0) -> str:
        """Type a command; what a person reads."""
        self.capsys.readouterr()
        got = command.main([*words, "--config", str(self.toml)])
        shown = self.capsys.readouterr()
        assert got == code, shown.out + shown.err
        return shown.out + shown.err

    def log_in(self, person: Person, *scopes: str, answer: str = "allow", before: Callable[[str], object] = lambda code: None) -> Any:
        """`hub login`, while the person answers on the page at the first poll."""
        words = [part for scope in scopes or ("read", "requests", "officer") for part in ("--scope", scope)]

        def sleep(_seconds: float) -> None:
            code = self.capsys.readouterr().err.rpartition(": ")[2].strip()
            before(code)
            browser(person).post("/en/accounts/programs/", {"user_code": code, "do": answer, "scopes": list(scopes) or list(login.SCOPES)})

        self.monkeypatch.setattr(login.log_in, "__kwdefaults__", {**(login.log_in.__kwdefaults__ or {}), "sleep": sleep})
        return self.run("login", "--machine", "relief-01", *words, code=0 if answer == "allow" else 3)


def machine_of(world: World, folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Machine:
    """A machine that knows the hub of this process."""
    assert world.people
    return Machine(folder, capsys, monkeypatch, authority_root())
