"""Random revisions, agreements and crashes: what a follower rebuilds equals a fresh selection, and nobody is told of what was not agreed.

The pages are made by the real code from real revision files; what they must add up to is computed here, row by row, by the
pure row filter and masks. No database: the standing of acts is a stand-in with the same members.
"""

from __future__ import annotations

import random
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import pytest

from audit.proof.canonical import sha256_text
from catalog.errors import FilesTampered
from catalog.quality.files import write_lookup, write_rows
from catalog.quality.findings import Item
from catalog.quality.runner import revisions_folder
from exchange.delivery.calls import Work
from exchange.delivery.changes import answering, persons
from exchange.delivery.changes.cursor import row_name
from exchange.delivery.minimise import masked
from exchange.sharing.policy import Mask, Policy
from exchange.sharing.row_filter import compile_filter, passes
from tests.delivery.changes_follower import places_found_here

SEEDS = 8
TYPES = {"number": "text", "part": "integer", "holder": "text", "grade": "integer", "born": "date", "secret": "text"}
_SQL = {"integer": "BIGINT", "date": "DATE"}
DOCUMENT: dict[str, Any] = {
    "code": "R1",
    "major": 1,
    "key": ["number", "part"],
    "items": [{"name": name, "type": kind, "sharing_attribute": "CONDITIONAL", "sensitivity": 2} for name, kind in TYPES.items()],
    "subjects": [{"item": "holder", "kind": "person"}],
    "facts": [],
}
DAY = date(2026, 11, 21)
Row = tuple[Any, ...]
Register = dict[tuple[str, int], Row]


@dataclass
class World:
    """A register, its published revisions, and one agreement on it."""

    order: random.Random
    folder: Path
    rows: Register
    policy: Policy
    standing: Any
    today: date = DAY
    published: int = 0

    def publish(self) -> None:
        """Write the two files of a revision and make it the current one, as a signed act would."""
        self.published += 1
        job = SimpleNamespace(
            working=self.folder,
            revisions=revisions_folder(),
            document=DOCUMENT,
            items=[Item(n, p, n, t, {}) for p, (n, t) in enumerate(TYPES.items())],
        )
        with closing(duckdb.connect(config={"threads": 1})) as engine:
            columns = ", ".join(f'"c_{name}" {_SQL.get(kind, "VARCHAR")}' for name, kind in TYPES.items())
            engine.execute(f"CREATE TABLE typed (row_number BIGINT, {columns})")
            if self.rows:
                engine.executemany(
                    "INSERT INTO typed VALUES (?, ?, ?, ?, ?, ?, ?)", [(n, *row) for n, row in enumerate(self.rows.values())]
                )
            rows = write_rows(engine, job)  # type: ignore[arg-type]
            lookup = write_lookup(engine, job, rows, lambda done: None)  # type: ignore[arg-type]
        as_of = f"2026-11-21T00:00:{self.published:02d}Z"
        order = {"lookup": f"sha256:{lookup}", "rows": f"sha256:{rows}", "as_of": as_of, "row_count": len(self.rows)}
        self.policy = replace(self.policy, revision=order)

    def selection(self) -> dict[str, dict[str, Any]]:
        """What the agreement lets through now, row by row."""
        found = {}
        for key, row in self.rows.items():
            record = {name: value.isoformat() if isinstance(value, date) else value for name, value in zip(TYPES, row, strict=True)}
            if passes(self.policy.row_filter, record, self.today):
                name = row_name(self.policy.agreement, list(key))
                found[name] = {item: masked(self.policy, item, record[item]) for item in self.policy.items}
        return found

    def change(self) -> None:
        """Some rows come, go and change; some only in what is not agreed."""
        for _ in range(self.order.randrange(6)):
            row = random_row(self.order)
            if self.order.random() < 0.3 and self.rows:
                del self.rows[self.order.choice(list(self.rows))]
            else:
                self.rows[row[0], row[1]] = row
        if self.rows and self.order.random() < 0.5:
            key = self.order.choice(list(self.rows))
            self.rows[key] = (*self.rows[key][:-1], self.order.choice(("x", "y", None)))
        if self.order.random() < 0.3:
            self.today += timedelta(days=self.order.choice((1, 1, 200, 400)))

    def page(self, cursor: str | None, most: int) -> Any:
        """One page, or the refusal's reason."""
        work = Work(SimpleNamespace(document={} if cursor is None else {"cursor": cursor}))  # type: ignore[arg-type]
        found = answering._page(work, self.policy, self.standing, self.today, most)
        assert found is not None, work.refusal
        answering._fill(work, self.policy, found)
        return work


def random_row(order: random.Random) -> Row:
    """Few different keys, so that they meet; days near the limit of years."""
    born = date(order.choice((2007, 2008, 2009, 2010)), order.choice((1, 11)), order.choice((20, 21, 22)))
    holder = order.choice(("ada", "bo", "chen", None))
    number = order.choice(("10", "9", "a", "Z", "é", "中"))
    return (
        number,
        order.randrange(-2, 3),
        holder,
        order.choice((1, 2, 3, None)),
        order.choice((born, None)),
        order.choice(("x", "y", None)),
    )


def random_world(seed: int, folder: Path) -> World:
    order = random.Random(seed)
    items = tuple(name for name in ("number", "part", "holder", "grade", "born") if order.random() < 0.6) or ("grade",)
    rules = order.choice(
        (None, {"grade": {"in": [1, 2]}}, {"born": {"years_at_least": 18}}, {"grade": {"in": [1]}, "born": {"years_at_least": 17}})
    )
    masks = {"holder": Mask(1, 0)} if "holder" in items and order.random() < 0.4 else {}
    policy = SimpleNamespace(
        agreement="a" * 32,
        dataset="R1",
        version="v1",
        document=DOCUMENT,
        items=items,
        masks=masks,
        row_filter=compile_filter(rules),
        revision=None,
        withheld=(),
        subject_kinds=("person",),
        store_kind="hosted",
    )
    standing = SimpleNamespace(
        revisions={"R1": SimpleNamespace(signed_by="k/1")},
        certificates={"k/1": SimpleNamespace(revoked_seq=None)},
        all_versions={"v1": SimpleNamespace(version=DOCUMENT)},
        agreements={"a" * 32: object()},
    )
    rows = {(row[0], row[1]): row for row in (random_row(order) for _ in range(order.randrange(12)))}
    return World(order, folder, rows, _Policy(policy), standing)  # type: ignore[arg-type]


def _Policy(found: SimpleNamespace) -> Policy:  # noqa: N802 - a policy, filled with what does not matter here
    plain = dict.fromkeys(Policy.__dataclass_fields__)
    return Policy(**{**plain, **vars(found)})  # type: ignore[arg-type]


@pytest.fixture(autouse=True)
def _here(monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path) -> None:
    settings.FILES_DIR = tmp_path / "files"
    revisions_folder().mkdir(parents=True)
    places_found_here(monkeypatch)


@pytest.mark.parametrize("seed", range(SEEDS))
def test_a_follower_that_crashes_misses_nothing_and_repeats_nothing(seed: int, tmp_path: Path) -> None:
    world = random_world(seed, tmp_path)
    world.publish()
    cursor: str | None = None
    table: dict[str, Any] = {}
    is_begun = False
    for _step in range(8):
        while True:
            most = world.order.choice((1, 2, 3, 1000))
            work = world.page(cursor, most)
            if world.order.random() < 0.3 and cursor is not None and is_pinned(cursor):
                before = work.answer
                if world.order.random() < 0.5:  # the answer was lost, and meanwhile a new revision came
                    world.change()
                    world.publish()
                assert world.page(cursor, most).answer == before
            take(table, work.answer["changes"], is_first=not is_begun)
            cursor = work.answer["cursor"]
            if not work.answer["more"]:
                break
            if world.order.random() < 0.2:
                world.change()
                world.publish()
        is_begun = True
        while work.answer["more"] or table != world.selection():
            work = world.page(cursor, 1000)
            assert work.answer["changes"], "there is nothing more, and the table is not what it should be"
            take(table, work.answer["changes"], is_first=False)
            cursor = work.answer["cursor"]
        assert world.page(cursor, 1000).answer["changes"] == []
        world.change()
        world.publish()


def is_pinned(cursor: str) -> bool:
    from exchange.delivery.changes.cursor import read_cursor

    return read_cursor(cursor).until is not None


def take(table: dict[str, Any], changes: list[dict[str, Any]], *, is_first: bool) -> None:
    """Apply a page; a line that changes nothing would have told of something that was not agreed."""
    assert len({change["row"] for change in changes}) == len(changes)
    for change in changes:
        if change["state"] == "GONE":
            del table[change["row"]]
        else:
            assert is_first or table.get(change["row"]) != change["record"]
            table[change["row"]] = change["record"]


@pytest.mark.parametrize("seed", range(100, 106))
def test_a_person_is_shown_exactly_the_pages_with_a_row_of_theirs(seed: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    world = random_world(seed, tmp_path)
    monkeypatch.setattr(persons.acts, "standing", lambda: world.standing)
    monkeypatch.setattr(persons, "compile_policy", lambda *_: world.policy)
    world.publish()
    cursor, holders = None, holders_of(world)
    for _step in range(10):
        work = world.page(cursor, world.order.choice((1, 2, 3)))
        cursor = work.answer["cursor"]
        route = {"items": list(world.policy.items), "agreement": world.policy.agreement, **work.listed}
        for person in ("ada", "bo", "chen", "nobody"):
            subject: Any = SimpleNamespace(kind="person", identifier=person)
            expected = any(person in holders[change["row"], change["state"]] for change in work.answer["changes"])
            assert persons.was_on_page(route, subject) is expected, (person, work.answer["changes"])
        if not work.answer["more"]:
            before = {row: who for (row, state), who in holders.items() if state == "SET"}
            world.change()
            world.publish()
            holders = holders_of(world) | {(row, "GONE"): who for row, who in before.items()}


def holders_of(world: World) -> dict[tuple[str, str], set[Any]]:
    """Who stands in each row now."""
    return {(row_name(world.policy.agreement, list(key)), "SET"): {row[2]} for key, row in world.rows.items()}


def test_the_same_difference_is_found_again_after_its_file_was_altered(tmp_path: Path) -> None:
    world = random_world(3, tmp_path)
    world.rows = {(row[0], row[1]): row for row in (random_row(world.order) for _ in range(12))}
    world.policy = replace(world.policy, row_filter=compile_filter(None), items=("grade",), masks={})
    world.publish()
    first = world.page(None, 2).answer
    (path,) = (tmp_path / "files" / "changes").glob("*.places")
    path.write_bytes(path.read_bytes()[::-1])
    assert world.page(None, 2).answer == first
    assert sha256_text(b"") not in first["cursor"]


def refused(world: World, cursor: str | None) -> str:
    work = Work(SimpleNamespace(document={} if cursor is None else {"cursor": cursor}))  # type: ignore[arg-type]
    assert answering._page(work, world.policy, world.standing, world.today, 10) is None
    assert work.refusal is not None
    return work.refusal.code


def plain_world(folder: Path) -> World:
    world = random_world(3, folder)
    world.rows = {(row[0], row[1]): row for row in (random_row(world.order) for _ in range(12))}
    world.policy = replace(world.policy, row_filter=compile_filter(None), items=("grade",), masks={})
    world.publish()
    return world


def test_what_a_revoked_key_signed_is_given_to_nobody_pinned_or_not(tmp_path: Path) -> None:
    world = plain_world(tmp_path)
    cursor = world.page(None, 2).answer["cursor"]
    world.change()
    world.rows["new", 0] = random_row(world.order)
    world.publish()
    assert world.page(cursor, 2).answer["changes"]
    world.standing.certificates["k/1"].revoked_seq = 5
    assert refused(world, cursor) == "CURSOR_TOO_OLD"


def test_other_terms_or_another_description_end_a_cursor(tmp_path: Path) -> None:
    world = plain_world(tmp_path)
    cursor = world.page(None, 2).answer["cursor"]
    before = world.policy
    for terms in ({"items": ("grade", "born")}, {"masks": {"grade": Mask(1, 1)}}, {"row_filter": compile_filter({"grade": {"in": [1]}})}):
        world.policy = replace(before, **terms)  # type: ignore[arg-type]
        assert refused(world, cursor) == "CURSOR_TOO_OLD"
    world.policy = replace(before, document={**DOCUMENT, "major": 2})
    assert refused(world, cursor) == "CURSOR_TOO_OLD"
    world.policy = before
    world.standing.all_versions.clear()
    assert refused(world, cursor) == "CURSOR_TOO_OLD"


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        ({"store_kind": "http"}, "CHANGES_NOT_HELD"),
        ({"store_kind": "sql"}, "CHANGES_NOT_HELD"),
        ({"store_kind": "officer"}, "CHANGES_NOT_HELD"),
        ({"seal_to": "CAB/seal-1"}, "CHANGES_NOT_SEALED"),
        ({"revision": None}, "PROVIDER_DOWN"),
    ],
)
def test_what_has_no_changes_says_so(policy: dict[str, Any], code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "offline_datasets", set)
    world = plain_world(tmp_path)
    work = Work(SimpleNamespace(document={}))  # type: ignore[arg-type]
    assert not answering._is_followable(work, replace(world.policy, **policy))
    assert work.refusal is not None
    assert work.refusal.code == code


def test_a_file_of_places_that_names_a_row_outside_the_agreed_ones_gives_no_row(tmp_path: Path) -> None:
    world = plain_world(tmp_path)
    world.policy = replace(world.policy, row_filter=compile_filter({"grade": {"in": [1]}}))
    outside = next(number for number, row in enumerate(sorted(world.rows.values(), key=lambda row: (row[0], row[1])), 1) if row[3] != 1)
    cursor = answering._asked(Work(SimpleNamespace(document={})), world.policy)  # type: ignore[arg-type]
    assert cursor is not None
    going = cursor.going_to(answering.newest(world.policy, world.today, "k/1"))
    with pytest.raises(FilesTampered):
        answering._changes(world.policy, world.standing, going, [outside])
