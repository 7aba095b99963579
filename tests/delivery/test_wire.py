"""Bodies on the wire: read strictly, refused with a sentence that never repeats an identifier."""

from __future__ import annotations

from typing import Any

import pytest

from exchange.delivery.wire import WireError, read_body
from exchange.sharing.policy import Method

SALT = "0123456789abcdefghijkl"
QUERY = {"purpose": "disability_allowance", "salt": SALT, "subject": "510104200001011234"}


def test_a_bare_string_and_an_object_name_the_same_subject() -> None:
    bare = read_body(Method.QUERY, QUERY).subjects[0]
    full = read_body(Method.QUERY, {**QUERY, "subject": {"kind": "person", "id": "510104200001011234"}}).subjects[0]
    assert (bare.kind, full.kind) == (None, "person")
    assert bare.identifier == full.identifier


@pytest.mark.parametrize(
    ("method", "change"),
    [
        (Method.QUERY, {"salt": "short"}),
        (Method.QUERY, {"salt": None}),
        (Method.QUERY, {"purpose": ""}),
        (Method.QUERY, {"purpose": 7}),
        (Method.QUERY, {"subject": {"kind": "person", "id": "x", "name": "y"}}),
        (Method.QUERY, {"subject": ["510104200001011234"]}),
        (Method.QUERY, {"subject": ""}),
        (Method.QUERY, {"facts": [{"fact": "alive"}]}),
        (Method.QUERY, {"limit": 5}),
        (Method.QUERY, {"officer": "a\nb"}),
        (Method.VERIFY, {}),
        (Method.VERIFY, {"facts": []}),
        (Method.VERIFY, {"facts": [{"fact": "alive", "with": []}]}),
        (Method.VERIFY, {"facts": [{"fact": "alive", "when": "now"}]}),
        (Method.VERIFY, {"facts": [{"fact": "alive"}] * 51}),
        (Method.BATCH, {}),
    ],
)
def test_anything_else_is_refused(method: Method, change: dict[str, Any]) -> None:
    with pytest.raises(WireError) as refused:
        read_body(method, {**QUERY, **change})
    assert "510104200001011234" not in str(refused.value)


@pytest.mark.parametrize("document", [None, [], "x", 1])
def test_a_body_that_is_no_object_is_refused(document: Any) -> None:
    with pytest.raises(WireError):
        read_body(Method.QUERY, document)


def test_a_batch_takes_a_thousand_subjects_and_not_one_more() -> None:
    common = {"purpose": "p", "salt": SALT}
    assert len(read_body(Method.BATCH, {**common, "subjects": ["a"] * 1000}).subjects) == 1000
    for wrong in ([], ["a"] * 1001):
        with pytest.raises(WireError):
            read_body(Method.BATCH, {**common, "subjects": wrong})


def test_a_line_of_a_batch_may_carry_its_own_case() -> None:
    body = read_body(Method.BATCH, {"purpose": "p", "salt": SALT, "subjects": [{"subject": "a", "case": "C-1"}, "b"]})
    assert [subject.case for subject in body.subjects] == ["C-1", None]
    assert not body.has_case
