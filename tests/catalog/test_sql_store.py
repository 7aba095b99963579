"""A department's own database as a store: one bound SELECT, read-only, bounded, on real servers of two makes."""

# ruff: noqa: S608 - tables of the test itself; times as databases have them, without a zone

from __future__ import annotations

import asyncio
import json
import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any

import pytest

from catalog.checks import accounts_of_databases
from catalog.stores import ProviderFailed, Question, Why, remote_store
from catalog.stores import credentials as accounts
from catalog.stores.sql_connection import THREADS, WAITING, close_all, place_of
from tests.catalog import databases
from tests.catalog.databases import Database
from tests.catalog.registers import PERSON_A, PERSON_B, PERSON_C, small_description

COLUMNS = {name: f"c_{name}" for name in ("person", "grade", "issued_on", "kind", "number", "price", "valid")} | {"household": "户号"}
ITEMS = ("grade", "issued_on", "kind", "number", "price", "valid", "household")
WRITTEN = (
    f"('{PERSON_A}', 1, '2024-03-01', '甲', 'A001', 12.50, true, 'H1'),"
    f"('{PERSON_B}', 4, '2024-03-02', 'b', NULL, 0, false, ''),"
    f"('{PERSON_B}', 2, NULL, 'a', 'Robert''); DROP TABLE tickets;--', NULL, NULL, 'H2')"
)
COLUMN_TYPES = (
    "c_person varchar(40), c_grade integer, c_issued_on date, c_kind varchar(20), c_number varchar(2000), c_price decimal(12,2), "
)
COLUMN_TYPES += "c_valid boolean, {household} varchar(20)"


@pytest.fixture(scope="module", params=["postgresql", "mysql"])
def database(request: pytest.FixtureRequest) -> Iterator[Database]:
    url = os.environ.get("DATABASE_URL", "")
    if request.param == "postgresql":
        if not url.startswith("postgres"):
            pytest.skip("the run on PostgreSQL has it")
        opened: Any = databases.postgresql(url)
    elif url:
        pytest.skip("the run on SQLite has it")
    elif not databases.HAS_MARIADB:
        pytest.skip("no MariaDB on this machine (Debian: apt install mariadb-server-core)")
    else:
        opened = databases.mariadb()
    with opened as found:
        quote = '"' if found.dialect == "postgresql" else "`"
        types = COLUMN_TYPES.format(household=f"{quote}户号{quote}")
        found.execute(f"CREATE TABLE tickets ({types})", f"INSERT INTO tickets VALUES {WRITTEN}")
        yield found


@pytest.fixture(autouse=True)
def no_connection_stays() -> Iterator[None]:
    yield
    close_all()


@pytest.fixture
def account(tmp_path: Any, settings: Any) -> Any:
    settings.STORE_CREDENTIALS_DIR = tmp_path / "accounts"
    settings.STORE_CREDENTIALS_DIR.mkdir()

    def write(user: str, password: str, mode: int = 0o600, **more: str) -> None:
        path = settings.STORE_CREDENTIALS_DIR / "cab-registers.json"
        path.write_text(json.dumps({"user": user, "password": password, **more}))
        path.chmod(mode)

    return write


@pytest.fixture
def loopback(settings: Any) -> None:
    """The hub never calls itself: for these tests this machine may be called where it is named."""
    settings.EGRESS_ALLOW_LOOPBACK = True


def document(found: Database | int, table: str = "tickets", **store: Any) -> dict[str, Any]:
    """The small register, in a table of a database (or behind a port where something else listens)."""
    place = (
        {"dialect": "postgresql", "port": found, "database": "registers"}
        if isinstance(found, int)
        else {"dialect": found.dialect, "port": found.port, "database": found.name}
    )
    if place["dialect"] == "postgresql":
        place["schema"] = "public"
    where = {"host": "127.0.0.1", "networks": ["127.0.0.0/8"], "ports": [place["port"]], "credentials": "cab-registers"}
    return small_description(store={"kind": "sql", **place, **where, "table": table, **store}, column_mapping=COLUMNS, facts=[])


def question(described: dict[str, Any], *persons: str, items: tuple[str, ...] = ITEMS, seconds: float = 60) -> Question:
    subjects = tuple(("person", person) for person in persons or (PERSON_A,))
    return Question("0" * 32, "T01", described, subjects, items, seconds)


def ask(described: dict[str, Any], *persons: str, **more: Any) -> Any:
    return asyncio.run(remote_store(described).ask(question(described, *persons, **more)))


def failure(described: dict[str, Any], *persons: str, **more: Any) -> Why:
    with pytest.raises(ProviderFailed) as failed:
        ask(described, *persons, **more)
    return failed.value.why


@pytest.fixture
def ready(database: Database, account: Any, loopback: None) -> Database:
    account(database.user, database.password)
    return database


def test_rows_come_in_their_declared_types_each_to_its_subject(ready: Database) -> None:
    before = datetime.now(UTC).replace(microsecond=0)
    reply = ask(document(ready), PERSON_A, PERSON_B, PERSON_C)
    assert reply.records["person", PERSON_A] == [
        {"grade": 1, "issued_on": "2024-03-01", "kind": "a", "number": "A001", "price": "12.5", "valid": True, "household": "H1"}
    ]
    assert sorted(row["grade"] for row in reply.records["person", PERSON_B]) == [2, 4]
    assert {"Robert'); DROP TABLE tickets;--", None} == {row["number"] for row in reply.records["person", PERSON_B]}
    assert {row["household"] for row in reply.records["person", PERSON_B]} == {None, "H2"}
    assert reply.records["person", PERSON_C] == []
    assert before <= datetime.fromisoformat(reply.as_of) <= datetime.now(UTC)


def test_only_the_items_asked_are_read(ready: Database) -> None:
    assert ask(document(ready), items=("valid",)).records == {("person", PERSON_A): [{"valid": True}]}


@pytest.mark.parametrize("value", ["' OR '1'='1", "x') OR 1=1 --", "%s", ":person", "x'; DROP TABLE tickets; --", "\\' OR 1=1 #", "%(a)s"])
def test_a_value_is_never_read_as_sql(ready: Database, value: str) -> None:
    assert ask(document(ready), value).records == {("person", value): []}
    assert ready.execute("SELECT count(*) FROM tickets") == [(3,)]


@pytest.mark.parametrize("name", ['tickets" WHERE 1=1 --', "tickets` WHERE 1=1 --", "tickets; DROP TABLE tickets", "tickets'"])
def test_a_name_is_never_read_as_sql(ready: Database, name: str) -> None:
    """The description check refuses such names; were one signed all the same, it would only be the name of nothing."""
    assert failure(document(ready, table=name)) is Why.WRONG_SHAPE
    described = document(ready)
    described["column_mapping"] = {**COLUMNS, "grade": name}
    assert failure(described) is Why.WRONG_SHAPE
    assert ready.execute("SELECT count(*) FROM tickets") == [(3,)]


def test_nothing_is_written_whatever_the_account_may_do(ready: Database) -> None:
    is_postgres = ready.dialect == "postgresql"
    body = "INSERT INTO tickets (c_person) VALUES ('x')"
    if is_postgres:
        function = f"CREATE FUNCTION sneak() RETURNS integer LANGUAGE sql AS $$ {body.replace('tickets', 'public.tickets')}; SELECT 1 $$"
    else:
        function = f"CREATE FUNCTION sneak() RETURNS integer MODIFIES SQL DATA BEGIN {body}; RETURN 1; END"
    view = f"CREATE VIEW sneaky AS SELECT c_person, {'public.' if is_postgres else ''}sneak() AS c_grade FROM tickets"
    ready.execute(function, view)
    try:
        assert failure(document(ready, table="sneaky"), items=("grade",)) in (Why.WRONG_SHAPE, Why.CONNECT)
        assert ready.execute("SELECT count(*) FROM tickets") == [(3,)]
    finally:
        ready.execute("DROP VIEW sneaky", "DROP FUNCTION sneak")


def test_a_slow_table_is_given_up(ready: Database) -> None:
    sleep = "pg_sleep(50) IS NULL" if ready.dialect == "postgresql" else "sleep(50)"
    ready.execute(f"CREATE VIEW slow AS SELECT c_person, {sleep} AS c_valid FROM tickets")
    try:
        assert failure(document(ready, table="slow"), items=("valid",), seconds=1) is Why.TIMEOUT
    finally:
        close_all()
        ready.execute("DROP VIEW slow")


def test_more_rows_or_bytes_than_allowed_are_no_answer(ready: Database) -> None:
    many = ", ".join(f"('{PERSON_C}', 1, 'text')" for _ in range(101))
    ready.execute("CREATE TABLE many (c_person varchar(40), c_grade integer, c_number text)", f"INSERT INTO many VALUES {many}")
    ready.execute("CREATE VIEW wide AS SELECT c_person, repeat('x', 5000000) AS c_number FROM many")
    try:
        assert failure(document(ready, table="many"), PERSON_C, items=("grade",)) is Why.TOO_LARGE
        assert failure(document(ready, table="wide"), PERSON_C, items=("number",)) is Why.TOO_LARGE
    finally:
        ready.execute("DROP VIEW wide", "DROP TABLE many")


def test_a_value_of_another_type_is_no_answer(ready: Database) -> None:
    kinds = {
        "c_grade": "varchar(9)",
        "c_issued_on": "timestamp",
        "c_price": "double precision",
        "c_valid": "varchar(9)",
        "c_kind": "varchar(9)",
    }
    values = "'1', '2024-03-01 10:00:00', 1.5, 'true', 'z'"
    ready.execute(
        f"CREATE TABLE odd (c_person varchar(40), {', '.join(f'{name} {kind}' for name, kind in kinds.items())})",
        f"INSERT INTO odd VALUES ('{PERSON_A}', {values})",
    )
    try:
        for column in kinds:
            assert failure(document(ready, table="odd"), items=(column.removeprefix("c_"),)) is Why.WRONG_TYPE
        assert failure(document(ready, table="absent")) is Why.WRONG_SHAPE
        assert failure(document(ready, table="odd"), items=("household",)) is Why.WRONG_SHAPE
    finally:
        ready.execute("DROP TABLE odd")


def test_a_wrong_password_is_said_without_it(ready: Database, account: Any, caplog: pytest.LogCaptureFixture) -> None:
    account(ready.user, "not-the-password")
    assert failure(document(ready)) is Why.CONNECT
    assert PERSON_A not in caplog.text
    assert "not-the-password" not in caplog.text


def test_a_new_password_is_used_without_a_restart(ready: Database, account: Any) -> None:
    account(ready.user, "not-the-password")
    assert failure(document(ready)) is Why.CONNECT
    account(ready.user, ready.password)
    assert len(ask(document(ready)).records["person", PERSON_A]) == 1


# --- without a database


@contextmanager
def silent_server() -> Iterator[int]:
    """Accepts every connection and never says a word."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def accept() -> None:
            while True:
                try:
                    held.append(listening.accept()[0])
                except OSError:
                    return

        thread = threading.Thread(target=accept, daemon=True)
        thread.start()
        try:
            yield listening.getsockname()[1]
        finally:
            listening.shutdown(socket.SHUT_RDWR)
            thread.join()
            for connection in held:
                connection.close()


@pytest.mark.parametrize("dialect", ["postgresql", "mysql"])
def test_a_database_that_says_nothing_is_given_up(account: Any, loopback: None, dialect: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("catalog.stores.sql_connection.CONNECT_SECONDS", 2)
    account("hub", "secret")
    with silent_server() as port:
        assert failure(document(port, dialect=dialect), seconds=0.5) is Why.TIMEOUT
        close_all()


def test_each_database_has_threads_of_its_own_and_only_so_much_may_wait() -> None:
    released = threading.Event()
    busy, other = place_of(document(1)["store"]), place_of(document(2)["store"])
    assert place_of(document(1)["store"]) is busy
    waiting = [busy.submit(lambda: released.wait(60)) for _ in range(THREADS + WAITING)]
    try:
        with pytest.raises(ProviderFailed) as failed:
            busy.submit(lambda: True)
        assert failed.value.why is Why.OVERLOADED
        assert other.submit(lambda: "answered").result(60) == "answered"
    finally:
        released.set()
    assert all(future.result(60) for future in waiting)
    assert busy.submit(lambda: "answered").result(60) == "answered"


def test_nobody_listening_is_a_failed_connection(account: Any, loopback: None) -> None:
    account("hub", "secret")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        assert failure(document(probe.getsockname()[1])) is Why.CONNECT


def test_an_address_outside_the_signed_networks_is_never_called(account: Any) -> None:
    account("hub", "secret")
    with silent_server() as port:
        assert failure(document(port)) is Why.EGRESS_DENIED
        assert failure(document(port, networks=["10.0.0.0/8"])) is Why.EGRESS_DENIED


@pytest.mark.parametrize(
    ("mode", "content"), [(0o640, None), (0o604, None), (0o600, "{"), (0o600, '{"user": "hub"}'), (0o600, '{"user": 1, "password": "x"}')]
)
def test_an_account_that_others_may_read_or_that_is_none_is_not_used(account: Any, settings: Any, mode: int, content: str | None) -> None:
    account("hub", "secret", mode)
    if content is not None:
        (settings.STORE_CREDENTIALS_DIR / "cab-registers.json").write_text(content)
    assert accounts.problem("cab-registers")
    (told,) = accounts_of_databases()
    assert (told.id, told.obj) == ("catalog.E001", "account cab-registers")
    assert "secret" not in str(told)
    account("hub", "secret")
    assert accounts_of_databases() == []


def test_an_account_is_no_link_and_no_path(account: Any, settings: Any) -> None:
    account("hub", "secret")
    folder = settings.STORE_CREDENTIALS_DIR
    (folder / "other.json").symlink_to(folder / "cab-registers.json")
    assert accounts.problem("other")
    assert accounts.problem("../accounts/cab-registers")
    assert accounts.problem("nobody")
    account("hub", "secret", ca="../ca.pem")
    assert accounts.problem("cab-registers")
    assert "secret" not in repr(accounts.Credentials("hub", "secret"))


def test_a_call_to_the_hub_is_answered_from_the_departments_own_database(ready: Database, world: Any) -> None:
    """All the way: published, agreed, asked over the wire, read by the errand, decided again, collected."""
    from django.utils import timezone

    from exchange.delivery.errands import asking
    from tests.delivery.errands_world import agreed_about, publish_remote
    from tests.delivery.wire_caller import Caller
    from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT

    columns = {"person": "id_number", "type": "kind", "grade": "grade", "valid_until": "valid_until", "diagnosis": "diagnosis"}
    ready.execute(
        "CREATE TABLE certificates (id_number varchar(18), kind varchar(9), grade smallint, valid_until date, diagnosis text)",
        f"INSERT INTO certificates VALUES ('{SUBJECTS[0]}', '视力', 2, '2031-12-31', 'never read')",
    )
    try:
        store = document(ready, table="certificates")["store"]
        agreement = agreed_about(world, publish_remote(world, store, column_mapping=columns))
        caller = Caller("CAB-relief")
        found, absent = (caller.query(agreement.agreement_id, subject) for subject in (SUBJECTS[0], UNKNOWN_SUBJECT))
        assert (found.status, absent.status) == (202, 202)
        assert asking.ask_due(timezone.now()) == 2
        answers = [caller.collect(agreement.agreement_id, str(one.body["receipt"]["leaf"])).body["answer"] for one in (found, absent)]
        assert answers[0]["records"] == [{"grade": 2, "valid_until": "2031-12-31"}]
        assert [answer["state"] for answer in answers] == ["FOUND", "NO_RECORD"]
    finally:
        close_all()
        ready.execute("DROP TABLE certificates")
