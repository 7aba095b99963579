"""How the provider's kit is reached, and what it reads from: servers, files, tables, and `hub provide`."""

from __future__ import annotations

import asyncio
import io
import json
import os
import sqlite3
import threading
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import pytest
from hub_client import command
from hub_client.errors import UsageError
from hub_client.providing import Asked, FileTable, SqliteTable, Subject
from hub_client.providing.serving import AsgiApplication, ProviderServer, wsgi_application
from hub_client.testing import FakeHub

from audit.proof.canonical import b64url, dumps, fresh_nonce
from audit.proof.keys import write_private_key
from tests.client.provider_asking import DESCRIPTION, DOCUMENT, PEM, PERSON, ROW, SIGNER, WRITTEN, Asking, pairs

# --- how it is reached -------------------------------------------------------------------------------------------


@pytest.fixture
def served() -> Any:
    asking = Asking()
    server = ProviderServer(asking.endpoint, ("127.0.0.1", 0))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    yield asking, server
    server.shutdown()
    thread.join()
    server.server_close()


def sent(url: str, body: bytes | None, headers: dict[str, str]) -> Any:
    return urllib.request.urlopen(urllib.request.Request(url, body, headers), timeout=60)  # noqa: S310 - this machine


def test_over_http_a_question_is_answered_and_everything_else_refused(served: tuple[Asking, ProviderServer]) -> None:
    asking, server = served
    place = f"http://127.0.0.1:{server.server_address[1]}"
    body = dumps(asking.question())
    headers = asking.signed(body)
    with sent(f"{place}/hub", body, headers) as answer:
        asking.verify(headers, body, {name.lower(): value for name, value in answer.headers.items()}, answer.read())
    for path, data, status in (("/hub", body, 409), ("/other", body, 404), ("/hub", None, 501)):
        with pytest.raises(urllib.error.HTTPError) as refused:
            sent(place + path, data, headers)
        assert refused.value.code == status
        refused.value.close()


def test_when_there_is_no_room_the_next_question_is_told_so(served: tuple[Asking, ProviderServer]) -> None:
    asking, server = served
    server.room = threading.BoundedSemaphore(1)
    server.room.acquire()
    body = dumps(asking.question())
    with pytest.raises(urllib.error.HTTPError) as refused:
        sent(f"http://127.0.0.1:{server.server_address[1]}/hub", body, asking.signed(body))
    assert refused.value.code == 503
    refused.value.close()


def test_behind_a_wsgi_server() -> None:
    asking, told = Asking(), []
    body = dumps(asking.question())
    headers = asking.signed(body)
    environ = {f"HTTP_{name.upper().replace('-', '_')}": value for name, value in headers.items() if name != "content-type"}
    environ |= {"REQUEST_METHOD": "POST", "CONTENT_LENGTH": str(len(body)), "CONTENT_TYPE": "application/json"}
    application = wsgi_application(asking.endpoint)
    (answer,) = application({**environ, "wsgi.input": io.BytesIO(body)}, lambda *start: told.append(start))
    assert told[0][0] == "200 OK"
    asking.verify(headers, body, dict(told[0][1]), answer)
    application({**environ, "REQUEST_METHOD": "GET"}, lambda *start: told.append(start))
    assert told[1][0] == "405 Refused"


def test_behind_an_asgi_server() -> None:
    asking, sent = Asking(), []
    body = dumps(asking.question())
    headers = asking.signed(body)
    events = iter(
        [
            {"type": "http.request", "body": body[:10], "more_body": True},
            {"type": "http.request", "body": body[10:], "more_body": False},
        ]
    )

    async def receive() -> Any:
        return next(events)

    async def send(event: Any) -> None:
        sent.append(event)

    scope = {"type": "http", "method": "POST", "path": "/hub", "headers": pairs(headers)}
    asyncio.run(AsgiApplication(asking.endpoint)(scope, receive, send))
    assert sent[0]["status"] == 200
    asking.verify(headers, body, {name.decode(): value.decode() for name, value in sent[0]["headers"]}, sent[1]["body"])


# --- files and tables --------------------------------------------------------------------------------------------

HEAD = "身份证号,类别,等级,有效期,金额,在世,不用\n"
ROWS = HEAD + f"{PERSON.lower()},visual,2,2031-12-31,12.50,true,x\n{PERSON},hearing,,,,,\n"


def _asked(*identifiers: str) -> Asked:
    return Asked("0" * 32, "R14", tuple(Subject("person", one) for one in identifiers), tuple(ROW))


def test_rows_of_a_file_are_found_by_their_subject_and_as_of_the_files_time(tmp_path: Path) -> None:
    path = tmp_path / "rows.csv"
    path.write_text(ROWS)
    os.utime(path, (1_700_000_000, 1_700_000_000))
    table = FileTable(path, DESCRIPTION)
    asking = Asking(table)
    _, body = asking.ask()
    assert body["answers"][0]["records"] == [
        WRITTEN,
        {"身份证号": PERSON, "类别": "hearing", "等级": None, "有效期": None, "金额": None, "在世": None},
    ]
    assert (body["as_of"], table.rows) == ("2023-11-14T22:13:20Z", 2)
    assert table(_asked("nobody")).records == {Subject("person", "nobody"): []}


def test_a_file_that_changes_is_read_again_and_one_that_does_not_fit_is_not_taken_over(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "rows.jsonl"
    line = {**WRITTEN, "金额": 12.5}
    path.write_text(json.dumps(line) + "\n")
    os.utime(path, (1_700_000_000, 1_700_000_000))
    table = FileTable(path, DESCRIPTION)
    person = Subject("person", PERSON)
    path.write_text(json.dumps({**line, "等级": 3}) + "\n")
    os.utime(path, (1_700_000_100, 1_700_000_100))
    assert [row["等级"] for row in table(_asked(PERSON)).records[person]] == [3]
    path.write_text(json.dumps({**line, "等级": f"about {PERSON}"}) + "\n")
    os.utime(path, (1_700_000_200, 1_700_000_200))
    for _ in range(2):
        assert [row["等级"] for row in table(_asked(PERSON)).records[person]] == [3]
    assert caplog.text.count("rows.jsonl, line 1: the column 等级") == 1
    assert PERSON not in caplog.text
    path.unlink()
    assert [row["等级"] for row in table(_asked(PERSON)).records[person]] == [3]


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("rows.csv", "身份证号\nx\n"),
        ("rows.csv", HEAD + "x,visual\n"),
        ("rows.csv", HEAD + "x,visual,two,,,,\n"),
        ("rows.csv", HEAD + "x,visual,,,,perhaps,\n"),
        ("rows.csv", HEAD + "x,,,,,,\n" * 101),
        ("rows.jsonl", "[]\n"),
        ("rows.jsonl", "{\n"),
        ("rows.txt", "x"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_by_line_and_column(tmp_path: Path, name: str, content: str) -> None:
    path = tmp_path / name
    path.write_text(content)
    with pytest.raises(UsageError, match="rows"):
        FileTable(path, DESCRIPTION)


@pytest.fixture
def database(tmp_path: Path) -> Path:
    path = tmp_path / "register.sqlite"
    connection = sqlite3.connect(path)
    connection.execute('CREATE TABLE "cert""s" (身份证号 TEXT, 类别 TEXT, 等级 INTEGER, 有效期 TEXT, 金额 TEXT, 在世 INTEGER, 不用 TEXT)')
    connection.execute('INSERT INTO "cert""s" VALUES (?, ?, ?, ?, ?, ?, ?)', (PERSON, "visual", 2, "2031-12-31", "12.5", 1, "x"))
    connection.commit()
    connection.close()
    return path


def test_a_table_is_read_with_bound_identifiers_and_cannot_be_written(database: Path) -> None:
    table = SqliteTable(database, 'cert"s', DESCRIPTION)
    _, body = Asking(table).ask()
    assert body["answers"][0]["records"] == [WRITTEN]
    evil = "' OR 1=1 --"
    assert table(_asked(evil)).records == {Subject("person", evil): []}
    with table._open() as connection, pytest.raises(sqlite3.OperationalError):
        connection.execute('DELETE FROM "cert""s"')
    connection.close()
    with pytest.raises(UsageError, match="no table"):
        SqliteTable(database, "others", DESCRIPTION)


def test_another_database_is_read_where_sqlalchemy_is_there(database: Path) -> None:
    from hub_client.providing.database import DatabaseTable

    table = DatabaseTable(f"sqlite:///{database}", 'cert"s', DESCRIPTION)
    asked = Asked("0" * 32, "R14", (Subject("person", PERSON),), ("身份证号", "等级"))
    assert table(asked).records == {asked.subjects[0]: [{"身份证号": PERSON, "等级": 2}]}
    table.close()
    with pytest.raises(UsageError):
        DatabaseTable("nonsense://x", "t", DESCRIPTION)


# --- hub provide -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("certified", [True, False])
def test_check_says_what_the_hub_would_see(tmp_path: Path, capsys: pytest.CaptureFixture[str], certified: bool) -> None:
    hub = FakeHub()
    document = {**DOCUMENT, "hub": hub.keys.hub, "nonce": fresh_nonce()}
    (tmp_path / "version.json").write_text(json.dumps(document))
    (tmp_path / "rows.csv").write_text(ROWS)
    write_private_key(tmp_path / "answer-1.pem", PEM)
    if certified:
        hub.keys.certify(SIGNER, "provider-answer")
    with hub.served() as address:
        code = command.main(
            ["provide", "--file", str(tmp_path / "rows.csv"), "--document", str(tmp_path / "version.json"),
             "--key", str(tmp_path / "answer-1.pem"),
             "--base-url", address, "--authority-root", b64url(hub.keys.root), "--log-origin", hub.keys.hub, "--check", "--json"]
        )  # fmt: skip
    findings = {one["name"]: one["good"] for one in json.loads(capsys.readouterr().out)["findings"]}
    assert findings == {"description": True, "address": True, "key": certified, "answer": True}
    assert code == (0 if certified else 1)
