"""The home folder and the port: what is not ours is refused, and the sentence says what to do."""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from exchange.starting.home import Home, hold
from exchange.starting.port import require_free
from exchange.starting.telling import CannotStart
from exchange.starting.welcome import table, welcome

URL = "http://127.0.0.1:8000"
Hold = Callable[..., Home]


@pytest.fixture
def taken() -> Iterator[Hold]:
    """Take a home, and let go of it at the end of the test."""
    with ExitStack() as stack:

        def _take(folder: Path, *, reset: bool = False) -> Home:
            home = hold(folder, url=URL, reset=reset)
            stack.callback(home.lock.close)
            return home

        yield _take


def test_reset_empties_a_home_of_ours(tmp_path: Path, taken: Hold) -> None:
    taken(tmp_path / "home").lock.close()
    (tmp_path / "home" / "hub.sqlite3").write_text("rows", "utf-8")
    (tmp_path / "home" / "keys").mkdir()
    home = taken(tmp_path / "home", reset=True)
    assert sorted(entry.name for entry in home.folder.iterdir()) == [".mianzheng-home", "hub.lock"]


@pytest.mark.parametrize("reset", [True, False])
def test_folder_of_somebody_else_is_left_alone(tmp_path: Path, reset: bool) -> None:
    (tmp_path / "letter.txt").write_text("dear", "utf-8")
    with pytest.raises(CannotStart, match="not a home of this hub"):
        hold(tmp_path, url=URL, reset=reset)
    assert [entry.name for entry in tmp_path.iterdir()] == ["letter.txt"]


def test_held_home_is_refused_and_its_data_stay(tmp_path: Path, taken: Hold) -> None:
    first = taken(tmp_path / "home")
    (first.folder / "hub.sqlite3").write_text("rows", "utf-8")
    with pytest.raises(CannotStart, match=f"process {os.getpid()}, {URL}"):
        hold(tmp_path / "home", url=URL, reset=True)
    assert (first.folder / "hub.sqlite3").exists()


def test_nobody_else_on_this_machine_reads_a_home(tmp_path: Path, taken: Hold) -> None:
    home = tmp_path / "home"
    home.mkdir(mode=0o755)
    taken(home)
    assert home.stat().st_mode & 0o777 == 0o700


def test_file_in_place_of_the_home_is_refused(tmp_path: Path) -> None:
    (tmp_path / "home").write_text("a file", "utf-8")
    with pytest.raises(CannotStart, match="--home DIR"):
        hold(tmp_path / "home", url=URL, reset=False)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_unwritable_home_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    with pytest.raises(CannotStart, match="cannot be used"):
        hold(tmp_path / "home", url=URL, reset=False)


def test_logs_of_earlier_starts_are_kept(tmp_path: Path, taken: Hold) -> None:
    home = taken(tmp_path / "home")
    for number in range(5):
        home.rotate_logs(["web"])
        home.log("web").write_text(str(number), "utf-8")
    logs = sorted((home.folder / "logs").iterdir())
    assert [log.read_text("utf-8") for log in logs] == ["4", "3", "2", "1"]


def test_taken_port_is_refused_with_another_one_to_use() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        with pytest.raises(CannotStart, match=f"Port {port} is taken.*--port"):
            require_free("127.0.0.1", port)


def test_address_of_another_machine_is_refused() -> None:
    with pytest.raises(CannotStart, match=r"no address 192\.0\.2\.1"):
        require_free("192.0.2.1", 8000)


def test_chinese_columns_are_aligned() -> None:
    assert table([("民政", "a"), ("tax", "b")]) == "  民政  a\n  tax   b"


def test_welcome_lists_the_sign_ins(tmp_path: Path) -> None:
    person = {"role": "auditor", "department": "DATA", "username": "data.auditor", "password": "three-words"}
    (tmp_path / "demo.json").write_text(json.dumps({"people": [person]}), "utf-8")
    assert "auditor  DATA        data.auditor  three-words" in welcome(URL, tmp_path)


def test_welcome_without_sign_ins_still_names_the_pages(tmp_path: Path) -> None:
    assert f"{URL}/en/audit" in welcome(URL, tmp_path)
