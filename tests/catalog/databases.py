"""Departments' databases for tests: a table in the PostgreSQL of the tests, and a MariaDB of its own in a temporary folder."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pymysql

from exchange.starting.children import Child, stop

_START_SECONDS = 60.0
MARIADB = shutil.which("mariadbd", path="/usr/sbin:/usr/local/sbin:" + os.environ.get("PATH", ""))
_FOLDERS = (Path("/usr/share/mysql"), Path("/usr/share/mariadb"))
_TABLES = next((folder for folder in _FOLDERS if (folder / "mysql_system_tables.sql").is_file()), None)
HAS_MARIADB = MARIADB is not None and _TABLES is not None


@dataclass(frozen=True)
class Database:
    """Where a department's database is, and how its owner speaks to it."""

    dialect: str
    port: int
    name: str
    user: str
    password: str

    def execute(self, *statements: str) -> list[tuple[Any, ...]]:
        """Run statements as the owner; gives the rows of the last one."""
        connection: Any
        if self.dialect == "postgresql":
            connection = psycopg.connect(
                host="127.0.0.1", port=self.port, dbname=self.name, user=self.user, password=self.password, autocommit=True
            )
        else:
            connection = pymysql.connect(
                host="127.0.0.1", port=self.port, database=self.name, user=self.user, password=self.password, autocommit=True
            )
        with connection, connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return list(cursor.fetchall()) if cursor.description else []


@contextmanager
def postgresql(url: str) -> Iterator[Database]:
    """A database of its own in the PostgreSQL that the hub's tests run on."""
    host, name = psycopg.conninfo.conninfo_to_dict(url), f"registers_{secrets.token_hex(4)}"
    owner = Database("postgresql", int(host.get("port") or 5432), str(host["dbname"]), str(host["user"]), str(host["password"]))
    owner.execute(f"CREATE DATABASE {name}")
    try:
        yield Database("postgresql", owner.port, name, owner.user, owner.password)
    finally:
        owner.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def mariadb() -> Iterator[Database]:
    """A server in a temporary folder, on a loopback port, ended with the block."""
    folder = Path(tempfile.mkdtemp(prefix="hub-mariadb-"))
    try:
        folder.chmod(0o755)
        owner = _ordinary_user()
        data, port = _initialised(folder, owner), _free_port()
        command = [str(MARIADB), "--no-defaults", f"--datadir={data}", f"--port={port}", "--bind-address=127.0.0.1", f"--user={owner}"]
        command += [f"--socket={data}/s", f"--pid-file={data}/pid", "--skip-log-bin", "--innodb-flush-log-at-trx-commit=0"]
        with (folder / "log").open("wb") as log:
            child = Child(command, environment=os.environ, cwd=folder, output=log)
        try:
            yield _prepared(data, port, child, folder / "log")
        finally:
            stop([child])
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _ordinary_user() -> str:
    return "nobody" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name


def _initialised(folder: Path, owner: str) -> Path:
    data = folder / "data"
    data.mkdir()
    shutil.chown(data, owner)
    assert _TABLES is not None
    names = ("system_tables", "performance_tables", "system_tables_data")
    scripts = [(_TABLES / f"mysql_{name}.sql").read_text("utf-8") for name in names]
    scripts.insert(0, "CREATE DATABASE mysql;\nUSE mysql;\nSET @auth_root_socket=NULL;\n")
    command = [str(MARIADB), "--no-defaults", "--bootstrap", f"--datadir={data}", f"--user={owner}", f"--lc-messages-dir={_TABLES}"]
    subprocess.run(command, input="\n".join(scripts), text=True, check=True, capture_output=True, cwd=folder)
    return data


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _prepared(data: Path, port: int, child: Child, log: Path) -> Database:
    """Wait until it answers, then make the database and an account that reaches it over the network."""
    password, deadline = secrets.token_hex(12), time.monotonic() + _START_SECONDS
    while "ready for connections" not in log.read_text("utf-8", "replace"):
        if child.ended() is not None or time.monotonic() > deadline:
            raise AssertionError(log.read_text("utf-8", "replace")[-1500:])
        time.sleep(0.1)
    root = pymysql.connect(unix_socket=f"{data}/s", user="root", autocommit=True)
    with root, root.cursor() as cursor:
        cursor.execute("CREATE DATABASE registers CHARACTER SET utf8mb4")
        cursor.execute(f"CREATE USER hub@'127.0.0.1' IDENTIFIED BY '{password}'")
        cursor.execute("GRANT ALL ON registers.* TO hub@'127.0.0.1'")
    return Database("mysql", port, "registers", "hub", password)
