"""The catalogue as strangers read it: search in two languages, filters, pages of results, and one dataset's page."""

from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from catalog import actions, search
from catalog.models import Dataset
from catalog.quality.findings import Item
from catalog.quality.samples import _made
from tests.world import World
from tests.world_data import CONDITIONAL, CONDITIONAL_ROWS, SUBJECTS, UNCONDITIONAL


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("disability", ["R14"]),
        ("残疾人证", ["R14"]),
        ("残疾人", ["R14", "R90"]),
        ("服务站", ["R90"]),
        ("aid stat", ["R90"]),
        ("certificates 残疾", ["R14"]),
        ("grade", ["R14"]),
        ("nothing of that kind", []),
        ("。", []),
        ("", ["R14", "R90"]),
    ],
)
@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_search_finds_the_same_in_both_languages(client: Client, world: World, language: str, query: str, found: list[str]) -> None:
    answer = client.get(f"/{language}/catalog", {"q": query})
    assert answer.status_code == 200
    assert [dataset.code for dataset in answer.context["results"].datasets] == found


def test_filters_narrow_and_say_how_to_widen(client: Client, world: World) -> None:
    only = client.get("/en/catalog", {"sharing_attribute": "UNCONDITIONAL"}).context["results"]
    assert [dataset.code for dataset in only.datasets] == ["R90"]
    none = client.get("/en/catalog", {"sharing_attribute": "UNCONDITIONAL", "sensitivity": "4"})
    assert none.context["results"].total == 0
    assert "Show everything" in none.content.decode()


@pytest.mark.parametrize(
    "nonsense",
    [{"provider": "NOBODY"}, {"sensitivity": "9"}, {"sharing_attribute": "PUBLIC"}, {"update_frequency": "'"}, {"q": "x" * 201}],
)
def test_a_filter_that_makes_no_sense_finds_nothing_and_is_marked(client: Client, world: World, nonsense: dict[str, str]) -> None:
    answer = client.get("/en/catalog", nonsense)
    assert answer.status_code == 400
    assert answer.context["results"].total == 0
    assert "govuk-error-message" in answer.content.decode()


def test_pages_of_results_follow_each_other_and_keep_the_search(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search.search, "__kwdefaults__", {**(search.search.__kwdefaults__ or {}), "size": 1})
    first = client.get("/en/catalog", {"sensitivity": "", "q": ""})
    cursor = first.context["results"].next_cursor
    assert [dataset.code for dataset in first.context["results"].datasets] == ["R14"]
    assert f"cursor={cursor}" in first.content.decode()
    second = client.get("/en/catalog", {"cursor": cursor})
    assert [dataset.code for dataset in second.context["results"].datasets] == ["R90"]
    assert second.context["results"].next_cursor is None


def test_a_cursor_that_is_none_of_ours_is_refused_in_words(client: Client, world: World) -> None:
    answer = client.get("/en/catalog", {"cursor": "made-up"})
    assert answer.status_code == 422
    assert "Start again" in answer.content.decode()


@pytest.mark.parametrize("path", ["catalog", "catalog/R14"])
def test_a_page_costs_the_same_for_1_10_and_100_datasets(client: Client, world: World, path: str) -> None:
    client.get(f"/en/{path}")
    counts = []
    made = 2
    for number in (1, 10, 100):
        if number == 1:
            Dataset.objects.exclude(code="R14").update(current_version=None)
        for extra in range(made, number):
            _copy(world.conditional, f"X{extra:03}")
        made = max(made, number)
        with CaptureQueriesContext(connection) as queries:
            assert client.get(f"/en/{path}").status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1] == counts[2]


def _copy(dataset: Dataset, code: str) -> None:
    """Another row of the catalogue's table, with its words, that points to the same version."""
    copied = Dataset.objects.get(pk=dataset.pk)
    copied.pk, copied.code, copied._state.adding = None, code, True
    copied.save()
    search.index(copied.pk)


def test_a_datasets_page_tells_what_it_holds_and_how_to_ask(client: Client, world: World) -> None:
    text = client.get("/en/catalog/R14").content.decode()
    for words in ("Conditional sharing", "Sensitive personal", "Holds a valid certificate", "Article 2", "Ask for these data"):
        assert words in text
    assert world.conditional.current_version is not None
    assert world.conditional.current_version.hash in text
    chinese = client.get("/zh-hans/catalog/R14").content.decode()
    assert "残疾人证" in chinese
    assert "是否持有有效残疾人证" in chinese


def test_an_unknown_or_unpublished_dataset_is_not_found(client: Client, world: World) -> None:
    assert client.get("/en/catalog/R77").status_code == 404
    Dataset.objects.filter(code="R14").update(current_version=None)
    assert client.get("/en/catalog/R14").status_code == 404


def test_a_restricted_item_is_marked_and_gone_from_the_sample(client: Client, world: World) -> None:
    before = client.get("/en/catalog/R14")
    assert "valid_until" in [item.name for item in before.context["sample"].items]
    actions.restrict_item(world.conditional, item="valid_until", reason="Under review", acting_user=world.person("publisher"))
    after = client.get("/en/catalog/R14")
    assert "valid_until" not in [item.name for item in after.context["sample"].items]
    assert "2000-01-01" not in after.content.decode()
    assert "restricted for now" in after.content.decode()


def test_a_row_that_unrestricts_behind_the_acts_shows_nothing(client: Client, world: World) -> None:
    actions.restrict_item(world.conditional, item="valid_until", reason="Under review", acting_user=world.person("publisher"))
    assert world.conditional.current_version is not None
    world.conditional.current_version.items.update(restricted=False, sharing_attribute="UNCONDITIONAL")
    assert [item.name for item in client.get("/en/catalog/R14").context["sample"].items] == ["person", "type", "grade"]


def test_no_value_of_a_row_stands_on_any_page(client: Client, world: World) -> None:
    client.force_login(world.person("publisher"))
    load = world.conditional.loads.get()
    for path in ("catalog", "catalog/R14", "console/datasets", "console/datasets/R14", f"console/loads/{load.pk}"):
        text = client.get(f"/en/{path}").content.decode()
        assert not [subject for subject in SUBJECTS if subject in text]
        assert "诊断1" not in text
        assert "2031-12-31" not in text
    assert SUBJECTS[0] in CONDITIONAL_ROWS


def test_a_sample_speaks_the_words_of_its_code_list(client: Client, world: World) -> None:
    english, chinese = client.get("/en/catalog/R14"), client.get("/zh-hans/catalog/R14")
    assert [row[1] for row in english.context["sample"].rows][:2] == ["Visual", "Mental"]
    assert [row[1] for row in chinese.context["sample"].rows][:2] == ["视力", "精神"]


def test_real_rows_are_shown_only_of_items_that_are_open_to_everyone(client: Client, world: World) -> None:
    page = client.get("/en/catalog/R90")
    sample = page.context["sample"]
    assert sample.made == {"beds"}
    assert sample.rows[0][:2] == ("510104017001", "第1站")
    assert "Columns marked *" in page.content.decode()


def test_an_offline_dataset_says_so_with_its_reason(client: Client, world: World) -> None:
    actions.take_offline(world.conditional, reason="Moving to a new hall", acting_user=world.person("publisher"))
    text = client.get("/en/catalog/R14").content.decode()
    assert "This register is not answering now" in text
    assert "Moving to a new hall" in text


def test_an_open_dataset_is_downloaded_without_asking(client: Client, world: World) -> None:
    items = [{**item, "sensitivity": 1} for item in UNCONDITIONAL["items"]]
    document = {**UNCONDITIONAL, "code": "R91", "name": "open_station", "open": True, "items": items}
    actions.publish_version(world.owner, document=document, acting_user=world.person("publisher"))
    text = client.get("/en/catalog/R91").content.decode()
    assert "/catalog/datasets/R91/download.csv" in text
    assert "Ask for these data" not in text
    assert "No data yet" in text


def test_a_dataset_that_is_not_shared_cannot_be_asked_for(client: Client, world: World) -> None:
    items = [{**item, "sharing_attribute": "NOT_SHARED"} for item in CONDITIONAL["items"]]
    document = {**CONDITIONAL, "code": "R92", "name": "kept", "sharing_attribute": "NOT_SHARED", "items": items, "facts": []}
    actions.publish_version(world.owner, document=document, acting_user=world.person("publisher"))
    text = client.get("/en/catalog/R92").content.decode()
    assert "Not shared. The law that says so stands below." in text
    assert "Ask for these data" not in text


@pytest.mark.parametrize(
    ("declared", "values"),
    [
        ({"minimum": 1, "maximum": 4}, [1, 2, 3, 4, 1]),
        ({"minimum": 7, "maximum": 7}, [7, 7, 7, 7, 7]),
        ({"maximum": -3}, [-3, -3, -3, -3, -3]),
        ({"maximum": 1}, [0, 1, 0, 1, 0]),
        ({"minimum": 10}, [10, 11, 12, 13, 14]),
        ({}, [0, 1, 2, 3, 4]),
    ],
)
def test_made_up_whole_numbers_stay_in_the_declared_range(declared: dict[str, int], values: list[int]) -> None:
    item = Item("grade", 0, "等级", "integer", declared)
    job: Any = None  # only code lists look at it
    assert [_made(item, number, job) for number in range(5)] == values
