"""`hub changes`: a file of lines and its cursor; whatever breaks off, no line is lost and none is there twice."""

from __future__ import annotations

import contextlib
import json
import os
from argparse import Namespace
from collections.abc import Callable, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.conf import settings
from hub_client import changing
from hub_client.changing import follow
from hub_client.configuration import Configuration, KnownAgreement
from hub_client.connection import Reply
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.session import Session

from audit import signers
from audit.ground import authority_root, log_origin
from audit.keys_document import keys_document
from audit.proof.canonical import b64url, dumps
from exchange.delivery.changes.door import handle
from exchange.delivery.door import Arrival
from tests.delivery.changes_follower import first_rows, followed, places_found_here, publish
from tests.world import World
from tests.world_data import SUBJECTS

KNOWN = KnownAgreement("a" * 32, purpose="p")


class Crash(Exception):
    """The process ends here."""


class Feed:
    """What the hub would answer: pages of a list of changes, by a cursor that is the number of the next one."""

    def __init__(self, total: int) -> None:
        self.changes: list[dict[str, Any]] = [{"row": str(n), "state": "SET", "record": {"n": n}} for n in range(total)]
        self.asked: list[dict[str, Any]] = []
        self.fails: list[Exception] = []

    def call(self, session: Any, agreement: str, method: str, wire: dict[str, Any], **_options: Any) -> tuple[Any, str]:
        self.asked.append(wire)
        if self.fails:
            raise self.fails.pop(0)
        start = int(wire.get("cursor", "0"))
        page = self.changes[start : start + wire["most"]]
        after = start + len(page)
        body = {"changes": page, "cursor": str(after), "more": after < len(self.changes), "as_of": "2026-11-21T00:00:00Z"}
        return SimpleNamespace(body=body), "receipt"


@pytest.fixture
def feed(monkeypatch: pytest.MonkeyPatch) -> Feed:
    found = Feed(10)
    monkeypatch.setattr(changing, "call", found.call)
    return found


def options(out: Path, **more: Any) -> Namespace:
    usual = {"purpose": "p", "case": "C", "officer": "automatic", "most": 3, "follow": False, "every": 60, "again": False, "retries": 0}
    return Namespace(out=str(out), **{**usual, **more})


def run(out: Path, **more: Any) -> dict[str, Any]:
    return follow(SimpleNamespace(), KNOWN, options(out, **more), told=lambda page: None, sleep=more.pop("sleep", lambda s: None))  # type: ignore[arg-type]


def numbers(out: Path) -> list[int]:
    return [json.loads(line)["record"]["n"] for line in out.read_text().splitlines()]


def test_everything_is_written_in_order_and_then_only_what_is_new(tmp_path: Path, feed: Feed) -> None:
    out = tmp_path / "rows.jsonl"
    assert run(out)["lines"] == 10
    feed.changes.append({"row": "10", "state": "SET", "record": {"n": 10}})
    assert run(out)["lines"] == 1
    assert numbers(out) == list(range(11))
    assert [wire.get("cursor") for wire in feed.asked] == [None, "3", "6", "9", "10"]
    assert (out.stat().st_mode & 0o077, out.with_name("rows.jsonl.cursor").stat().st_mode & 0o077) == (0, 0)


@pytest.mark.parametrize("step", ["fsync", "replace", "write"])
def test_a_kill_at_any_step_neither_loses_nor_repeats_a_line(
    step: str, tmp_path: Path, feed: Feed, monkeypatch: pytest.MonkeyPatch
) -> None:
    for place in range(1, 14):
        for is_after in (False, True):
            out = tmp_path / f"{place}{is_after}.jsonl"
            with monkeypatch.context() as patch:
                crash_at(patch, step, place, is_after=is_after)
                with contextlib.suppress(Crash):
                    run(out)
            if out.exists() and place % 2:
                with out.open("ab") as file:
                    file.write(b'{"row":"half a li')
            run(out)
            assert numbers(out) == list(range(10)), (step, place, is_after)


def crash_at(patch: pytest.MonkeyPatch, step: str, place: int, *, is_after: bool) -> None:
    """End the process at the nth call of a step: before it happens, or after it happened."""
    count = iter(range(1, 1000))

    def crashing(real: Callable[..., Any]) -> Callable[..., Any]:
        def inner(*arguments: Any, **named: Any) -> Any:
            is_now = next(count) == place
            if is_now and not is_after:
                raise Crash
            found = real(*arguments, **named)
            if is_now:
                raise Crash
            return found

        return inner

    if step == "fsync":
        patch.setattr(os, "fsync", crashing(os.fsync))
    elif step == "replace":
        patch.setattr(Path, "replace", crashing(Path.replace))
    else:
        patch.setattr(changing, "_write_note", crashing(changing._write_note))


def test_a_file_that_is_not_ours_is_left_alone(tmp_path: Path, feed: Feed) -> None:
    out = tmp_path / "rows.jsonl"
    out.write_text("something else\n")
    with pytest.raises(UsageError, match="without a cursor"):
        run(out)
    assert out.read_text() == "something else\n"
    run(out, again=True)
    assert numbers(out) == list(range(10))


def test_a_file_that_was_cut_says_begin_again(tmp_path: Path, feed: Feed) -> None:
    out = tmp_path / "rows.jsonl"
    run(out)
    out.write_bytes(out.read_bytes()[:-5])
    with pytest.raises(DataError, match="--again"):
        run(out)


@pytest.mark.parametrize("note", [b"", b"{}", b"[]", dumps({"agreement": "a" * 32, "cursor": "1", "bytes": "9"})])
def test_a_cursor_that_cannot_be_read_says_begin_again(note: bytes, tmp_path: Path, feed: Feed) -> None:
    out = tmp_path / "rows.jsonl"
    out.with_name("rows.jsonl.cursor").write_bytes(note)
    with pytest.raises(UsageError, match="--again"):
        run(out)


def test_the_cursor_of_another_agreement_is_not_used(tmp_path: Path, feed: Feed) -> None:
    out = tmp_path / "rows.jsonl"
    out.with_name("rows.jsonl.cursor").write_bytes(dumps({"agreement": "b" * 32, "cursor": "1", "bytes": 0}))
    with pytest.raises(UsageError, match="another agreement"):
        run(out)


def test_following_waits_politely_and_longer_where_the_hub_has_no_room(tmp_path: Path, feed: Feed) -> None:
    waits: list[float] = []

    def sleep(seconds: float) -> None:
        waits.append(seconds)
        if len(waits) == 2:
            feed.fails = [NetworkError("UNREACHABLE", "gone"), RefusedError(429, {"code": "QUOTA", "detail": "used up"})]
        if len(waits) == 6:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        follow(
            SimpleNamespace(),  # type: ignore[arg-type]
            KNOWN,
            options(tmp_path / "rows.jsonl", follow=True, every=0.001),
            told=lambda page: None,
            sleep=sleep,
        )
    assert waits == [5.0, 5.0, 10.0, 20.0, 5.0, 5.0]


def test_a_refusal_that_stands_ends_the_following(tmp_path: Path, feed: Feed) -> None:
    def sleep(seconds: float) -> None:
        feed.fails = [RefusedError(410, {"code": "CURSOR_TOO_OLD", "detail": "begin again"})]

    with pytest.raises(RefusedError):
        follow(SimpleNamespace(), KNOWN, options(tmp_path / "rows.jsonl", follow=True), told=lambda page: None, sleep=sleep)  # type: ignore[arg-type]


def test_two_processes_do_not_write_one_file(tmp_path: Path, feed: Feed, monkeypatch: pytest.MonkeyPatch) -> None:
    out = tmp_path / "rows.jsonl"

    def second(*_arguments: Any, **_options: Any) -> Any:
        run(out)

    monkeypatch.setattr(changing, "call", second)
    with pytest.raises(UsageError, match="another process"):
        run(out)


class Wire:
    """The transport: straight into the hub's own door of changes."""

    twist: Callable[[Reply], Reply] = staticmethod(lambda reply: reply)

    def send(self, method: str, path: str, *, headers: Mapping[str, str], body: bytes | None) -> Reply:
        if path == "/api/v1/keys":
            return Reply(200, {}, dumps(keys_document()))
        pairs = [(name.encode(), value.encode()) for name, value in headers.items()]
        answer = handle(Arrival(method, path, False, pairs, body or b"", "127.0.0.1"))
        return self.twist(Reply(answer.status, {name.decode(): value.decode() for name, value in answer.headers}, answer.body))


def test_against_the_hub_itself_every_page_is_verified(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places_found_here(monkeypatch)
    agreement = KnownAgreement(followed(world).agreement, purpose="disability_allowance")
    configuration = Configuration(
        base_url=settings.PUBLIC_URLS[0],
        keyid="CAB-relief/system-1",
        authority_root=b64url(authority_root()),
        log_origin=log_origin(),
        folder=tmp_path,
    )
    wire = Wire()
    session = Session(configuration, signers.system_signer("CAB-relief/system-1"), wire)
    wanted = options(tmp_path / "rows.jsonl", purpose="", most=8)
    assert follow(session, agreement, wanted, told=lambda page: None)["lines"] == 20
    publish(world, first_rows()[:-1])
    assert follow(session, agreement, wanted, told=lambda page: None)["lines"] == 1
    lines = [json.loads(line) for line in (tmp_path / "rows.jsonl").read_text().splitlines()]
    assert sorted(line["record"]["person"] for line in lines[:20]) == sorted(SUBJECTS)
    assert lines[20]["state"] == "GONE"
    wire.twist = lambda reply: Reply(reply.status, reply.headers, reply.body.replace(b'"more":false', b'"more":true'))
    with pytest.raises(DataError):
        follow(session, agreement, wanted, told=lambda page: None)
