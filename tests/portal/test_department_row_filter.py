"""Rows in the request's form: rules that all hold, faults at their place, a filter of the API kept, and its words in both languages."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import translation

from exchange.sharing.filter_words import sentences
from exchange.sharing.models import RequestPart
from tests.portal.test_department_requests import asked, begun, edited, page, signed_in
from tests.world import World

__all__ = ["asked"]

RULES = {
    "filter_item": "grade",
    "filter_rule": "at_most",
    "filter_values": "2",
    "filter_item_2": "grade",
    "filter_rule_2": "at_least",
    "filter_values_2": "1",
    "filter_item_3": "valid_until",
    "filter_rule_3": "present",
}


def part_of(place: str) -> RequestPart:
    return RequestPart.objects.get(request__number=place.rsplit("/", 1)[1])


def test_several_rules_are_asked_for_and_shown_again(asked: World) -> None:
    place = begun(asked)
    assert edited(asked, place, **RULES).status_code == 302
    assert part_of(place).row_filter == {"grade": {"at_most": 2, "at_least": 1}, "valid_until": {"present": True}}
    form = page(signed_in(asked, "asker").get(f"{place}/R14/edit"))
    assert '<option value="at_most" selected' in form
    assert "at most 2, at least 1" in page(signed_in(asked, "asker").get(place))


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"filter_values": "two"}, "does not fit grade of type integer"),
        ({"filter_values": ""}, "Name at least one value"),
        ({"filter_values": "1\n2"}, "This rule takes one value"),
        ({"filter_rule_2": "at_most"}, "This rule stands twice"),
        ({"filter_values_3": "x"}, "This rule takes no value"),
        ({"filter_item_2": "type", "filter_rule_2": "at_least", "filter_values_2": "a"}, "does not fit type of type code"),
        ({"filter_item_2": "valid_until", "filter_rule_2": "years_at_least", "filter_values_2": "151"}, "from 0 to 150"),
        ({"filter_item_2": "valid_until", "filter_rule_2": "at_least", "filter_values_2": "2026-02-29"}, "of type date"),
    ],
)
def test_a_wrong_rule_is_said_at_its_place_and_saves_nothing(asked: World, change: dict[str, str], said: str) -> None:
    place = begun(asked)
    before = part_of(place).row_filter
    answer = edited(asked, place, **{**RULES, **change})
    assert answer.status_code == 422
    assert said in page(answer)
    assert part_of(place).row_filter == before


def test_a_filter_that_the_fields_cannot_show_is_kept_or_replaced(asked: World) -> None:
    place = begun(asked)
    rows: Any = {"any": [{"grade": {"in": [1]}}, {"type": {"starts_with": "m"}}]}
    RequestPart.objects.filter(pk=part_of(place).pk).update(row_filter=rows)
    assert "Keep these rows: either: Grade: 1; or: " in page(signed_in(asked, "asker").get(f"{place}/R14/edit"))
    assert edited(asked, place, filter_keep="on").status_code == 302
    assert part_of(place).row_filter == rows
    assert edited(asked, place).status_code == 302
    assert part_of(place).row_filter is None


DOCUMENT = {
    "items": [
        {"name": "grade", "title": {"en": "Grade", "zh": "等级"}},
        {"name": "type", "title": {"en": "Type", "zh": "类别"}, "code_list": "types"},
    ],
    "code_lists": {"types": [{"code": "v", "title": {"en": "visual", "zh": "视力"}}]},
}
EVERY_RULE: dict[str, Any] = {
    "grade": {"at_least": 1, "at_most": 3, "years_at_least": 4, "years_at_most": 5, "in": [6], "not_in": [7, 8]},
    "type": {"not_in": ["v"], "starts_with": "v", "present": True},
    "gone": {"present": False},
}


def test_a_filter_is_said_in_both_languages() -> None:
    assert list(sentences(EVERY_RULE, DOCUMENT)) == [
        "Grade: at least 1, at most 3, at least 4 completed years ago, at most 5 completed years ago, 6, none of 7, 8, and not empty",
        "Type: none of visual, and not empty, begins with v, not empty",
        "gone: empty",
    ]
    with translation.override("zh-hans"):
        said = list(sentences({"any": [EVERY_RULE, {"type": {"in": ["v"]}}]}, DOCUMENT))
    assert len(said) == 2
    assert "视力" in said[0]
    assert not any(word in "".join(said) for word in ("least", "most", "empty", "begins", "none", "either", "or:")), said
    assert list(sentences(None, DOCUMENT)) == []
