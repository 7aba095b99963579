"""`hub pull` against the hub's own door: whole, resumed, stopped, lied to."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from hub_client.configuration import Configuration, KnownAgreement
from hub_client.connection import Reply
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.pulling import pull
from hub_client.session import Session

from audit import signers
from audit.ground import authority_root, log_origin
from audit.keys_document import keys_document
from audit.proof.canonical import b64url, dumps
from exchange.delivery.door import Arrival
from exchange.delivery.exports import child
from exchange.delivery.exports.door import Streaming, handle
from exchange.delivery.models import Delivery
from tests.delivery.export_caller import made_here, run_work
from tests.delivery.test_exports import INSIDE, agreed, rows_of
from tests.delivery.test_exports_stopped import revoke
from tests.world import World

Twist = Callable[[str, Reply], Reply]


class Wire:
    """The transport: straight into the door of exports. `breaks` counts the range requests that end too early."""

    def __init__(self) -> None:
        self.breaks = 0
        self.twist: Twist = lambda path, reply: reply
        self.ranges: list[str] = []
        self.before_data: Callable[[], None] = lambda: None

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        if path == "/api/v1/keys":
            return Reply(200, {}, dumps(keys_document()))
        if path.endswith("/data"):
            self.before_data()
            self.ranges.append(headers["range"])
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = handle(Arrival(method, path, False, pairs, body or b"", "127.0.0.1"))
        run_work()
        if not isinstance(answer, Streaming):
            return self.twist(path, Reply(answer.status, {name.decode(): value.decode() for name, value in answer.headers}, answer.body))
        return self.twist(path, self._rows(answer))

    def _rows(self, answer: Streaming) -> Reply:
        raw = b""
        while piece := answer.stream.step():
            raw += piece
            if self.breaks:
                break
        answer.stream.close()
        if self.breaks:
            self.breaks -= 1
            raise NetworkError("CUT_SHORT", "the connection ended in the middle of the answer")
        return Reply(answer.status, {}, raw)


class Command:
    """What a person types, without the process around it."""

    def __init__(self, folder: Path, wire: Wire, agreement: str) -> None:
        settings = Configuration(
            base_url="http://localhost:8000",
            keyid="CAB-relief/system-1",
            authority_root=b64url(authority_root()),
            log_origin=log_origin(),
            folder=folder,
        )
        self.session = Session(settings, signers.system_signer("CAB-relief/system-1"), wire)
        self.known = KnownAgreement(agreement, "R14", "disability_allowance", ("EXPORT",))
        self.out = folder / "rows.csv"

    def pull(self, **options: Any) -> dict[str, Any]:
        wanted = {"purpose": "", "case": "C-1", "officer": "automatic", "format": "csv", "columns": "", "retries": 2}
        given = Namespace(**{**wanted, "force": False, "seal_key": "", "out": str(self.out), **options})
        return pull(self.session, self.known, given, progress=lambda step, percent: None, sleep=lambda seconds: None)


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, settings: Any) -> Wire:
    settings.PUBLIC_URLS = ["http://localhost:8000"]
    monkeypatch.setattr("hub_client.pulling.PIECES_AT_ONCE", 2)
    return Wire()


@pytest.fixture
def command(world: World, wire: Wire, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Command:
    """A command for an agreement on an export whose pieces are small, so that a small world has many."""
    made_here(monkeypatch)
    _small_pieces(monkeypatch)
    return Command(tmp_path, wire, agreed(world).agreement_id)


def _small_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of 100 bytes instead of a MiB."""
    from exchange.delivery.exports import manifest, moves

    for module in (child, manifest, moves):
        monkeypatch.setattr(module, "PIECE", 100)


def test_a_pull_gives_the_agreed_rows_and_leaves_nothing_unfinished(command: Command, wire: Wire) -> None:
    shown = command.pull()
    assert sorted(row["person"] for row in rows_of(command.out.read_bytes())) == sorted(INSIDE)
    assert shown["rows"] == len(INSIDE)
    assert Path(shown["receipt_file"]).exists()
    assert len(wire.ranges) > 2
    assert [path.name for path in command.out.parent.glob("rows.csv*")] == ["rows.csv"]
    assert Delivery.objects.get().state == "COLLECTED"


def test_a_connection_that_breaks_is_taken_up_again(command: Command, wire: Wire) -> None:
    wire.breaks = 2
    command.pull()
    assert len(rows_of(command.out.read_bytes())) == len(INSIDE)


def test_the_same_command_goes_on_where_it_broke_off(command: Command, wire: Wire) -> None:
    seen = 0

    def fails_late() -> None:
        nonlocal seen
        seen += 1
        if 3 <= seen <= 5:
            raise NetworkError("UNREACHABLE", "gone")

    wire.before_data = fails_late
    with pytest.raises(NetworkError):
        command.pull()
    assert not command.out.exists()
    wire.ranges.clear()
    command.pull()
    assert wire.ranges[0] == "bytes=400-599"
    assert len(rows_of(command.out.read_bytes())) == len(INSIDE)
    assert Delivery.objects.count() == 1


def test_a_revocation_in_the_middle_ends_the_pull_with_the_hubs_word(world: World, command: Command, wire: Wire) -> None:
    from exchange.sharing.models import Agreement

    def revoked() -> None:
        if len(wire.ranges) == 2:
            revoke(world, Agreement.objects.get(agreement_id=command.known.id))

    wire.before_data = revoked
    with pytest.raises(RefusedError) as caught:
        command.pull()
    assert caught.value.code == "REVOKED"
    assert not command.out.exists()


@pytest.mark.parametrize("option", [{"columns": "diagnosis"}, {"case": ""}])
def test_a_refusal_is_told_with_its_receipt(command: Command, option: dict[str, str]) -> None:
    with pytest.raises(RefusedError) as caught:
        command.pull(**option)
    assert caught.value.receipt_file


def altered(path: str, reply: Reply) -> Reply:
    return Reply(reply.status, reply.headers, reply.body.replace(b"visual", b"vizual")) if path.endswith("/data") else reply


def moved(path: str, reply: Reply) -> Reply:
    body = reply.body[100:] + reply.body[:100] if path.endswith("/data") else reply.body
    return Reply(reply.status, reply.headers, body)


@pytest.mark.parametrize("twist", [altered, moved])
def test_altered_or_mixed_rows_are_noticed_and_never_get_the_files_name(command: Command, wire: Wire, twist: Twist) -> None:
    wire.twist = twist
    with pytest.raises(DataError) as caught:
        command.pull()
    assert caught.value.code == "PIECE_WRONG"
    assert not command.out.exists()


def test_rows_that_are_cut_off_are_noticed(command: Command, wire: Wire) -> None:
    wire.twist = lambda path, reply: Reply(reply.status, reply.headers, reply.body[:-1]) if path.endswith("/data") else reply
    with pytest.raises(NetworkError):
        command.pull()
    assert not command.out.exists()


def test_a_manifest_of_another_export_is_refused(command: Command, wire: Wire) -> None:
    manifests: list[Reply] = []

    def exchanged(path: str, reply: Reply) -> Reply:
        if not path.endswith("/manifest"):
            return reply
        manifests.append(reply)
        return Reply(reply.status, manifests[0].headers, manifests[0].body)

    wire.twist = exchanged
    command.pull()
    with pytest.raises(DataError):
        command.pull(force=True)


def test_a_manifest_that_was_altered_is_refused(command: Command, wire: Wire) -> None:
    def fewer(path: str, reply: Reply) -> Reply:
        return Reply(reply.status, reply.headers, reply.body.replace(b'"rows":', b'"rows":1')) if path.endswith("/manifest") else reply

    wire.twist = fewer
    with pytest.raises(DataError):
        command.pull()


def test_a_file_that_is_there_is_not_written_over(command: Command) -> None:
    command.out.write_text("mine")
    with pytest.raises(UsageError):
        command.pull()
    assert command.out.read_text() == "mine"


def test_an_unfinished_file_of_another_order_is_not_taken_up(command: Command) -> None:
    command.out.with_name("rows.csv.part.json").write_text(
        json.dumps({"agreement": "other", "form": "csv", "columns": [], "key": "k" * 22, "leaf": ""})
    )
    with pytest.raises(UsageError) as caught:
        command.pull()
    assert caught.value.code == "OTHER_PART"
