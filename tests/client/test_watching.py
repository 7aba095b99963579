"""`hub watch`: each thing is told once, a log that does not only grow is an alarm with its evidence, and the hub is asked politely."""

from __future__ import annotations

import json
import time
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from hub_client import watching
from hub_client.connection import Reply
from hub_client.errors import DataError, NetworkError, RefusedError

from audit import sequencer, signers
from audit.errors import Fault
from audit.proof.keys import Use
from audit.proof.note import parse_checkpoint, sign_checkpoint
from exchange.accounts.models import Membership
from exchange.sharing import actions
from tests.client.in_process import Machine, machine_of
from tests.world import World, approve, ask, part_of


@pytest.fixture
def machine(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Machine:
    found = machine_of(world, tmp_path, capsys, monkeypatch)
    monkeypatch.setattr(watching, "Connection", lambda _address: found.hub)
    found.log_in(world.person("signer"), "read")
    return found


def events(machine: Machine, kind: str) -> list[dict[str, Any]]:
    return [event for event in machine.run("watch", "--once")["events"] if event["event"] == kind]


def grow(count: int = 1) -> None:
    """So many entries more, published."""
    from django.db import transaction

    from audit import trail

    for number in range(count):
        with transaction.atomic():
            trail.record({"type": "purpose", "purpose": f"p{number}", "acting": "tests", "count": 1})
    sequencer.sequence_once()


def test_an_agreement_that_changes_its_state_is_told_once(world: World, machine: Machine) -> None:
    assert events(machine, "agreement") == []
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional)
    actions.check(part_of(request), acting_user=world.person("reviewer"), department=world.authority)
    made = approve(part_of(request), world.people, world.owner)
    assert [(event["before"], event["state"]) for event in events(machine, "agreement")] == [(None, "PROPOSED")]
    actions.sign_agreement(made, acting_user=world.person("signer"), department=world.requester)
    actions.suspend(
        world.agreement, reason="We look.", ground="PURPOSE_ENDED", acting_user=world.person("approver"), department=world.owner
    )
    told = {(event["before"], event["state"]) for event in events(machine, "agreement")}
    assert told == {("PROPOSED", "IN_FORCE"), ("IN_FORCE", "SUSPENDED")}
    assert events(machine, "agreement") == []


def test_what_waits_is_told_when_it_begins_to_wait(world: World, machine: Machine) -> None:
    events(machine, "request_waits")
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional)
    assert events(machine, "request_waits") == []
    missing = [Fault("reason", "missing", "Say which allowance.")]
    actions.return_part(part_of(request), missing=missing, acting_user=world.person("reviewer"), department=world.authority)
    assert [event["number"] for event in events(machine, "request_waits")] == [request.number]
    assert events(machine, "request_waits") == []


def test_what_expires_is_told_once_a_day(world: World, machine: Machine) -> None:
    soon = timezone.now() + timedelta(days=5)
    Membership.objects.filter(person=world.person("signer")).update(valid_until=soon)
    assert [event["what"] for event in events(machine, "expires")] == ["role OFFICER in CAB"]
    assert events(machine, "expires") == []
    place = machine.folder / watching.STATE_FILE
    seen = watching.read_seen(place)
    watching.keep_seen(place, watching.Seen(seen.checkpoint, seen.agreements, seen.waiting, dict.fromkeys(seen.told, "2026-01-01")))
    assert len(events(machine, "expires")) == 1


def test_the_log_grows_consistently_across_tiles(world: World, machine: Machine) -> None:
    grow()
    (first,) = events(machine, "log_grew")
    assert events(machine, "log_grew") == []
    grow(3)
    (second,) = events(machine, "log_grew")
    assert second["size"] > first["size"]
    assert [path for _method, path in machine.hub.sent if path.startswith("/log/tile/")]


def twisted(machine: Machine, change: Any) -> None:
    """From now on the hub shows another checkpoint, signed by its own key: what a hub that cheats would do."""
    real = machine.hub.send

    def send(method: str, path: str, **more: Any) -> Reply:
        reply = real(method, path, **more)
        if path != "/log/checkpoint":
            return reply
        found = parse_checkpoint(reply.body.decode())
        size, root = change(found)
        return Reply(200, {}, sign_checkpoint(signers.hub_signer(Use.HUB_LOG), found.origin, size, root).encode())

    machine.hub.send = send  # type: ignore[method-assign]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: (found.size - 1, found.root), "LOG_SHRANK"),
        (lambda found: (found.size, bytes(32)), "LOG_CHANGED"),
    ],
)
def test_a_log_that_was_turned_back_or_changed_is_an_alarm_with_its_evidence(
    world: World, machine: Machine, change: Any, code: str
) -> None:
    grow()
    machine.run("watch", "--once")
    before = watching.read_seen(machine.folder / watching.STATE_FILE).checkpoint
    twisted(machine, change)
    for _ in range(2):  # it stays an alarm
        assert machine.run("watch", "--once", code=1)["error"]["code"] == code
    evidence = json.loads((machine.folder / watching.EVIDENCE_FILE).read_text())
    assert (evidence["code"], evidence["before"], evidence["now"] != before) == (code, before, True)


def test_a_log_that_hides_its_checkpoint_is_an_alarm(world: World, machine: Machine) -> None:
    grow()
    machine.run("watch", "--once")
    real = machine.hub.send
    machine.hub.send = lambda method, path, **more: Reply(404, {}, b"{}") if path == "/log/checkpoint" else real(method, path, **more)  # type: ignore[method-assign]
    assert machine.run("watch", "--once", code=1)["error"]["code"] == "LOG_GONE"


def test_a_longer_log_with_another_past_is_an_alarm(world: World, machine: Machine) -> None:
    grow()
    machine.run("watch", "--once")
    place = machine.folder / watching.STATE_FILE
    seen = watching.read_seen(place)
    held = parse_checkpoint(seen.checkpoint)
    seen.checkpoint = sign_checkpoint(signers.hub_signer(Use.HUB_LOG), held.origin, held.size, b"\x07" * 32)
    watching.keep_seen(place, seen)
    grow(2)
    assert machine.run("watch", "--once", code=1)["error"]["code"] == "LOG_CHANGED"


def test_a_checkpoint_of_another_key_is_no_checkpoint(world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    grow()
    from audit.proof.keys import PemSigner, generate_private_key

    stranger = PemSigner("hub/log-9", generate_private_key())
    monkeypatch.setattr(signers, "hub_signer", lambda _use: stranger)
    twisted(machine, lambda found: (found.size, found.root))
    assert machine.run("watch", "--once", code=1)["error"]["code"] == "BAD_CHECKPOINT"


def test_it_asks_politely_and_more_slowly_after_each_failure(capsys: pytest.CaptureFixture[str]) -> None:
    waited: list[float] = []

    def one_look() -> list[dict[str, Any]]:
        if len(waited) == 1:
            return [{"event": "log_grew", "text": "It grew."}]
        if len(waited) == 2:
            raise RefusedError(429, {"code": "TOO_MANY_TRIES"})
        if len(waited) == 3:
            raise DataError("LOG_SHRANK", "x")
        raise NetworkError("UNREACHABLE", "x")

    with pytest.raises(DataError):
        watching._for_ever(one_look, 60.0, is_json=True, sleep=waited.append)
    assert [round(pause / 60) in expected for pause, expected in zip(waited, ({2}, {1}, range(13, 18)), strict=True)] == [True] * 3
    assert json.loads(capsys.readouterr().out)["event"] == "log_grew"


def test_a_state_that_cannot_be_read_is_not_begun_anew(tmp_path: Path) -> None:
    (tmp_path / "state.json").write_text("{")
    with pytest.raises(DataError):
        watching.read_seen(tmp_path / "state.json")
    assert watching.read_seen(tmp_path / "none.json") == watching.Seen()
    assert watching._moment("2026-11-21T00:00:00Z") < time.time() + 10**9
