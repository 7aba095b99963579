"""Search: the same corpus, the same questions, the same answers, whichever database runs this file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone

from audit.errors import Invalid
from catalog import actions, search
from catalog.models import DataItem, Dataset, DatasetVersion, Department
from tests.catalog.registers import Person, description

CORPUS = (
    ("R01", "PSB", "Population register", "人口基础信息", "Residents, households. E-mail: a@b.example", "户籍登记的全部人口", 3),
    ("R14", "DPF", "Disability certificates", "残疾人证", "Type and grade; valid until", "残疾类别、残疾等级", 4),
    ("R15", "SAMR", "Business entities", "经营主体登记信息", "Companies and sole traders (ISO 17442)", "公司、个体工商户", 3),
    ("R21", "CAB", "Divisions of Chengdu", "成都市行政区划", "1e5 communities; 0x1f", "区县、街道、社区", 1),
    ("b-2", "CAB", "Crème brûlée licences", "医", "Ünïcode —— naïve café", "许可", 1),
    ("A-1", "CAB", "Fishing boats", "渔船登记", "Harbour of each boat", "渔港", 2),
)
QUESTIONS = {
    "人口": ["R01"],
    "残疾": ["R14"],
    "残疾 grade": ["R14"],
    "登记": ["A-1", "R15", "R01"],
    "登记信息": ["R15"],
    "医": ["b-2"],
    "信": ["R01", "R15"],
    "registe": ["R01"],
    "CHENGDU": ["R21"],
    "成都市": ["R21"],
    "1e5": ["R21"],
    "0x1f": ["R21"],
    "17442": ["R15"],
    "café": ["b-2"],
    "crème": ["b-2"],
    "boat": ["A-1"],
    "“人口”，(register)!": ["R01"],
    "a@b.example": ["R01"],
    "人民": [],
    '" OR 1=1 --': [],
    "NEAR(": [],
    "title : x*": [],
    "':* & !": [],
    "…！？": [],
}


@pytest.fixture
def corpus(db: None) -> None:
    for code in ("PSB", "DPF", "SAMR", "CAB"):
        Department.objects.create(code=code, name_en=f"{code} office", name_zh=f"{code}局")
    for number, (code, provider, english, chinese, more, chinese_more, sensitivity) in enumerate(CORPUS, start=1):
        dataset = Dataset.objects.create(
            code=code,
            name=code.lower(),
            provider_id=provider,
            title_en=english,
            title_zh=chinese,
            description_en=more,
            description_zh=chinese_more,
            sharing_attribute="CONDITIONAL" if sensitivity > 1 else "UNCONDITIONAL",
            open=sensitivity == 1,
            sensitivity=sensitivity,
            update_frequency="DAILY",
            published_at=timezone.now(),
        )
        version = DatasetVersion.objects.create(dataset=dataset, hash=f"sha256:{number}", major=1, document="{}", act_seq=number)
        Dataset.objects.filter(pk=dataset.pk).update(current_version=version)
        search.index(dataset.pk)


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize("question", QUESTIONS)
def test_the_same_answers_on_every_database(question: str) -> None:
    assert [dataset.code for dataset in search.search(question).datasets] == QUESTIONS[question]


def test_tokens_are_words_and_overlapping_pairs() -> None:
    assert search.tokens("Data 数据局A1") == ["data", "数据", "据局", "局", "a1"]
    assert search.tokens("ＦＵＬＬ　width") == ["full", "width"]


@pytest.mark.usefixtures("corpus")
def test_pages_follow_each_other_without_gap_or_repetition() -> None:
    seen: list[str] = []
    cursor = None
    while True:
        page = search.search("", cursor=cursor, size=2)
        seen += [dataset.code for dataset in page.datasets]
        cursor = page.next_cursor
        if cursor is None:
            break
    assert seen == ["A-1", "R01", "R14", "R15", "R21", "b-2"]


@pytest.mark.usefixtures("corpus")
def test_facets_count_under_the_other_filters() -> None:
    found = search.search("", filters={"provider": ["CAB"], "open": ["true"]})
    assert [dataset.code for dataset in found.datasets] == ["R21", "b-2"]
    assert dict(found.facets["provider"]) == {"CAB": 2}
    assert dict(found.facets["open"]) == {False: 1, True: 2}


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize(("filters", "cursor"), [({"owner": ["x"]}, None), ({}, "%%"), ({}, "eHg6eA")])
def test_what_is_not_ours_is_refused(filters: dict[str, Any], cursor: str | None) -> None:
    with pytest.raises(Invalid):
        search.search("", filters=filters, cursor=cursor)


@pytest.mark.usefixtures("corpus")
@pytest.mark.parametrize("sensitivity", ["9", "x", ""])
def test_a_filter_value_that_nobody_has_finds_nothing(sensitivity: str) -> None:
    assert search.search("", filters={"sensitivity": [sensitivity]}).datasets == []


def test_an_unpublished_dataset_is_not_found(corpus: None) -> None:
    Dataset.objects.filter(code="R01").update(current_version=None)
    assert search.search("人口").datasets == []


def test_a_restricted_item_is_not_found_any_more(publish: Callable[[dict[str, Any]], Dataset], publisher: Person) -> None:
    dataset = publish(description("R15"))
    assert [found.code for found in search.search("注册资本").datasets] == ["R15"]
    actions.restrict_item(dataset, item="registered_capital", reason="x", acting_user=publisher)
    assert search.search("注册资本").datasets == []


def test_the_number_of_queries_does_not_grow(corpus: None, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(9):
        search.search("", size=1)
    with django_assert_num_queries(9):
        search.search("", size=6)
    assert not DataItem.objects.exists()
