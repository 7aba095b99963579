"""The check before sending says what then happens: tried on many requests, each sent and checked afterwards."""

from __future__ import annotations

from typing import Any

import hypothesis
import pytest
from django.db import transaction
from hypothesis import strategies as st

from exchange.sharing import actions, prospects
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.errors import NotAskable
from exchange.sharing.foreseeing import Foreseen, Way
from exchange.sharing.models import SharingRequest
from tests.world import World, part_of
from tests.world_data import TERMS, WORDS

GRADES = {"grade_in": {"grades": {"in": [1]}}}
CONDITIONAL: tuple[dict[str, Any], ...] = (
    {"items": ["grade"], "facts": {}, "methods": ["QUERY"]},
    {"items": [], "facts": GRADES, "methods": ["VERIFY"]},
    {"items": ["valid_until"], "facts": {"valid": {}}, "methods": ["QUERY", "VERIFY"]},
)
OPEN: tuple[dict[str, Any], ...] = (
    {"items": ["name"], "facts": {}, "methods": ["QUERY"], "fact_answers": 3},
    {"items": ["name", "beds"], "facts": {"beds_at_least": {"n": {"in": [10]}}}, "methods": ["QUERY", "VERIFY"], "fact_answers": 3},
)
BEYOND: tuple[dict[str, Any], ...] = ({}, {"per_day": 100_000_000}, {"fact_answers": 1_000_000})
FAULTY: tuple[dict[str, Any], ...] = (
    {"items": ["gone"]},
    {"systems": []},
    {"methods": []},
    {"monthly_subjects": None},
    {"justifications": {}},
    {"facts": {"rich": {}}},
)


def wishes(fitting: tuple[dict[str, Any], ...]) -> st.SearchStrategy[dict[str, Any]]:
    """Terms of one part: most fit, some go beyond the standing offer, some lack something."""
    faults: st.SearchStrategy[dict[str, Any]] = st.one_of(st.just({}), st.just({}), st.just({}), st.sampled_from(FAULTY))
    return st.tuples(st.sampled_from(fitting), st.sampled_from(BEYOND), faults).map(lambda row: {**row[0], **row[1], **row[2]})


def drafted(world: World, parts: list[dict[str, Any]]) -> SharingRequest:
    datasets = (world.conditional, world.unconditional)
    wanted = {dataset: PartTerms(**{**TERMS, **terms}) for dataset, terms in zip(datasets, parts, strict=True)}
    words = RequestWords(purpose=world.purpose, **WORDS)
    return actions.draft_request(words, parts=wanted, acting_user=world.person("asker"), department=world.requester)


def happened(world: World, request: SharingRequest, foreseen: list[Foreseen]) -> dict[str, Any]:
    """Way → by dataset what really came, after sending and the authority's check."""
    try:
        actions.submit(request, acting_user=world.person("asker"), department=world.requester)
    except NotAskable as refused:
        blamed = {fault.where.partition(".")[0] for fault in refused.faults}
        return {one.dataset: Way.WOULD_BE_RETURNED for one in foreseen if one.dataset in blamed}
    ways = {}
    for part in request.parts.select_related("dataset", "request"):
        agreement = actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
        ways[part.dataset.code] = Way.TO_AUTHORITY_THEN_OWNER if agreement is None else Way.GRANTED_AT_ONCE
        assert part.due_on == next(one.due_on for one in foreseen if one.dataset == part.dataset.code)
    return ways


def test_what_is_foreseen_is_what_happens(small_world: World) -> None:
    seen: set[Way] = set()

    @hypothesis.settings(max_examples=25, derandomize=True, database=None)
    @hypothesis.given(st.tuples(wishes(CONDITIONAL), wishes(OPEN)))
    def hold(parts: tuple[dict[str, Any], dict[str, Any]]) -> None:
        with transaction.atomic():
            request = drafted(small_world, list(parts))
            foreseen = prospects.foreseen(request)
            came = happened(small_world, request, foreseen)
            said = {one.dataset: one.way for one in foreseen}
            if Way.WOULD_BE_RETURNED in said.values():
                said = {dataset: way for dataset, way in said.items() if way is Way.WOULD_BE_RETURNED}  # nothing is sent then
            assert said == came
            seen.update(came.values())
            transaction.set_rollback(True)

    hold()
    assert seen == set(Way)


def test_the_faults_before_sending_are_those_of_the_sending(small_world: World) -> None:
    request = drafted(small_world, [{"items": ["diagnosis"], "systems": []}, {"items": ["name"], "facts": {}, "methods": ["QUERY"]}])
    (one, _other) = prospects.foreseen(request)
    with pytest.raises(NotAskable) as refused:
        actions.submit(request, acting_user=small_world.person("asker"), department=small_world.requester)
    assert {(f.where, f.rule) for f in one.faults} == {(f.where, f.rule) for f in refused.value.faults}
    assert part_of(request).state == "DRAFT"


def test_reasons_say_that_the_offer_is_gone_beyond_and_that_two_officers_sign(small_world: World) -> None:
    beyond = {"items": ["name"], "facts": {}, "methods": ["QUERY"], "per_day": 100_000_000}
    conditional, unconditional = prospects.foreseen(drafted(small_world, [{}, beyond]))
    assert any("two officers" in reason for reason in conditional.why)
    assert any("the quota is larger" in reason for reason in unconditional.why)
