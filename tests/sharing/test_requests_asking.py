"""A guided request: the least is proposed, what goes beyond it is justified, the legal text is copied when it is sent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from audit import acts
from catalog.models import Purpose
from exchange.sharing import actions, least
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.errors import NotAskable
from exchange.sharing.least import Because, Proposal, beyond_faults, merged, the_least
from exchange.sharing.models import SharingRequest
from tests.world import World, part_of
from tests.world_data import TERMS, WORDS


@pytest.fixture
def matter(monkeypatch: pytest.MonkeyPatch) -> None:
    """A service matter that needs the grade, and whether the certificate is valid."""
    because = (Because("matter", "M04", {"en": "Two allowances", "zh": "两项补贴"}),)
    proposal = Proposal("R14", ("grade",), {"valid": {}}, because)

    def needed(purpose: str) -> Iterator[Proposal]:
        yield from [proposal] if purpose == "disability_allowance" else []

    monkeypatch.setitem(least._SOURCES, "matters", needed)


def drafted(world: World, words: dict[str, str] | None = None, **terms: Any) -> SharingRequest:
    wanted = PartTerms(**{**TERMS, **terms})
    said = RequestWords(purpose=world.purpose, **{**WORDS, **(words or {})})
    return actions.draft_request(said, parts={world.conditional: wanted}, **asker(world))


def asker(world: World) -> dict[str, Any]:
    return {"acting_user": world.person("asker"), "department": world.requester}


def faults_at_sending(request: SharingRequest, world: World) -> set[tuple[str, str]]:
    with pytest.raises(NotAskable) as refused:
        actions.submit(request, **asker(world))
    return {(fault.where, fault.rule) for fault in refused.value.faults}


def test_an_item_beyond_the_least_without_a_reason_is_a_fault_at_that_item(small_world: World, matter: None) -> None:
    request = drafted(small_world, justifications={"facts.grade_in": "Two rates."})
    assert faults_at_sending(request, small_world) == {("R14.items.valid_until", "unjustified")}


def test_what_the_matter_needs_is_sent_without_a_reason_and_the_part_says_so(small_world: World, matter: None) -> None:
    request = drafted(small_world, items=["grade"], facts={"valid": {}}, justifications={})
    actions.submit(request, **asker(small_world))
    assert part_of(request).proposal == {
        "items": ["grade"],
        "facts": ["valid"],
        "because": [{"kind": "matter", "name": "M04", "titles": {"en": "Two allowances", "zh": "两项补贴"}}],
    }


def test_a_reason_of_blanks_is_none() -> None:
    faults = beyond_faults("R14", ["items.grade", "facts.valid"], {"items.grade": " ", "facts.valid": "Because."}, None)
    assert [(fault.where, fault.rule) for fault in faults] == [("R14.items.grade", "unjustified")]


def test_what_was_agreed_before_for_the_same_purpose_is_proposed_and_for_another_it_is_not(world: World) -> None:
    found = the_least("disability_allowance", acts.standing())["R14"]
    assert found.wishes == {"items.grade", "items.valid_until", "facts.valid", "facts.grade_in"}
    assert [row.name for row in found.because] == ["CAB"]
    assert the_least("company_startup", acts.standing()) == {}


def test_a_revoked_agreement_proposes_nothing(world: World) -> None:
    why: dict[str, Any] = {"reason": "It has ended.", "ground": "PURPOSE_ENDED"}
    actions.revoke(world.agreement, **why, acting_user=world.person("approver"), department=world.owner)
    assert the_least("disability_allowance", acts.standing()) == {}


def test_values_that_two_questions_of_a_matter_allow_are_joined() -> None:
    questions = [Proposal("R14", (), {"grade_in": {"grades": {"in": values}}}) for values in ([1, 2], [2, 3])]
    assert merged(questions)["R14"].facts == {"grade_in": {"grades": {"in": [1, 2, 3]}}}


@pytest.mark.parametrize("name", list(WORDS))
def test_everything_that_the_request_says_is_needed_at_sending(small_world: World, name: str) -> None:
    assert faults_at_sending(drafted(small_world, {name: " "}), small_world) == {(f"request.{name}", "required")}


def test_the_volume_is_declared_at_sending(small_world: World) -> None:
    assert faults_at_sending(drafted(small_world, monthly_subjects=None), small_world) == {("R14.monthly_subjects", "required")}


def test_the_legal_text_is_the_one_of_the_day_of_sending(small_world: World) -> None:
    request = drafted(small_world)
    Purpose.objects.filter(pk=small_world.purpose.pk).update(article="Part 3")
    request.refresh_from_db()
    actions.submit(SharingRequest.objects.get(pk=request.pk), **asker(small_world))
    request.refresh_from_db()
    assert request.legal_basis[0]["article"] == "Part 3"


def test_a_legal_text_that_the_requester_named_is_left_alone(small_world: World) -> None:
    own = [{"text": {"en": "Another law"}, "article": "Article 9"}]
    words = RequestWords(purpose=small_world.purpose, legal_basis=own, **WORDS)
    request = actions.draft_request(words, parts={small_world.conditional: PartTerms(**TERMS)}, **asker(small_world))
    actions.submit(request, **asker(small_world))
    request.refresh_from_db()
    assert request.legal_basis == own
