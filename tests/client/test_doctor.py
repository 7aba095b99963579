"""The doctor finds each illness and names it in plain words."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from hub_client.connection import Reply
from hub_client.doctor import Finding, State, examine
from hub_client.errors import Exit

from audit.proof.canonical import b64url
from tests.audit.proof.charter import CAB, DATA, order
from tests.client.fake_hub import NOW, FakeHub, configuration


def findings(hub: FakeHub, folder: Path, *, now: float = NOW, **changes: Any) -> dict[str, Finding]:
    return {item.name: item for item in examine(configuration(folder, **changes), hub, lambda: now)}


def test_a_healthy_client_is_told_so(tmp_path: Path) -> None:
    found = findings(FakeHub(), tmp_path)
    assert {item.state for item in found.values()} == {State.GOOD}
    assert set(found) == {"key file", "connection", "authority", "certificate", "address", "clock", "key"}


def test_a_key_file_that_others_can_read_is_looked_at(tmp_path: Path) -> None:
    configuration(tmp_path).key_file.chmod(0o644)
    assert findings(FakeHub(), tmp_path)["key file"].state is State.WARNING


@pytest.mark.parametrize(
    ("seconds", "state"),
    [(0, State.GOOD), (-15, State.GOOD), (30, State.WARNING), (-30, State.WARNING), (61, State.BAD), (-3600, State.BAD)],
)
def test_the_clocks_are_compared(tmp_path: Path, seconds: int, state: State) -> None:
    clock = findings(FakeHub(), tmp_path, now=NOW + seconds)["clock"]
    assert clock.state is state
    assert seconds == 0 or f"{abs(seconds)} s {'ahead of' if seconds > 0 else 'behind'}" in clock.text


@pytest.mark.parametrize(
    ("name", "exit_", "changes"),
    [
        ("configuration", Exit.USAGE, {"private_key_file": "nowhere.pem"}),
        ("configuration", Exit.USAGE, {"keyid": ""}),
        ("configuration", Exit.USAGE, {"base_url": "http://hub.example"}),
        ("configuration", Exit.USAGE, {"authority_root": "short"}),
        ("hub", Exit.DATA, {"authority_root": b64url(DATA.public_key)}),
        ("hub", Exit.DATA, {"log_origin": "other.example/log"}),
        ("certificate", Exit.DATA, {"keyid": "CAB-affairs/request-1"}),
        ("certificate", Exit.DATA, {"keyid": "CAB-affairs/request-9"}),
    ],
)
def test_a_wrong_configuration_is_named(tmp_path: Path, name: str, exit_: Exit, changes: dict[str, Any]) -> None:
    found = findings(FakeHub(), tmp_path, **changes)[name]
    assert (found.state, found.exit) == (State.BAD, exit_)


def test_a_dead_hub_is_named(tmp_path: Path) -> None:
    found = findings(FakeHub(unreachable=9), tmp_path)["connection"]
    assert (found.state, found.exit) == (State.BAD, Exit.NETWORK)


def test_a_revoked_key_is_named(tmp_path: Path) -> None:
    hub = FakeHub(door=(401, "KEY_REVOKED"))
    document = order("revoke_key", keyid="CAB-affairs/request-2", reason={"en": "lost", "zh": "遗失"})
    hub.charter.add(document, ("issuer", CAB))
    found = findings(hub, tmp_path)
    assert "revoked by act" in found["certificate"].text
    assert found["key"].text == "the key was revoked: use another"
    assert found["key"].exit is Exit.REFUSED


def test_a_hub_that_knows_itself_under_another_address_is_named(tmp_path: Path) -> None:
    """Behind a gateway the signature is over an address that the hub does not have."""
    found = findings(FakeHub(address="https://hub.example", door=(401, "SIGNATURE_WRONG")), tmp_path)
    assert "set base_url to https://hub.example" in found["address"].text


def test_an_echo_that_the_hub_did_not_sign_is_not_believed(tmp_path: Path) -> None:
    hub = FakeHub()
    hub.lie_reply = lambda reply: replace(reply, body=reply.body.replace(b"VALID", b"FINE!"))
    assert findings(hub, tmp_path)["hub"].state is State.BAD


@pytest.mark.parametrize("member", ["signature_base", "clock_difference_s"])
def test_an_echo_without_a_member_is_no_good_news(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, member: str) -> None:
    whole = FakeHub._echo
    monkeypatch.setattr(FakeHub, "_echo", lambda hub, parsed: {**whole(hub, parsed), member: None})
    found = findings(FakeHub(), tmp_path)["hub"]
    assert (found.state, found.exit) == (State.BAD, Exit.DATA)
    assert "does not tell" in found.text


def test_an_echo_that_is_refused_is_told(tmp_path: Path) -> None:
    hub = FakeHub(lie_reply=lambda _reply: Reply(429, {}, b'{"detail":"too many"}'))
    found = findings(hub, tmp_path)["echo"]
    assert found.exit is Exit.REFUSED
    assert "too many" in found.text
