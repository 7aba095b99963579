"""Loading a file: checked in a child, refused clearly, visible only with its act."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest

from audit import acts
from audit.errors import NotAllowed
from catalog import actions, projection
from catalog.actions import loading
from catalog.errors import FilesMissing, FilesTampered, FileTooLarge, LoadNotReady, VersionChanged
from catalog.models import Dataset, Load, Revision
from catalog.quality import runner, words
from tests.catalog.registers import PERSON_A, PERSON_B, PERSON_C, ROWS, Person, description, small_description, table

Publish = Callable[[dict[str, Any]], Dataset]
LoadFile = Callable[[Dataset, bytes], Load]
DIVISIONS = Path(__file__).parents[2] / "exchange" / "jurisdictions" / "cn" / "divisions"


@pytest.fixture
def tickets(publish: Publish) -> Dataset:
    return publish(small_description())


def rules(load: Load) -> set[tuple[int, str, str]]:
    return {(fault["row"], fault["item"], fault["rule"]) for fault in load.report["faults"]["listed"]}


def test_a_good_file_becomes_two_files_named_by_their_hash(tickets: Dataset, load: LoadFile, publisher: Person) -> None:
    checked = load(tickets, table(*ROWS))
    assert (checked.state, checked.row_count) == ("READY", 2)
    revision = actions.publish_revision(checked, acting_user=publisher)
    folder = runner.revisions_folder()
    for hash_text, suffix in ((revision.rows_hash, ".parquet"), (revision.lookup_hash, ".sqlite")):
        assert loading.CheckedFile(hash_text, suffix).path.parent == folder
    tickets.refresh_from_db()
    assert tickets.current_revision == revision
    order = acts.standing().revisions["T01"].order
    assert (order["rows"], order["lookup"], order["row_count"]) == (revision.rows_hash, revision.lookup_hash, 2)


def test_values_are_kept_in_their_canonical_form(tickets: Dataset, load: LoadFile) -> None:
    checked = load(tickets, table(*ROWS))
    rows = runner.revisions_folder() / (checked.rows_hash.removeprefix("sha256:") + ".parquet")
    found = duckdb.read_parquet(str(rows)).order("grade").project("issued_on::VARCHAR, kind, price, valid").fetchall()
    assert found == [("2024-03-01", "a", "12.5", True), ("2024-03-02", "b", "0", False)]


def test_the_order_of_rows_does_not_change_the_files(tickets: Dataset, load: LoadFile) -> None:
    one, other = load(tickets, table(*ROWS)), load(tickets, table(*reversed(ROWS)))
    assert (one.rows_hash, one.lookup_hash) == (other.rows_hash, other.lookup_hash)


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (f"{PERSON_C},x,,,,,,", (3, "grade", "type")),
        (f"{PERSON_C},,,,,,,", (3, "grade", "required")),
        (f"{PERSON_C},7,,,,,,", (3, "grade", "range")),
        (f"{PERSON_C},1,2024-02-30,,,,,", (3, "issued_on", "type")),
        (f"{PERSON_C},1,,丙,,,,", (3, "kind", "code_list")),
        (f"{PERSON_C},1,,,a1,,,", (3, "number", "pattern")),
        (f"{PERSON_C},1,,,,-1,,", (3, "price", "range")),
        (f"{PERSON_C},1,,,,1e3,,", (3, "price", "type")),
        (f"{PERSON_C},1,,,,,perhaps,", (3, "valid", "type")),
        (f"{PERSON_C[:-1]}0,1,,,,,,", (3, "person", "identifier")),
        (f"{PERSON_A},2,,,,,,", (3, "person", "key")),
        (f"{PERSON_C},1,,", (3, "", "columns")),
        (f"{PERSON_C},1,,,A\0,,,", (3, "", "nul")),
    ],
)
def test_each_rule_names_row_and_item_and_never_the_value(tickets: Dataset, load: LoadFile, row: str, fault: tuple[int, str, str]) -> None:
    refused = load(tickets, table(ROWS[0], row))
    assert refused.state == "REFUSED"
    assert fault in rules(refused)
    assert not {"510104199", "110105194", "perhaps", "丙"} & set(json.dumps(refused.report, ensure_ascii=False).split('"'))
    assert "510104" not in json.dumps(refused.report)
    assert words.rule_text(fault[2]) != fault[2]


def test_a_unique_item_that_is_no_key_is_checked(publish: Publish, load: LoadFile) -> None:
    document = small_description()
    document["items"][4]["unique"] = True
    refused = load(publish(document), table(f"{PERSON_A},1,,,A001,,,", f"{PERSON_B},1,,,A001,,,", f"{PERSON_C},1,,,,,,"))
    assert rules(refused) == {(2, "number", "unique"), (3, "number", "unique")}


def test_faults_are_counted_in_full_and_listed_up_to_a_limit(tickets: Dataset, load: LoadFile) -> None:
    refused = load(tickets, table(*[f"{PERSON_A},9,,,,,," for _ in range(500)]))
    counts = {(fault["item"], fault["rule"]): fault["count"] for fault in refused.report["faults"]["by_rule"]}
    assert counts == {("grade", "range"): 500, ("person", "key"): 500}
    assert len(refused.report["faults"]["listed"]) <= 200


def test_gaps_in_optional_items_are_told_and_not_refused(tickets: Dataset, load: LoadFile) -> None:
    checked = load(tickets, table(ROWS[0], f"{PERSON_B},1,,,,,,"))
    filled = {entry["item"]: (entry["filled"], entry["empty"]) for entry in checked.report["items"]}
    assert checked.state == "READY"
    assert filled["price"] == (1, 1)


def test_columns_that_are_missing_unknown_or_repeated_are_named(tickets: Dataset, load: LoadFile) -> None:
    refused = load(tickets, table(heading="身份证号,等级,发证日期,类别,编号,价格,价格,备注"))
    assert refused.report["file"] == {
        "rule": "columns",
        "missing": ["有效", "户号"],
        "repeated": ["价格"],
        "unknown": ["备注"],
        "unknown_count": 1,
    }
    assert "有效" in words.file_text(refused.report["file"])


def test_a_file_without_heading_does_not_leak_its_first_row(tickets: Dataset, load: LoadFile) -> None:
    refused = load(tickets, ROWS[0].encode())
    assert refused.report["file"]["rule"] == "columns"
    assert PERSON_A not in json.dumps(refused.report)


@pytest.mark.parametrize(("encoding", "name"), [("utf-8", "utf-8"), ("utf-8-sig", "utf-8"), ("gb18030", "gb18030")])
def test_utf8_and_gb18030_give_the_same_data(tickets: Dataset, load: LoadFile, encoding: str, name: str) -> None:
    checked = load(tickets, table(*ROWS).decode().encode(encoding))
    assert (checked.state, checked.report["encoding"]) == ("READY", name)
    assert checked.lookup_hash == load(tickets, table(*ROWS)).lookup_hash


@pytest.mark.parametrize(
    "lines",
    [
        [("utf-8", "身份证号,姓名"), ("utf-8", "1,成都市"), ("gb18030", "2,武侯区张三")],
        [("gb18030", "身份证号,姓名"), ("gb18030", "1,张三李四"), ("utf-8", "2,成都市武侯")],
        [("gb18030", "身份证号,姓名"), ("gb18030", "1,张三李四"), ("utf-8", "2,成都市")],
    ],
)
def test_a_mixture_of_encodings_is_refused_with_its_line(tickets: Dataset, load: LoadFile, lines: list[tuple[str, str]]) -> None:
    refused = load(tickets, b"".join(text.encode(encoding) + b"\n" for encoding, text in lines))
    assert refused.report["file"] == {"rule": "encoding", "line": 3}


@pytest.mark.parametrize(
    ("content", "rule"),
    [
        (b"", "empty"),
        (table(), "empty"),
        ("身份证号".encode("utf-16"), "encoding"),
        (table(f'{PERSON_A},1,,,"A001,,,'), "quoting"),
        (b"PK\x03\x04nonsense", "workbook"),
    ],
)
def test_what_is_no_table_is_refused_as_such(tickets: Dataset, load: LoadFile, content: bytes, rule: str) -> None:
    assert load(tickets, content).report["file"]["rule"] == rule


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_other_delimiters_are_found_out(tickets: Dataset, load: LoadFile, delimiter: str) -> None:
    assert load(tickets, table(*ROWS).replace(b",", delimiter.encode())).report["delimiter"] == delimiter


def test_a_workbook_gives_the_same_data_as_a_csv_file(tickets: Dataset, load: LoadFile, tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    for line in table(*ROWS).decode().splitlines():
        book.active.append(line.split(","))  # type: ignore[union-attr]
    book.save(tmp_path / "book.xlsx")
    checked = load(tickets, (tmp_path / "book.xlsx").read_bytes())
    assert checked.report["format"] == "xlsx"
    assert checked.lookup_hash == load(tickets, table(*ROWS)).lookup_hash


def test_the_streets_of_the_whole_country_load(publish: Publish, load: LoadFile, publisher: Person) -> None:
    streets = publish(description("R23"))
    checked = load(streets, (DIVISIONS / "divisions_streets_national.csv").read_bytes())
    assert actions.publish_revision(checked, acting_user=publisher).row_count == 41_352


def test_a_file_over_the_limit_leaves_nothing_behind(tickets: Dataset, load: LoadFile, settings: Any) -> None:
    settings.UPLOAD_LIMIT_BYTES = 50
    with pytest.raises(FileTooLarge):
        load(tickets, table(*ROWS))
    assert not list(loading.uploads_folder().iterdir())
    assert not Load.objects.exists()


def test_only_a_publisher_loads_and_publishes(tickets: Dataset, load: LoadFile, stranger: Person, tmp_path: Path) -> None:
    checked = load(tickets, table(*ROWS))
    with pytest.raises(NotAllowed):
        actions.publish_revision(checked, acting_user=stranger)
    with pytest.raises(NotAllowed):
        actions.load_file(tickets, path=tmp_path / "upload.csv", acting_user=stranger)


def test_a_refused_load_is_never_published(tickets: Dataset, load: LoadFile, publisher: Person) -> None:
    with pytest.raises(LoadNotReady):
        actions.publish_revision(load(tickets, b""), acting_user=publisher)


def test_a_load_is_published_once(tickets: Dataset, load: LoadFile, publisher: Person) -> None:
    checked = load(tickets, table(*ROWS))
    stale = Load.objects.get(pk=checked.pk)
    actions.publish_revision(checked, acting_user=publisher)
    with pytest.raises(LoadNotReady):
        actions.publish_revision(stale, acting_user=publisher)
    assert Revision.objects.count() == 1


def test_a_load_checked_against_an_older_description_is_refused(
    tickets: Dataset, load: LoadFile, publish: Publish, publisher: Person
) -> None:
    checked = load(tickets, table(*ROWS))
    publish(small_description())
    with pytest.raises(VersionChanged):
        actions.publish_revision(checked, acting_user=publisher)


def test_files_of_another_load_are_not_signed(tickets: Dataset, load: LoadFile, publisher: Person) -> None:
    checked, other = load(tickets, table(*ROWS)), load(tickets, table(ROWS[0]))
    Load.objects.filter(pk=checked.pk).update(lookup_hash=other.lookup_hash)
    checked.refresh_from_db()
    with pytest.raises(FilesTampered):
        actions.publish_revision(checked, acting_user=publisher)


class TestKilled:
    """Whatever stops a load, nobody sees a half of it, and running it again completes it."""

    def test_in_the_child(self, tickets: Dataset, load: LoadFile, monkeypatch: pytest.MonkeyPatch) -> None:
        real = subprocess.Popen

        def start_and_kill(*arguments: Any, **members: Any) -> Any:
            process = real(*arguments, **members)
            process.kill()
            return process

        monkeypatch.setattr(runner.subprocess, "Popen", start_and_kill)
        stopped = load(tickets, table(*ROWS))
        assert (stopped.state, stopped.report["file"]) == ("REFUSED", {"rule": "stopped"})
        assert self.nothing_is_visible()

    def test_by_its_memory_limit(self, tickets: Dataset, load: LoadFile, settings: Any) -> None:
        settings.LOAD_MEMORY_BYTES = 64 << 20
        assert load(tickets, table(*ROWS)).report["file"] == {"rule": "stopped"}
        assert self.nothing_is_visible()

    def test_between_the_check_and_its_record(self, tickets: Dataset, load: LoadFile, monkeypatch: pytest.MonkeyPatch) -> None:
        with monkeypatch.context() as patch:
            patch.setattr(loading, "_note", _stop_after(1))
            with pytest.raises(KeyboardInterrupt):
                load(tickets, table(*ROWS))
        left = Load.objects.get()
        assert left.state == "CHECKING"
        assert self.nothing_is_visible()
        assert actions.check_load(left).state == "READY"

    def test_between_the_files_and_the_act(
        self, tickets: Dataset, load: LoadFile, publisher: Person, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        checked = load(tickets, table(*ROWS))
        with monkeypatch.context() as patch:
            patch.setattr(projection, "project_revision", _stop_after(0))
            with pytest.raises(KeyboardInterrupt):
                actions.publish_revision(checked, acting_user=publisher)
        assert self.nothing_is_visible()
        again = Load.objects.get(pk=checked.pk)
        assert again.state == "READY"
        assert actions.publish_revision(again, acting_user=publisher).row_count == 2

    def nothing_is_visible(self) -> bool:
        return (
            not Revision.objects.exists() and not acts.standing().revisions and not Dataset.objects.exclude(current_revision=None).exists()
        )


def _stop_after(calls: int) -> Callable[..., None]:
    left = [calls]

    def stop(*_arguments: object, **_members: object) -> None:
        if not left[0]:
            raise KeyboardInterrupt
        left[0] -= 1

    return stop


class TestStore:
    """Questions about subjects, answered from the files that were signed."""

    @pytest.fixture
    def revision(self, tickets: Dataset, load: LoadFile, publisher: Person) -> Revision:
        return actions.publish_revision(load(tickets, table(*ROWS)), acting_user=publisher)

    def reader(self, revision: Revision) -> Any:
        from catalog.stores import open_store

        return open_store(revision.version.content, rows_hash=revision.rows_hash, lookup_hash=revision.lookup_hash)

    def test_only_the_asked_items_come_back_in_their_types(self, revision: Revision) -> None:
        found = self.reader(revision).lookup([PERSON_A, PERSON_C], ["valid", "price", "issued_on", "grade"])
        assert found == {PERSON_A: [{"valid": True, "price": "12.5", "issued_on": "2024-03-01", "grade": 1}], PERSON_C: []}

    def test_an_unknown_item_or_kind_gives_nothing(self, revision: Revision) -> None:
        with pytest.raises(KeyError):
            self.reader(revision).lookup([PERSON_A], ['grade", r."c_price'])
        assert self.reader(revision).lookup([PERSON_A], ["grade"], kind="credit_code") == {PERSON_A: []}

    def test_a_thousand_subjects_come_back_in_one_call(self, publish: Publish, load: LoadFile, publisher: Person) -> None:
        streets = publish(description("R23"))
        content = (DIVISIONS / "divisions_streets_national.csv").read_bytes()
        revision = actions.publish_revision(load(streets, content), acting_user=publisher)
        codes = [line.split(b",")[0].decode() for line in content.splitlines()[1:1001]]
        found = self.reader(revision).lookup(codes, ["code"])
        assert {code: [{"code": code}] for code in codes} == found

    def test_records_that_share_a_value_are_counted(self, revision: Revision) -> None:
        reader = self.reader(revision)
        assert [reader.count_same("household", value) for value in ("H1", "H2")] == [2, 0]
        with pytest.raises(KeyError):
            reader.count_same("grade", 1)

    def test_a_changed_file_gives_an_error_and_never_data(self, revision: Revision) -> None:
        reader = self.reader(revision)
        path = runner.revisions_folder() / (revision.lookup_hash.removeprefix("sha256:") + ".sqlite")
        path.chmod(0o600)
        with sqlite3.connect(path) as database:
            database.execute('UPDATE record SET "c_grade" = 3')
        with pytest.raises(FilesTampered):
            reader.lookup([PERSON_A], ["grade"])
        with pytest.raises(FilesTampered):
            self.reader(revision)

    def test_a_missing_file_gives_an_error(self, revision: Revision) -> None:
        reader = self.reader(revision)
        (runner.revisions_folder() / (revision.rows_hash.removeprefix("sha256:") + ".parquet")).unlink()
        (runner.revisions_folder() / (revision.lookup_hash.removeprefix("sha256:") + ".sqlite")).unlink()
        with pytest.raises(FilesMissing):
            reader.lookup([PERSON_A], ["grade"])
        with pytest.raises(FilesMissing):
            self.reader(revision)


class TestSample:
    """Sample rows hold nothing of sensitivity 2 or more."""

    def test_real_values_are_of_sensitivity_one_only(self, tickets: Dataset, load: LoadFile) -> None:
        sample = load(tickets, table(*ROWS)).sample
        assert sample["made"] == ["person", "grade", "household"]
        assert [row["number"] for row in sample["rows"]] == ["A001", "B002"]
        text = json.dumps(sample)
        assert not any(value in text for value in (PERSON_A, PERSON_B, "H1"))

    def test_items_that_are_not_shared_are_not_in_it(self, publish: Publish, load: LoadFile) -> None:
        document = small_description()
        document["items"][4]["sharing_attribute"] = "NOT_SHARED"
        sample = load(publish(document), table(*ROWS)).sample
        assert "number" not in sample["items"]
        assert "A001" not in json.dumps(sample)
