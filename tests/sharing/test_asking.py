"""Asking: what can be asked, every fault at once, and what the log learns of it."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit import acts
from audit.models import Blob
from audit.proof.canonical import loads
from audit.proof.disclosure import open_disclosure
from catalog import actions as catalog_actions
from catalog.models import DataItem
from exchange.accounts.errors import RoleNeeded
from exchange.sharing import actions
from exchange.sharing.actions import PartTerms, RequestWords
from exchange.sharing.errors import EditionChanged, NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import Move, SharingRequest
from tests.world import World, ask, justified, part_of
from tests.world_data import TERMS, WORDS


def draft(world: World, **terms: Any) -> SharingRequest:
    wanted = PartTerms(**{**TERMS, **terms})
    words = RequestWords(purpose=world.purpose, **{**WORDS, "reason": "Why not."})
    parts = {world.conditional: wanted}
    return actions.draft_request(words, parts=parts, acting_user=world.person("asker"), department=world.requester)


def faults_of(world: World, **terms: Any) -> set[tuple[str, str]]:
    with pytest.raises(NotAskable) as refused:
        actions.submit(draft(world, **terms), acting_user=world.person("asker"), department=world.requester)
    return {(fault.where, fault.rule) for fault in refused.value.faults}


@pytest.mark.parametrize(
    ("terms", "fault"),
    [
        ({"items": ["diagnosis"]}, ("R14.items.diagnosis", "not_shared")),
        ({"items": ["gone"]}, ("R14.items.gone", "unknown")),
        ({"items": [], "facts": {}}, ("R14.items", "required")),
        ({"facts": {"rich": {}}}, ("R14.facts.rich", "unknown")),
        ({"facts": {"grade_in": {}}}, ("R14.facts.grade_in.grades", "required")),
        ({"facts": {"grade_in": {"grades": {"in": ["1"]}}}}, ("R14.facts.grade_in.grades", "type")),
        ({"facts": {"grade_in": {"grades": {"in": [True]}}}}, ("R14.facts.grade_in.grades", "type")),
        ({"facts": {"grade_in": {"grades": {"in": [5]}}}}, ("R14.facts.grade_in.grades", "type")),
        ({"facts": {"valid": {"n": {"in": [1]}}}}, ("R14.facts.valid.n", "unknown")),
        ({"methods": []}, ("R14.methods", "method")),
        ({"methods": ["VERIFY"], "facts": {}}, ("R14.facts", "required")),
        ({"methods": ["QUERY"], "items": []}, ("R14.items", "required")),
        ({"systems": []}, ("R14.systems", "required")),
        ({"systems": ["HSG-rental"]}, ("R14.systems.HSG-rental", "unknown")),
        ({"row_filter": {"gone": {"in": [1]}}}, ("R14.row_filter.gone", "row_filter")),
        ({"row_filter": {"type": {"in": []}}}, ("R14.row_filter.type", "row_filter")),
        ({"row_filter": {"type": {"years_at_least": 5}}}, ("R14.row_filter.type", "row_filter")),
        ({"row_filter": {"valid_until": {"years_at_least": "5"}}}, ("R14.row_filter.valid_until", "row_filter")),
        ({"row_filter": {"grade": {"in": ["1"]}}}, ("R14.row_filter.grade", "row_filter")),
        ({"row_filter": {"grade": {"starts_with": "1"}}}, ("R14.row_filter.grade", "row_filter")),
        ({"row_filter": {"any": [{"grade": {"at_least": 1}}, {"gone": {"in": [1]}}]}}, ("R14.row_filter.any[1].gone", "row_filter")),
        ({"row_filter": {"any": []}}, ("R14.row_filter.any", "row_filter")),
        ({"supersedes": "a" * 32}, ("R14.supersedes", "not_in_force")),
        ({"period_from": timezone.now() - timedelta(days=9), "period_until": timezone.now() - timedelta(days=1)}, ("R14.period", "past")),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(small_world: World, terms: dict[str, Any], fault: tuple[str, str]) -> None:
    assert fault in faults_of(small_world, **terms)


def test_all_faults_come_at_once(small_world: World) -> None:
    found = faults_of(small_world, items=["diagnosis", "gone"], systems=["nobody"], methods=["VERIFY"], facts={})
    assert {place for place, _rule in found} == {"R14.items.diagnosis", "R14.items.gone", "R14.systems.nobody", "R14.facts"}


def test_a_refused_submission_leaves_the_draft_as_it_was(small_world: World) -> None:
    request = draft(small_world, items=["diagnosis"])
    with pytest.raises(NotAskable):
        actions.submit(request, acting_user=small_world.person("asker"), department=small_world.requester)
    assert part_of(request).state == "DRAFT"


def test_a_restricted_item_cannot_be_asked(small_world: World) -> None:
    catalog_actions.restrict_item(small_world.conditional, item="grade", reason="Wrong", acting_user=small_world.person("publisher"))
    found = faults_of(small_world)
    assert ("R14.items.grade", "restricted") in found
    assert ("R14.facts.grade_in", "not_shared") in found


def test_a_flipped_table_row_does_not_make_an_item_askable(small_world: World) -> None:
    DataItem.objects.filter(version__dataset=small_world.conditional, name="diagnosis").update(sharing_attribute="CONDITIONAL")
    assert ("R14.items.diagnosis", "not_shared") in faults_of(small_world, items=["diagnosis"])


def test_a_department_does_not_ask_itself_for_another_purpose(small_world: World) -> None:
    words = RequestWords(purpose=small_world.purpose, **WORDS)
    terms = PartTerms(**{**TERMS, "systems": ["DPF-register"]})
    who: dict[str, Any] = {"acting_user": small_world.person("approver"), "department": small_world.owner}
    request = actions.draft_request(words, parts={small_world.conditional: terms}, **who)
    with pytest.raises(NotAskable) as refused:
        actions.submit(request, **who)
    assert [fault.rule for fault in refused.value.faults] == ["owner_check"]


def test_a_legal_basis_is_needed_and_copied(small_world: World) -> None:
    assert small_world.request.legal_basis[0]["article"] == "Part 2"
    words = RequestWords(purpose=small_world.purpose, legal_basis=[], **WORDS)
    who: dict[str, Any] = {"acting_user": small_world.person("asker"), "department": small_world.requester}
    request = actions.draft_request(words, parts={small_world.conditional: PartTerms(**TERMS)}, **who)
    with pytest.raises(NotAskable) as refused:
        actions.submit(request, **who)
    assert [fault.where for fault in refused.value.faults] == ["R14.legal_basis"]


@pytest.mark.parametrize("name", ["requester_admin", "publisher", "reviewer", "auditor", "outsider"])
def test_only_an_officer_of_the_department_asks_for_it(small_world: World, name: str) -> None:
    words = RequestWords(purpose=small_world.purpose, **WORDS)
    with pytest.raises(RoleNeeded):
        actions.draft_request(words, parts={}, acting_user=small_world.person(name), department=small_world.requester)


def test_an_edit_of_an_old_edition_is_refused(small_world: World) -> None:
    request = draft(small_world)
    who: dict[str, Any] = {"acting_user": small_world.person("signer"), "department": small_world.requester}
    actions.edit_part(part_of(request), terms=PartTerms(**{**TERMS, "items": ["grade"]}), edition=1, **who)
    with pytest.raises(EditionChanged):
        actions.edit_part(part_of(request), terms=PartTerms(**TERMS), edition=1, **who)
    assert [item.name for item in part_of(request).items.all()] == ["grade"]


def test_what_was_handed_in_is_not_edited(small_world: World) -> None:
    who: dict[str, Any] = {"acting_user": small_world.person("asker"), "department": small_world.requester}
    with pytest.raises(StateChanged):
        actions.edit_part(part_of(small_world.request), terms=PartTerms(**TERMS), edition=1, **who)


def test_another_department_neither_edits_nor_withdraws(small_world: World) -> None:
    with pytest.raises(NotThatSide):
        actions.withdraw(part_of(small_world.request), acting_user=small_world.person("outsider"), department=small_world.outsider)


def test_handing_in_starts_an_unverified_clock(small_world: World) -> None:
    part = part_of(small_world.request)
    assert part.due_on is not None
    assert part.due_on > timezone.localdate() + timedelta(days=9)
    assert (part.due_rule, part.due_verified) == ("answer_conditional", False)


def test_the_version_that_was_asked_about_is_noted(small_world: World) -> None:
    assert part_of(small_world.request).version_hash == acts.standing().versions["R14"].hash


def test_each_step_is_one_entry_that_holds_neither_names_nor_words(small_world: World) -> None:
    before = Blob.objects.count()
    part = part_of(small_world.request)
    actions.withdraw(part, acting_user=small_world.person("asker"), department=small_world.requester, reason="Secret words")
    (blob,) = Blob.objects.order_by("pk")[before:]
    body = bytes(blob.body)
    (entry,) = loads(body)
    route = open_disclosure(entry["disclosures"][0])[2]
    assert (route["type"], route["event"], route["dataset"]) == ("request", "withdraw", "R14")
    assert b"Secret" not in body
    assert Move.objects.filter(part=part, event="withdraw", note="Secret words").count() == 1


def test_two_datasets_make_two_parts_with_their_own_clock(small_world: World) -> None:
    words = RequestWords(purpose=small_world.purpose, **WORDS)
    other = justified(PartTerms(items=["name"], methods=["QUERY"], systems=["CAB-relief"]))
    parts = {small_world.conditional: PartTerms(**TERMS), small_world.unconditional: other}
    who: dict[str, Any] = {"acting_user": small_world.person("asker"), "department": small_world.requester}
    request = actions.draft_request(words, parts=parts, **who)
    actions.submit(request, **who)
    rules = {part.dataset.code: part.due_rule for part in request.parts.all()}
    assert rules == {"R14": "answer_conditional", "R90": "answer_unconditional"}


def test_owners_see_a_request_only_once_it_is_handed_in(small_world: World) -> None:
    hidden = draft(small_world)
    seen = set(SharingRequest.objects.visible_to(small_world.person("approver")).values_list("pk", flat=True))
    assert (small_world.request.pk in seen, hidden.pk in seen) == (True, False)
    assert not SharingRequest.objects.visible_to(small_world.person("outsider")).exists()


def test_asking_again_is_a_new_request(small_world: World) -> None:
    again = ask(small_world.person("asker"), small_world.requester, small_world.purpose, small_world.conditional)
    assert again.number != small_world.request.number
