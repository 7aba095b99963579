"""Checks the staged rows against the description: types, required, unique, key, code list, range, pattern.

DuckDB does the work in SQL that is made from item positions only: names, bounds, codes and patterns are bound parameters.
Its regular expressions are RE2, linear in the length of the text.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from catalog.quality.findings import LISTED, Findings, Item, Job

MAX_INTEGER = 2**53 - 1
_TRUE = "('true', '1', 'yes', 'y', 't', '是')"
_FALSE = "('false', '0', 'no', 'n', 'f', '否')"
_DATE_FORMS = "['%Y-%m-%d', '%Y/%m/%d', '%Y%m%d']"
_DATE = r"^\d{4}(-\d{1,2}-\d{1,2}|/\d{1,2}/\d{1,2}|\d{4})$"
_DATETIME = r"^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$"
_DECIMAL = r"^[+-]?\d{1,18}(\.\d{1,10})?$"
_INTEGER = r"^[+-]?\d{1,16}$"
# the column type in rows.parquet; decimals and date-times stay texts in their canonical form, so nothing is rounded
PARQUET_TYPES = {"integer": "BIGINT", "boolean": "BOOLEAN", "date": "DATE"}


def open_engine(job: Job) -> Any:
    """DuckDB that can reach the working folder and nothing else (protocol, section 8)."""
    import duckdb

    engine = duckdb.connect(":memory:", config={"threads": 1})
    engine.execute("SET autoinstall_known_extensions = false")
    engine.execute("SET autoload_known_extensions = false")
    engine.execute(f"SET memory_limit = '{job.memory_bytes // 4 // (1 << 20)}MB'")
    engine.execute("SET temp_directory = '" + _quoted(job.working / "spill") + "'")
    engine.execute("SET allowed_directories = ['" + _quoted(job.working) + "/']")
    engine.execute("SET enable_external_access = false")
    engine.execute("SET lock_configuration = true")
    return engine


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def read_staged(engine: Any, staged: Path, items: list[Item]) -> None:
    """Fill the table `raw`: the row number and one text per item, NULL where it is empty."""
    columns = {"row_number": "BIGINT", **{item.raw: "VARCHAR" for item in items}}
    engine.execute(
        "CREATE TABLE raw AS SELECT * FROM read_csv(?, auto_detect=false, header=false, delim=',', quote='\"', escape='\"',"  # noqa: S608 - made of positions
        " nullstr='', new_line='\\n', max_line_size=16777216, parallel=false, columns=" + _struct(columns) + ")",
        [str(staged)],
    )


def _struct(columns: dict[str, str]) -> str:
    return "{" + ", ".join(f"'{name}': '{kind}'" for name, kind in columns.items()) + "}"


def make_typed(engine: Any, job: Job) -> None:
    """Replace `raw` by `typed`, which adds the typed columns: what cannot be read as its type, or is in no code list, becomes NULL."""
    for item in job.items:
        if item.type == "code":
            _make_codes(engine, item, job.document["code_lists"][item.declared["code_list"]])
    columns = ", ".join(f'{_typed(item)} AS "{item.column}"' for item in job.items)
    engine.execute(f"CREATE TABLE typed AS SELECT *, {columns} FROM raw")  # noqa: S608 - made of positions and checked names
    engine.execute("DROP TABLE raw")


def _make_codes(engine: Any, item: Item, entries: list[dict[str, Any]]) -> None:
    """A table from what may stand in the file (the code, or its Chinese label) to the code."""
    given = {entry["title"]["zh"]: entry["code"] for entry in entries} | {entry["code"]: entry["code"] for entry in entries}
    engine.execute(f"CREATE TABLE codes_{item.position} (given VARCHAR PRIMARY KEY, code VARCHAR)")
    engine.executemany(f"INSERT INTO codes_{item.position} VALUES (?, ?)", list(given.items()))  # noqa: S608


def _typed(item: Item) -> str:
    text = item.raw
    return {
        "integer": f"CASE WHEN regexp_full_match({text}, '{_INTEGER}') THEN TRY_CAST({text} AS BIGINT) END",
        "decimal": f"CASE WHEN regexp_full_match({text}, '{_DECIMAL}') THEN {_canonical_decimal(text)} END",
        "boolean": f"CASE WHEN lower({text}) IN {_TRUE} THEN true WHEN lower({text}) IN {_FALSE} THEN false END",
        "date": f"CASE WHEN regexp_full_match({text}, '{_DATE}') THEN CAST(try_strptime({text}, {_DATE_FORMS}) AS DATE) END",
        "datetime": f"CASE WHEN regexp_full_match({text}, '{_DATETIME}') AND TRY_CAST(left({text}, 16) AS TIMESTAMP) IS NOT NULL"
        f" THEN {_canonical_datetime(text)} END",
        "code": f"(SELECT code FROM codes_{item.position} WHERE given = {text})",  # noqa: S608
    }.get(item.type, text)


def _canonical_decimal(text: str) -> str:
    """Without plus sign, leading zeros and trailing zeros; zero is never negative: equal numbers are equal texts."""
    plain = f"regexp_replace(regexp_replace({text}, '^\\+', ''), '^(-?)0+([0-9])', '\\1\\2')"
    short = f"CASE WHEN contains({text}, '.') THEN regexp_replace({plain}, '\\.?0+$', '') ELSE {plain} END"
    return f"regexp_replace({short}, '^-0$', '0')"


def _canonical_datetime(text: str) -> str:
    """ISO 8601 with seconds and T, the offset as it was given."""
    whole = f"regexp_replace({text}, '^(.{{10}}).(.{{5}})(:\\d\\d)?', '\\1T\\2\\3')"
    return (
        f"CASE WHEN regexp_full_match({text}, '^.{{16}}(Z|[+-].*)?$') THEN regexp_replace({whole}, '^(.{{16}})', '\\1:00') ELSE {whole} END"
    )


def check(engine: Any, job: Job, findings: Findings) -> None:
    """Run every rule over every row; faults are counted in full and listed with their first rows."""
    for item in job.items:
        for rule, condition, bound in _rules(item):
            _find(engine, findings, item.name, rule, (condition, bound))
        if item.declared.get("unique") and job.document["key"] != [item.name]:
            _find_repeated(engine, findings, item.name, "unique", [item.column])
    key = [f"c_{name}" for name in job.document["key"]]
    _find_repeated(engine, findings, ", ".join(job.document["key"]), "key", key)


def _rules(item: Item) -> Iterator[tuple[str, str, list[Any]]]:
    """Rule name, SQL condition of a fault, bound values."""
    raw, typed, declared = item.raw, f'"{item.column}"', item.declared
    if item.is_required:
        yield "required", f"{raw} IS NULL", []
    if item.type not in ("text", "identifier"):
        yield "code_list" if item.type == "code" else "type", f"{raw} IS NOT NULL AND {typed} IS NULL", []
    if item.type == "integer":
        yield "type", f"abs({typed}) > {MAX_INTEGER}", []
    if "pattern" in declared:
        yield "pattern", f"NOT regexp_full_match({typed}, ?)", [declared["pattern"]]
    comparable = f"CAST({typed} AS DECIMAL(38, 10))" if item.type in ("integer", "decimal") else typed
    kind = "DATE" if item.type == "date" else "DECIMAL(38, 10)"
    for name, operator in (("minimum", "<"), ("maximum", ">")):
        if name in declared:
            yield "range", f"{comparable} {operator} CAST(? AS {kind})", [str(declared[name])]


def _find(engine: Any, findings: Findings, item: str, rule: str, condition: tuple[str, list[Any]]) -> None:
    sql = f"FROM typed WHERE {condition[0]}"
    count = engine.execute(f"SELECT count(*) {sql}", condition[1]).fetchone()[0]
    if count:
        rows = engine.execute(f"SELECT row_number {sql} ORDER BY row_number LIMIT {LISTED}", condition[1]).fetchall()
        findings.add_counted(item, rule, count, [row for (row,) in rows])


def _find_repeated(engine: Any, findings: Findings, item: str, rule: str, columns: list[str]) -> None:
    """Every row whose values in these columns stand in another row too; rows with an empty value are left out."""
    names = ", ".join(f'"{column}"' for column in columns)
    filled = " AND ".join(f'"{column}" IS NOT NULL' for column in columns)
    sql = f"FROM typed SEMI JOIN (SELECT {names} FROM typed WHERE {filled} GROUP BY {names} HAVING count(*) > 1) USING ({names})"  # noqa: S608
    count = engine.execute(f"SELECT count(*) {sql}").fetchone()[0]
    if count:
        rows = engine.execute(f"SELECT row_number {sql} ORDER BY row_number LIMIT {LISTED}").fetchall()
        findings.add_counted(item, rule, count, [row for (row,) in rows])


def filled_counts(engine: Any, items: list[Item]) -> dict[str, int]:
    """For each item in how many rows it has a value: gaps in optional items are told, not refused."""
    columns = ", ".join(f'count("{item.column}")' for item in items)
    counts = engine.execute(f"SELECT {columns} FROM typed").fetchone()  # noqa: S608
    return dict(zip((item.name for item in items), counts, strict=True))
