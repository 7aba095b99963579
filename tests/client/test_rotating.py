"""`hub keys rotate`: killed at any step it goes on, the old key works until the new one does, and only an administrator certifies."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hub_client import configuration, doctor, rotating
from hub_client.doctor import Finding, State
from hub_client.errors import Exit

from audit.ground import log_origin
from audit.signers import key_path
from catalog.models import Key
from exchange.accounts.models import KeyRequest, KeyRequestState
from tests.client.in_process import ADDRESS, Machine, browser, machine_of
from tests.world import World

OLD, NEW = "CAB-relief/system-1", "CAB-relief/system-2"


@pytest.fixture
def machine(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, settings: Any) -> Machine:
    """A machine with the key of a system of the requester, and the token of an officer there."""
    settings.PUBLIC_URLS = [ADDRESS]
    found = machine_of(world, tmp_path, capsys, monkeypatch)
    shutil.copy(key_path(OLD), tmp_path / "system-1.pem")
    with found.toml.open("a") as file:
        file.write(f'keyid = "{OLD}"\nprivate_key_file = "system-1.pem"\nlog_origin = "{log_origin()}"\n')
    monkeypatch.setattr(rotating, "Connection", lambda _address: found.hub)
    found.log_in(world.person("asker"))
    return found


def decide(world: World, keyid: str, do: str = "grant", who: str = "requester_admin") -> int:
    asked = KeyRequest.objects.get(keyid=keyid, state=KeyRequestState.WAITING)
    return int(browser(world.person(who)).post(f"/en/console/keys/waiting/{asked.pk}", {"do": do}).status_code)


def keyid_of(machine: Machine) -> str:
    return configuration.load({"config": str(machine.toml)}, {}).keyid


def test_a_key_is_replaced_without_a_gap(world: World, machine: Machine) -> None:
    waiting = machine.run("keys", "rotate")
    assert (waiting["state"], waiting["old"], waiting["new"], keyid_of(machine)) == ("WAITING", OLD, NEW, OLD)
    assert waiting["public_key"] in browser(world.person("requester_admin")).get("/en/console/keys").content.decode()
    assert NEW in browser(world.person("requester_admin")).get("/en/console").content.decode()
    assert decide(world, NEW) == 302
    assert machine.run("keys", "rotate")["state"] == "DONE"
    assert keyid_of(machine) == NEW
    assert all(found.state is not State.BAD for found in doctor.examine(configuration.load({"config": str(machine.toml)}, {}), machine.hub))
    assert Key.objects.get(keyid=OLD).revoked_seq is None
    assert decide(world, OLD) == 302
    assert Key.objects.get(keyid=OLD).revoked_seq is not None
    assert {row["keyid"]: row["is_revoked"] for row in machine.run("keys", "list")["systems"][0]["keys"]} == {OLD: True, NEW: False}
    assert not (machine.folder / rotating.STATE_FILE).exists()


class Killed(BaseException):
    """The process is gone."""


def _kill_at(monkeypatch: pytest.MonkeyPatch, name: str, *, after: bool) -> Callable[[], None]:
    """The next call of this step never comes back; `after`: its work was done."""
    real = getattr(rotating, name)

    def killed(*given: Any, **more: Any) -> Any:
        if after:
            real(*given, **more)
        raise Killed

    monkeypatch.setattr(rotating, name, killed)
    return lambda: monkeypatch.setattr(rotating, name, real)


@pytest.mark.parametrize("after", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("step", ["_made", "_handed_in", "_certified", "_switched", "_ask_end", "_keep"])
def test_killed_at_any_step_the_same_command_goes_on(
    world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch, step: str, after: bool
) -> None:
    if step in ("_certified", "_switched", "_ask_end"):
        machine.run("keys", "rotate")
        decide(world, NEW)
    restore = _kill_at(monkeypatch, step, after=after)
    with pytest.raises(Killed):
        machine.run("keys", "rotate")
    restore()
    used = keyid_of(machine)
    assert used == OLD or Key.objects.filter(keyid=used).exists(), "the key in use is certified at every moment"
    if machine.run("keys", "rotate")["state"] == "WAITING":
        decide(world, NEW)
        assert machine.run("keys", "rotate")["state"] == "DONE"
    assert keyid_of(machine) == NEW
    assert sorted(KeyRequest.objects.values_list("wish", "keyid")) == [("CERTIFY", NEW), ("REVOKE", OLD)]


def test_an_administrators_no_ends_it_and_the_old_key_stays(world: World, machine: Machine) -> None:
    machine.run("keys", "rotate")
    decide(world, NEW, "refuse")
    assert machine.run("keys", "rotate", code=3)["error"]["code"] == "KEY_REFUSED"
    assert keyid_of(machine) == OLD


def test_only_an_administrator_of_the_department_decides(world: World, machine: Machine) -> None:
    machine.run("keys", "rotate")
    assert decide(world, NEW, who="asker") == 403
    assert decide(world, NEW, who="owner_admin") == 404
    assert not Key.objects.filter(keyid=NEW).exists()


def test_a_key_that_does_not_work_is_not_switched_to(world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    machine.run("keys", "rotate")
    decide(world, NEW)
    bad = Finding("certificate", State.BAD, "it is another one", Exit.DATA)
    monkeypatch.setattr(doctor, "examine", lambda *_given: iter([bad]))
    assert machine.run("keys", "rotate", code=1)["error"]["code"] == "NEW_KEY_FAILS"
    assert keyid_of(machine) == OLD


def test_the_wait_is_polite_and_ends(world: World, machine: Machine) -> None:
    from hub_client.management import open_management

    hub = open_management(configuration.load({"config": str(machine.toml)}, {}), transport=machine.hub)
    waited: list[float] = []
    _found, state = rotating.rotate(machine.toml, hub, machine.hub, wait_s=50.0, sleep=waited.append)
    assert (state, waited) == ("WAITING", [20.0, 20.0, 10.0])


def test_another_key_under_the_same_name_is_refused(world: World, machine: Machine) -> None:
    machine.run("keys", "rotate")
    state = machine.folder / rotating.STATE_FILE
    state.write_text(json.dumps({**json.loads(state.read_text()), "request": ""}))
    (machine.folder / "system-2.pem").unlink()
    assert machine.run("keys", "rotate", code=3)["error"]["code"] == "KEY_NAME_TAKEN"


@pytest.mark.parametrize(
    ("name", "taken", "following"),
    [
        ("request-1", set(), "request-2"),
        ("request-1", {"request-2"}, "request-3"),
        ("relief", set(), "relief-2"),
        ("a-9", {"a-10"}, "a-11"),
    ],
)
def test_the_next_name(name: str, taken: set[str], following: str) -> None:
    assert rotating._next(name, taken) == following


def test_a_state_that_cannot_be_read_is_not_guessed(world: World, machine: Machine) -> None:
    (machine.folder / rotating.STATE_FILE).write_text("{")
    assert machine.run("keys", "rotate", code=2)["error"]["code"] == "BAD_STATE"
