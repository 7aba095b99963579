"""The pass over the file: each row is trimmed, its identifiers normalised and checked, and written down for the gate.

What is written is a plain CSV of our own making, so the SQL engine never meets the foreign file. Rows stream: memory
does not grow with the file.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from catalog.identifiers import Kind, Kinds
from catalog.quality.findings import FileFault, Findings, Item, Job
from catalog.quality.tables import Table, columns_of

Progress = Callable[[int], None]
STEP = 20_000


def stage(job: Job, table: Table, target: Path, findings: Findings, progress: Progress) -> int:
    """Write the staged rows to `target`; return how many. Raises FileFault for a heading that does not fit."""
    items = job.items
    heading = next(table.rows, None)
    if heading is None:
        raise FileFault("empty")
    columns = columns_of(heading[1], items)
    width = len(heading[1])
    tidy = _tidier(items, Kinds(job.kinds), findings)
    count = 0
    with target.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, quoting=csv.QUOTE_ALL, lineterminator="\n")
        for number, row in _full_rows(table.rows, width, findings):
            writer.writerow([number, *tidy(number, [row[column] for column in columns])])
            count += 1
            if count % STEP == 0:
                progress(count)
    if count == 0 and not findings.total:
        raise FileFault("empty")
    return count


def _full_rows(rows: Iterator[tuple[int, list[str]]], width: int, findings: Findings) -> Iterator[tuple[int, list[str]]]:
    """Rows as wide as the heading and of clean text; blank lines are skipped, others are faults of the row."""
    for number, row in rows:
        if not any(row):
            continue
        if len(row) != width:
            findings.add(number, "", "columns")
            continue
        text = "".join(row)
        if "\0" in text:
            findings.add(number, "", "nul")
        elif not text.isascii() and not _is_encodable(text):
            findings.add(number, "", "surrogate")
        else:
            yield number, row


def _is_encodable(text: str) -> bool:
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        return False
    return True


def _tidier(items: Sequence[Item], kinds: Kinds, findings: Findings) -> Callable[[int, list[str]], list[str]]:
    """A function that trims the texts of a row and normalises and checks its identifiers."""
    identifiers: list[tuple[int, str, Kind]] = [
        (item.position, item.name, kinds[str(item.declared["identifier"])]) for item in items if item.type == "identifier"
    ]

    def tidy(number: int, texts: list[str]) -> list[str]:
        texts = [text.strip() for text in texts]
        for position, name, kind in identifiers:
            if texts[position]:
                texts[position] = kind.normalise(texts[position])
                if not kind.is_well_formed(texts[position]):
                    findings.add(number, name, "identifier")
        return texts

    return tidy
