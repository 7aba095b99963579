"""Time limits are data: three profiles for China, each row with its article and source, and every fault told by its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from exchange.jurisdictions import JurisdictionInvalid
from exchange.jurisdictions.reading import FOLDER
from exchange.jurisdictions.time_limits import load_time_limits, profiles_of

CN = FOLDER / "cn"
ROW = """  - rule: answer_conditional
    title: {en: Answer, zh: 答复}
    working_days: 7
    extension_days: 0
    article: {en: Rule 1, zh: 第一条}
    source: {en: Rules, zh: 规定}
    verified_on: null
"""
HEAD = "profile: own\ninstrument: {en: Rules, zh: 规定}\n"


def days(profile: str) -> dict[str, tuple[int, int]]:
    return {rule: (row["working_days"], row["extension_days"]) for rule, row in load_time_limits(CN, profile).items()}


def test_the_three_profiles_say_what_the_city_says() -> None:
    assert set(profiles_of(CN)) == {"national", "gaoping", "guizhou"}
    national = {
        "answer_unconditional": (1, 0),
        "answer_conditional": (10, 10),
        "begin_sharing": (20, 0),
        "correction_request": (10, 0),
        "catalogue_update": (10, 5),
        "catalogue_review": (2, 0),
    }
    assert national.items() <= days("national").items()
    assert {"answer_unconditional": (10, 0), "answer_conditional": (10, 0), "correction_request": (10, 0)}.items() <= days(
        "guizhou"
    ).items()
    assert days("gaoping")["answer_unconditional"] == (2, 0)


def test_gaoping_splits_its_limits_into_checking_and_answering() -> None:
    rows = load_time_limits(CN, "gaoping")
    steps = {rule: [step["working_days"] for step in row["steps"]] for rule, row in rows.items() if "steps" in row}
    assert steps == {"answer_unconditional": [2], "answer_conditional": [2, 5], "answer_conditional_unpublished": [2, 10]}


def test_every_row_has_article_and_source_in_both_languages_and_none_claims_to_be_checked() -> None:
    for profile in profiles_of(CN):
        for row in load_time_limits(CN, profile).values():
            assert set(row["article"]) == set(row["source"]) == set(row["title"]) == {"en", "zh"}
            assert row["verified_on"] is None


@pytest.mark.parametrize(
    ("text", "line", "rule"),
    [
        (f"{HEAD}limits:\n{ROW}".replace("working_days: 7", "working_days: seven"), 6, "type"),
        (f"{HEAD}limits:\n{ROW}".replace("    source: {en: Rules, zh: 规定}\n", ""), 4, "required"),
        (f"{HEAD}limits:\n{ROW}{ROW}", 11, "unique"),
        (f"{HEAD}limits:\n{ROW}    steps: [{{step: check, working_days: 2}}]\n", 4, "steps"),
        (f"{HEAD}limits:\n{ROW}    steps: [{{step: nap, working_days: 7}}]\n", 11, "enum"),
        (f"{HEAD}limits:\n{ROW}".replace("verified_on: null", "verified_on: soon"), 10, "format"),
        (f"{HEAD}surprise: 1\nlimits:\n{ROW}", 1, "additionalProperties"),
    ],
)
def test_a_fault_names_its_line(tmp_path: Path, text: str, line: int, rule: str) -> None:
    (tmp_path / "time_limits.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(JurisdictionInvalid) as refused:
        load_time_limits(tmp_path)
    assert [(fault.where, fault.rule) for fault in refused.value.faults] == [(f"line {line}", rule)]


def test_a_profile_that_nobody_wrote_is_refused_and_so_is_a_circle(tmp_path: Path) -> None:
    with pytest.raises(JurisdictionInvalid, match="gaoping"):
        load_time_limits(CN, "atlantis")
    (tmp_path / "time_limits.yaml").write_text(f"{HEAD}builds_on: own\nlimits:\n{ROW}", encoding="utf-8")
    with pytest.raises(JurisdictionInvalid, match="circle"):
        load_time_limits(tmp_path)
