"""The SQL of an export against the pure row filter and masks, on random rows and every rule; and CSV that runs no formula."""

from __future__ import annotations

import csv
import io
import json
import random
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange.delivery.exports.child import PIECE, _measured, _Rows, _write
from exchange.delivery.exports.selection import Column, plain, select
from exchange.delivery.minimise import _hidden
from exchange.sharing.policy import Mask
from exchange.sharing.row_filter import EVERY_ROW, compile_filter, passes
from tests.sharing.random_filters import random_filter

TYPES = {"number": "integer", "flag": "boolean", "day": "date", "word": "text", "amount": "decimal"}
_SQL = {"integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}
ON = date(2026, 11, 21)


@pytest.fixture(scope="module")
def engine() -> Any:
    return duckdb.connect(config={"threads": 1})


def world_of(order: random.Random, size: int) -> list[tuple[Any, ...]]:
    """Random rows: few different values, so that rules meet them; days around anniversaries; nothing in some cells."""
    days = [ON - timedelta(days=order.randrange(-400, 40_000)) for _ in range(size // 2)]
    days += [date(ON.year - order.randrange(100), ON.month, ON.day + order.choice((-1, 0, 1))) for _ in range(size - len(days))]
    return [
        tuple(
            None if order.random() < 0.1 else value
            for value in (
                order.randrange(-2, 4),
                order.random() < 0.5,
                day,
                order.choice(("a", "1", "true", "=a", "")),
                order.choice(("1", "-2.5")),
            )
        )
        for day in days
    ]


def record_of(row: tuple[Any, ...]) -> dict[str, Any]:
    return {name: value.isoformat() if isinstance(value, date) else value for name, value in zip(TYPES, row, strict=True)}


def fill(engine: Any, path: Path, rows: list[tuple[Any, ...]]) -> None:
    columns = ", ".join(f"{name} {_SQL.get(kind, 'VARCHAR')}" for name, kind in TYPES.items())
    engine.execute(f"CREATE OR REPLACE TABLE t ({columns})")
    engine.executemany("INSERT INTO t VALUES (?, ?, ?, ?, ?)", rows)
    engine.execute(f"COPY t TO '{path}' (FORMAT parquet)")


@pytest.mark.parametrize("seed", range(12))
def test_the_rows_of_an_export_are_those_that_pass(engine: Any, tmp_path: Path, seed: int) -> None:
    order = random.Random(seed)
    rows = world_of(order, 120)
    fill(engine, tmp_path / "rows.parquet", rows)
    for _ in range(25):
        rules = compile_filter(random_filter(order, TYPES))
        on = order.choice((ON, date(2024, 2, 29), date(2025, 2, 28), date(2025, 3, 1)))
        chosen = select([Column("number", "integer"), Column("word", "text")], rules, TYPES, on=on, form="jsonl")
        statement = f"SELECT * FROM read_parquet('{tmp_path}/rows.parquet') WHERE {chosen.conditions}"  # noqa: S608 - our own rows
        found = engine.execute(statement, list(chosen.values)).fetchall()
        assert found == [row for row in rows if passes(rules, record_of(row), on)], (rules, on)


@given(texts=st.lists(st.text(max_size=12), min_size=1, max_size=20), first=st.integers(0, 4), last=st.integers(0, 4))
def test_a_mask_hides_in_an_export_what_it_hides_in_a_query(texts: list[str], first: int, last: int) -> None:
    texts = [text.replace("\0", "") for text in texts]
    chosen = select([Column("word", "text", Mask(first, last))], EVERY_ROW, {"word": "text"}, on=ON, form="jsonl")
    with duckdb.connect(config={"threads": 1}) as engine:
        found = engine.execute(f"SELECT {chosen.columns} FROM (SELECT unnest(?::VARCHAR[]) AS word)", [texts]).fetchall()  # noqa: S608 - our own SQL
    assert [value for (value,) in found] == [_hidden(Mask(first, last), text) for text in texts]


STARTS = ["=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠", "'=", "''+", "'", "a", "1", "-1", "+2.5", "-1a", "--1", ""]


@given(start=st.sampled_from(STARTS), rest=st.text(alphabet=st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=6))
def test_no_text_cell_of_a_csv_begins_a_formula_and_the_rule_can_be_undone(start: str, rest: str) -> None:
    text = start + rest
    chosen = select([Column("word", "text")], EVERY_ROW, {"word": "text"}, on=ON, form="csv")
    with duckdb.connect(config={"threads": 1}) as engine:
        ((cell,),) = engine.execute(f"SELECT {chosen.columns} FROM (SELECT ?::VARCHAR AS word)", [text]).fetchall()  # noqa: S608 - our own SQL
    is_number = cell.lstrip("+-").replace(".", "", 1).isdecimal() and cell[:1] in "+-" and cell[1:2].isdecimal()
    assert is_number or not cell.startswith(tuple("=+-@\t\r\n＝＋－＠"))
    assert plain(cell) == text


@pytest.mark.parametrize("name", ["Name", "a b", 'a"b', "a;b", ""])
def test_a_name_that_sql_cannot_carry_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match="name"):
        select([Column(name, "text")], EVERY_ROW, {}, on=ON, form="csv")


def made(engine: Any, tmp_path: Path, form: str, names: list[str]) -> Path:
    """A file as the child makes it, in this process."""
    chosen = select([Column(name, TYPES[name]) for name in names], EVERY_ROW, TYPES, on=ON, form=form)
    out = tmp_path / f"out.{form}"
    job = {"rows": str(tmp_path / "rows.parquet"), "out": str(out), "form": form, "expected_bytes": 1}
    assert _write(engine, {**job, "columns": chosen.columns, "conditions": chosen.conditions, "values": list(chosen.values)}) == 60
    return out


def test_every_form_says_the_same(engine: Any, tmp_path: Path) -> None:
    import pyarrow

    rows = world_of(random.Random(7), 60)
    fill(engine, tmp_path / "rows.parquet", rows)
    names = list(TYPES)
    expected = [record_of(row) for row in rows]
    lines = made(engine, tmp_path, "jsonl", names).read_text("utf-8").splitlines()
    assert [json.loads(line) for line in lines] == expected
    parquet = made(engine, tmp_path, "parquet", names)
    typed = engine.execute(f"SELECT * FROM read_parquet('{parquet}')")  # noqa: S608 - our own rows
    assert [str(column[1]) for column in typed.description] == ["BIGINT", "BOOLEAN", "DATE", "VARCHAR", "VARCHAR"]
    assert typed.fetchall() == rows
    with pyarrow.ipc.open_stream(made(engine, tmp_path, "arrow", names).read_bytes()) as stream:
        table = stream.read_all()
    assert [str(field.type) for field in table.schema] == ["int64", "bool", "date32[day]", "string", "string"]
    assert [tuple(row.values()) for row in table.to_pylist()] == rows
    raw = made(engine, tmp_path, "csv", names).read_bytes()
    cells = list(csv.DictReader(io.StringIO(raw.decode(), newline="")))
    assert raw.endswith(b"\r\n")
    assert [{name: plain(cell) if name == "word" else cell for name, cell in row.items()} for row in cells] == [
        {name: "" if value is None else str(value).lower() if isinstance(value, bool) else str(value) for name, value in record.items()}
        for record in expected
    ]


def test_rows_are_counted_across_pieces_and_inside_quotation_marks(tmp_path: Path) -> None:
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(["a", "b"])
    for number in range(50):
        writer.writerow([number, 'x"\n,' * (number % 3)])
    raw = buffer.getvalue().encode()
    for size in (1, 7, 64, len(raw)):
        counter = _Rows("csv")
        counts = [counter.after(raw[start : start + size]) for start in range(0, len(raw), size)]
        assert counts[-1] == 50
        assert counts == sorted(counts)


def test_a_large_file_is_measured_piece_by_piece(tmp_path: Path) -> None:
    import hashlib

    raw = b"".join(b'{"n":%d}\n' % number for number in range(200_000))
    (tmp_path / "rows").write_bytes(raw)
    measured = _measured(tmp_path / "rows", "jsonl")
    assert measured["pieces"] == [f"sha256:{hashlib.sha256(raw[start : start + PIECE]).hexdigest()}" for start in range(0, len(raw), PIECE)]
    assert (measured["bytes"], measured["row_marks"][-1]) == (len(raw), 200_000)
    assert measured["row_marks"][0] == raw[:PIECE].count(b"\n")


def test_a_file_is_measured_while_it_grows_as_it_is_measured_whole(tmp_path: Path) -> None:
    import threading

    raw, is_whole, found = random.Random(3).randbytes(3 * PIECE + 17), threading.Event(), list[dict[str, Any]]()
    follower = threading.Thread(target=lambda: found.append(_measured(tmp_path / "rows", "parquet", is_whole)))
    follower.start()
    with (tmp_path / "rows").open("wb", buffering=0) as file:
        for start in range(0, len(raw), 70_001):
            file.write(raw[start : start + 70_001])
    is_whole.set()
    follower.join(60)
    (tmp_path / "again").write_bytes(raw)
    assert found == [_measured(tmp_path / "again", "parquet")]
    assert found[0]["bytes"] == len(raw)


NASTY = ("", " ", 'a"b', "a,b", "a\nb", "a\r\nb", "\x01", "\x7f", "中文😀", "null", '{"x":1}', "\\", '\\"', "\t", "\u2028", None)


def test_json_lines_hold_any_text_as_the_engines_own_writer_would(engine: Any, tmp_path: Path) -> None:
    engine.execute("CREATE OR REPLACE TABLE n (word VARCHAR, number BIGINT, day DATE, flag BOOLEAN)")
    for place, text in enumerate(NASTY):
        values = [text, None if place % 3 else -place * 10**14, None if place % 4 else ON, None if place % 5 else bool(place % 2)]
        engine.execute("INSERT INTO n VALUES (?, ?, ?, ?)", values)
    engine.execute(f"COPY n TO '{tmp_path / 'rows.parquet'}' (FORMAT parquet)")
    columns, job = (
        "word, number, day, flag",
        {"rows": str(tmp_path / "rows.parquet"), "conditions": "true", "values": [], "expected_bytes": 1},
    )
    assert _write(engine, {**job, "columns": columns, "form": "jsonl", "out": str(tmp_path / "out")}) == len(NASTY)
    engine.execute(f"COPY n TO '{tmp_path / 'own'}' (FORMAT json)")
    assert (tmp_path / "out").read_bytes() == (tmp_path / "own").read_bytes()
    assert [json.loads(line)["word"] for line in (tmp_path / "out").read_text("utf-8").split("\n")[:-1]] == list(NASTY)
