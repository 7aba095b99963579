"""A matter's file: each fault is found, said with its line and its remedy, and all of them at once."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

import pytest
from django.conf import settings as hub_settings
from django.core.management import call_command
from django.core.management.base import CommandError

from exchange.affairs.errors import MatterInvalid
from exchange.affairs.matters import load_matter_file
from exchange.affairs.matters.registers import FileRegisters

MATTERS = Path(hub_settings.JURISDICTION_DIR) / "matters"
GOOD = (MATTERS / "M04.yaml").read_text("utf-8")


@pytest.fixture(scope="module")
def registers() -> FileRegisters:
    """The descriptions of the jurisdiction's files."""
    return FileRegisters()


@pytest.fixture
def faulty(tmp_path: Path) -> Callable[[str, str], tuple[Path, int]]:
    """Writes M04 with one text replaced; gives the file, and the line of what was replaced."""

    def write(old: str, new: str) -> tuple[Path, int]:
        assert old in GOOD
        path = tmp_path / "matter.yaml"
        path.write_text(GOOD.replace(old, new, 1), "utf-8")
        return path, GOOD[: GOOD.index(old)].count("\n") + 1

    return write


@pytest.mark.parametrize("name", sorted(path.name for path in MATTERS.glob("*.yaml")))
def test_every_matter_of_the_jurisdiction_can_be_loaded(name: str, registers: FileRegisters) -> None:
    document = load_matter_file(MATTERS / name, registers=registers)
    assert document["code"] == Path(name).stem


# what is replaced, with what, the rule that is broken
FAULTS = [
    ("kind: values", "kind: value", "enum"),
    ("lead: CAB", "lead: NOBODY", "department"),
    ("joint: [DPF]", "joint: [XX]", "department"),
    ("identifier_kinds: [person]", "identifier_kinds: [number]", "kind"),
    ("purpose: disability_allowance\nlegal", "purpose: nothing\nlegal", "purpose"),
    ("spared_by: [low_income_family]", "spared_by: [income]", "requirement"),
    ("    disposition: SHARED\n    spared_by: [payout_account]", "    disposition: SHARED", "spared_by"),
    ("dataset: R14, fact: valid,", "dataset: R77, fact: valid,", "dataset"),
    ("dataset: R14, fact: valid,", "dataset: R20, fact: valid,", "not_shared"),
    ("dataset: R14, fact: valid,", "dataset: R14, fact: lucky,", "fact"),
    ("fact: valid, with: {},", "fact: valid, with: {n: 1},", "unknown"),
    ("with: {grades: [1, 2]}", "with: {}", "required"),
    ("with: {grades: [1, 2]}", "with: {grades: [1, 9]}", "type"),
    ("with: {types: [intellectual, mental]}", "with: {types: [clever]}", "type"),
    ("items: [bank, last_four]", "items: [bank, colour]", "item"),
    ("fact: low_income_family, with: {}, purpose: OWNER_CHECK", "fact: low_income_family, purpose: disability_allowance", "owner_check"),
    ("fact: valid, with: {}, purpose: disability_allowance", "fact: valid, purpose: OWNER_CHECK", "owner_check"),
    ("    value_justified:\n", "    commitment:\n", "value_justified"),
    ("payment: {account: payout_account,", "payment: {account: other_account,", "requirement"),
    ("    requirement: grade_severe\n", "    requirement: grade\n", "requirement"),
    ("rule: {all: [certificate_valid,", "rule: {all: [certificate,", "condition"),
    ("rule: {all: [certificate_valid,", "rule: {all: [{not: certificate_valid}, certificate_valid,", "undecided"),
    ("rule: {all: [certificate_valid,", "rule: {every: [certificate_valid,", "anyOf"),
    ("en: Living allowance, zh", "en: Living allowance. Your key is safe, zh", "forbidden_word"),
    ("zh: 困难残疾人生活补贴}", "zh: 困难残疾人生活补贴的摘要}", "forbidden_word"),
    ("en: Your family is recognised as low-income., zh", f"en: {'Very long ' * 11}., zh", "sentence"),
    ("zh: 您的家庭已认定为低收入家庭。", f"zh: {'您的家庭' * 8}。", "sentence"),
    ("{en: Bank, zh: 银行名称}", "{en: Bank}", "required"),
    ('"YES": {en: Your grade is 1 or 2.', "YES: {en: Your grade is 1 or 2.", "yaml"),
    ("slug: disability-allowances", "slug: disability-allowances\nslug: other", "yaml"),
    ("days: {statutory: 16, committed: 0}", "days: {statutory: sixteen, committed: 0}", "type"),
]


@pytest.mark.parametrize(("old", "new", "rule"), FAULTS, ids=[f"{rule}-{number}" for number, (_, _, rule) in enumerate(FAULTS)])
def test_a_fault_is_said_with_its_line(
    old: str, new: str, rule: str, registers: FileRegisters, faulty: Callable[[str, str], tuple[Path, int]]
) -> None:
    path, line = faulty(old, new)
    with pytest.raises(MatterInvalid) as refusal:
        load_matter_file(path, registers=registers)
    faults = [fault for fault in refusal.value.faults if fault.rule == rule]
    assert faults, refusal.value
    said = int(faults[0].where.removeprefix("line ").split(":")[0])
    # a fault may be said at what it stands in, or at what then no longer fits
    assert abs(said - line) <= 8 or rule in {"condition", "requirement"}
    assert faults[0].message


def test_all_faults_are_said_at_once_in_the_order_of_their_lines(registers: FileRegisters, tmp_path: Path) -> None:
    path = tmp_path / "matter.yaml"
    path.write_text(
        GOOD.replace("lead: CAB", "lead: XX").replace("fact: valid,", "fact: lucky,").replace("by_day: 15", "by_day: 9"), "utf-8"
    )
    with pytest.raises(MatterInvalid) as refusal:
        load_matter_file(path, registers=registers)
    lines = [int(fault.where.removeprefix("line ").split(":")[0]) for fault in refusal.value.faults]
    assert len(lines) >= 2
    assert lines == sorted(lines)


def test_rounds_that_wait_for_one_another_are_refused(faulty: Callable[[str, str], tuple[Path, int]]) -> None:
    old = "    about: applicant\n    sources: [{dataset: R22, items: [bank, last_four], purpose: disability_allowance}]"
    new = old.replace("about: applicant", "about: {requirement: payout_account, item: bank}")
    path, _line = faulty(old, new)
    with pytest.raises(MatterInvalid, match="wait for one another"):
        load_matter_file(path)


def test_a_value_that_nothing_uses_is_refused(registers: FileRegisters, tmp_path: Path) -> None:
    text = GOOD.replace("payment: {account: payout_account, by_day: 15, other_account: other_account}", "")
    text = text.replace('{kind: money, amount: "110.00", currency: CNY, per: month, from: month_of_application}', "{kind: licence}")
    text = text.replace('{kind: money, amount: "120.00", currency: CNY, per: month, from: month_of_application}', "{kind: licence}")
    path = tmp_path / "matter.yaml"
    path.write_text(text, "utf-8")
    with pytest.raises(MatterInvalid) as refusal:
        load_matter_file(path, registers=registers)
    assert [fault.rule for fault in refusal.value.faults] == ["value_unused"]


def test_an_offer_without_application_may_demand_nothing(tmp_path: Path) -> None:
    text = (MATTERS / "M13.yaml").read_text("utf-8")
    head, tail = text.split("  - code: other_account", 1)
    path = tmp_path / "matter.yaml"
    path.write_text(head + "  - code: other_account" + tail.replace("needed: false", "needed: true", 1), "utf-8")
    with pytest.raises(MatterInvalid) as refusal:
        load_matter_file(path)
    assert [fault.rule for fault in refusal.value.faults] == ["proactive"]


def test_the_command_explains_every_fault_and_fails(tmp_path: Path) -> None:
    path = tmp_path / "matter.yaml"
    path.write_text(GOOD.replace("lead: CAB", "lead: XX").replace("fact: valid,", "fact: lucky,"), "utf-8")
    said = io.StringIO()
    with pytest.raises(CommandError, match="Nothing was loaded"):
        call_command("load_matters", path, check=True, stderr=said)
    assert "matter.yaml: line " in said.getvalue()
    assert "there is no department XX" in said.getvalue()
    assert "answers no fact lucky" in said.getvalue()


def test_the_command_passes_the_jurisdictions_files() -> None:
    said = io.StringIO()
    call_command("load_matters", check=True, stdout=said)
    assert said.getvalue().count("good") == len(list(MATTERS.glob("*.yaml")))
