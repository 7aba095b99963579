"""`hub login`: a code, a page, a file for oneself alone; and what the client does with what goes wrong."""

from __future__ import annotations

import json
import stat
from pathlib import Path

import pytest
from hub_client import searching
from hub_client.configuration import Configuration
from hub_client.connection import Reply
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.login import log_in
from hub_client.management import Management, Token, keep_token, read_token, route

from exchange.accounts.models import Program
from tests.client.in_process import Machine, browser, machine_of
from tests.world import World

ASKED = {
    "device_code": "d",
    "user_code": "WDJB-MJHT",
    "verification_uri_complete": "https://hub.example/x",
    "expires_in": 60,
    "interval": 5,
}


@pytest.fixture
def machine(world: World, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Machine:
    return machine_of(world, tmp_path, capsys, monkeypatch)


def test_a_login_keeps_a_token_for_oneself_alone_and_a_logout_ends_it(world: World, machine: Machine) -> None:
    told = machine.log_in(world.person("asker"), "read")
    path = Path(told["token_file"])
    assert (told["person"], told["scope"], path.parent) == ("cab.asker", "read", machine.folder)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert machine.run("agreements")["agreements"]
    assert Program.objects.get().ended_at is None
    assert machine.run("logout") == {"ended": True, "forgotten": True}
    assert Program.objects.get().ended_at is not None
    assert machine.run("agreements", code=2)["error"]["code"] == "NOT_LOGGED_IN"


def test_a_refusal_on_the_page_is_the_end_of_it(world: World, machine: Machine) -> None:
    told = machine.log_in(world.person("asker"), answer="refuse")
    assert told["error"]["code"] == "ACCESS_DENIED"
    assert not (machine.folder / "hub.token").exists()


def test_an_access_that_was_ended_on_the_page_says_what_to_do(world: World, machine: Machine) -> None:
    machine.log_in(world.person("asker"))
    browser(world.person("asker")).post(f"/en/accounts/programs/{Program.objects.get().pk}/end/")
    refused = machine.text("agreements", code=3)
    assert "hub login" in refused


def test_what_was_not_allowed_names_the_scope(world: World, machine: Machine) -> None:
    machine.log_in(world.person("asker"), "read")
    refused = machine.run("request", "submit", world.request.number, code=3)
    assert (refused["error"]["code"], refused["error"]["problem"]["scope"]) == ("SCOPE_NEEDED", "requests")


class Scripted:
    """A hub that answers as written, one line after the other."""

    def __init__(self, *replies: Reply | Exception) -> None:
        self.replies = list(replies)

    def send(self, method: str, path: str, **_more: object) -> Reply:
        reply = self.replies.pop(0)
        if isinstance(reply, Exception):
            raise reply
        return reply


def said(status: int, **document: object) -> Reply:
    return Reply(status, {}, json.dumps(document).encode())


def logged_in(tmp_path: Path, *replies: Reply | Exception) -> tuple[Token, list[float]]:
    waited: list[float] = []
    settings = Configuration(base_url="http://127.0.0.1:9", folder=tmp_path)
    hub = Scripted(said(200, **ASKED), *replies)
    return log_in(settings, hub, machine="m", scopes=["read"], tell=lambda _text: None, sleep=waited.append), waited


GIVEN = said(200, access_token="mzp_x", scope="read", person="cab.asker")


def test_the_client_polls_as_the_standard_says(tmp_path: Path) -> None:
    pending, slower = said(400, error="authorization_pending"), said(400, error="slow_down")
    _token, waited = logged_in(tmp_path, pending, slower, pending, NetworkError("TIMEOUT", "x"), GIVEN)
    assert waited == [5, 5, 10, 10, 20]


def test_nobody_answers_in_time(tmp_path: Path) -> None:
    with pytest.raises(DataError) as over:
        logged_in(tmp_path, *[said(400, error="authorization_pending")] * 20)
    assert over.value.code == "EXPIRED_TOKEN"


@pytest.mark.parametrize("error", ["access_denied", "expired_token"])
def test_a_no_is_not_asked_again(tmp_path: Path, error: str) -> None:
    with pytest.raises(RefusedError):
        logged_in(tmp_path, said(400, error=error, code=error.upper()), GIVEN)


def test_a_token_goes_to_its_own_hub_and_never_to_another(tmp_path: Path) -> None:
    here = Configuration(base_url="http://127.0.0.1:9", folder=tmp_path)
    keep_token(tmp_path / "hub.token", Token(here.address, "mzp_x", "read", "a"))
    assert read_token(here).access_token == "mzp_x"
    with pytest.raises(UsageError) as refused:
        read_token(Configuration(base_url="https://other.example", folder=tmp_path))
    assert refused.value.code == "OTHER_HUB"


def test_a_token_that_others_can_read_is_not_used(tmp_path: Path) -> None:
    here = Configuration(base_url="http://127.0.0.1:9", folder=tmp_path)
    keep_token(tmp_path / "hub.token", Token(here.address, "mzp_x", "read", "a"))
    (tmp_path / "hub.token").chmod(0o644)
    with pytest.raises(UsageError) as refused:
        read_token(here)
    assert refused.value.code == "TOKEN_READABLE"


@pytest.mark.parametrize(
    ("reply", "kind"),
    [
        (Reply(502, {}, b"<html>"), NetworkError),
        (Reply(200, {}, b"<html>"), DataError),
        (said(503, code="LOG_BEHIND"), NetworkError),
        (said(409, code="CONFLICT"), RefusedError),
    ],
)
def test_what_comes_back_is_told_apart(reply: Reply, kind: type[Exception]) -> None:
    with pytest.raises(kind):
        Management(Scripted(reply)).get("me")


def test_a_typed_name_stays_one_part_of_the_address() -> None:
    assert route("requests", "../people?x", "submit") == "requests/..%2Fpeople%3Fx/submit"
    with pytest.raises(UsageError):
        route("requests", "")


def test_the_catalogue_is_searched_without_a_token(world: World, machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(searching, "Connection", lambda _address: machine.hub)
    assert [row["code"] for row in machine.run("search", "certificates")["datasets"]] == ["R14"]
    assert "diagnosis" in machine.text("search", "--show", "R14")
    assert machine.run("search", code=2)["error"]["code"] == "WHICH"
