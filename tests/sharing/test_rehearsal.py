"""Rehearsal and use: what past calls would have got under another text, and what is held and never used."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.utils import timezone

from audit import acts, follower, sequencer
from audit.models import EntryIndex
from exchange.sharing import actions, used
from exchange.sharing.actions.amending import terms_of
from exchange.sharing.errors import StateChanged
from exchange.sharing.models import Agreement
from exchange.sharing.rehearsing import Exchanged, rehearse
from tests.delivery.wire_caller import Caller
from tests.sharing.test_policy import NOW, policies
from tests.world import World, agree, approve, ask
from tests.world_data import SUBJECTS

QUERY = Exchanged("a", "CAB-relief", "QUERY", "disability_allowance")
VERIFY = Exchanged("a", "CAB-relief", "VERIFY", "disability_allowance", (("grade_in", '{"grades": [1]}'),))
PARAMETERS = {'{"grades": [1]}': {"grades": [1]}}


def rehearsed(**changes: Any) -> Any:
    before, after = policies().by_agreement, policies(**changes).by_agreement["a"]
    return rehearse({QUERY: (5, 5), VERIFY: (7, 9)}, before, after, parameters=PARAMETERS, at=NOW)


def test_the_same_text_changes_nothing() -> None:
    found = rehearsed()
    assert (found.changed, found.calls, found.unchanged_calls) == ((), 12, 12)


def test_an_item_that_is_added_is_gained_by_calls_that_get_items_alone() -> None:
    (line,) = rehearsed(items=["grade", "person"]).changed
    assert (line.exchanged, line.gained, line.lost, line.calls) == (QUERY, ("person",), (), 5)


def test_a_fact_that_goes_is_refused_with_its_code() -> None:
    (line,) = rehearsed(facts=[]).changed
    assert (line.exchanged, line.refused, line.lost) == (VERIFY, "FACT_NOT_AGREED", ("grade_in",))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"purposes": ["other"]}, "PURPOSE_NOT_AGREED"),
        ({"methods": ["VERIFY"]}, "METHOD_NOT_AGREED"),
        ({"systems": ["CAB-other"]}, "NO_AGREEMENT"),
        ({"facts": [{"fact": "grade_in", "with": {"grades": {"in": [2]}}}]}, "FACT_PARAMETER"),
        ({"period": {"from": "2027-01-01", "until": "2027-12-31"}}, "NOT_YET_IN_FORCE"),
    ],
)
def test_what_the_new_text_would_refuse_is_said_with_its_code(changes: dict[str, Any], code: str) -> None:
    assert code in {line.refused for line in rehearsed(**changes).changed}


def test_a_restriction_of_the_owner_counts_as_loss() -> None:
    found = rehearsed(restricted=frozenset({("R14", "grade")}))
    assert {line.lost for line in found.changed} == {("grade",), ("grade_in",)}


def test_a_limit_on_rows_is_said_and_not_replayed() -> None:
    found = rehearsed(row_filter={"grade": {"in": [1]}})
    assert found.is_filtered
    assert found.changed == ()


def follow() -> None:
    sequencer.sequence_once()
    follower.follow_once()


def proposed(world: World, **terms: Any) -> Agreement:
    """A text that would replace the world's agreement, approved and not signed yet."""
    asker: dict[str, Any] = {"acting_user": world.person("asker"), "department": world.requester}
    part = actions.amend(world.agreement, **asker)
    actions.edit_part(part, terms=replace(terms_of(world.agreement), **terms), edition=part.request.edition, **asker)
    actions.submit(part.request, **asker)
    part.refresh_from_db()
    actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
    part.refresh_from_db()
    return approve(part, world.people, world.owner)


def test_before_signing_the_last_days_are_replayed_under_the_new_text(world: World) -> None:
    caller = Caller("CAB-relief")
    for subject in SUBJECTS[:3]:
        assert caller.query(world.agreement.agreement_id, subject).status == 200
    follow()
    narrower = proposed(world, items=world.agreement.document["items"][:1])
    found, log = used.rehearsal_of(narrower, acts.standing(), timezone.now())
    (line,) = found.changed
    assert (line.calls, line.subjects, line.exchanged.method) == (3, 3, "QUERY")
    assert set(line.lost) == set(world.agreement.document["items"][1:])
    assert log.left_out == 0


def test_a_rehearsal_asks_nobody_and_writes_nothing(world: World) -> None:
    Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    follow()
    text, before = proposed(world), acts.version()
    follow()
    entries = EntryIndex.objects.count()
    used.rehearsal_of(text, acts.standing(), timezone.now())
    follow()
    assert (acts.version(), EntryIndex.objects.count()) == (before, entries)


def test_what_is_held_and_never_used_is_found(world: World) -> None:
    Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    follow()
    seen = used.use_of(world.agreement, timezone.now())
    text = world.agreement.document
    assert (seen.unread, seen.calls, seen.busiest_day) == ((), 1, 1)
    assert set(seen.unasked) == {fact["fact"] for fact in text["facts"]}
    assert set(seen.unused_methods) == set(text["methods"]) - {"QUERY"}


def test_refused_calls_and_old_ones_are_no_use(world: World) -> None:
    Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0], purpose="x")
    Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    follow()
    EntryIndex.objects.filter(outcome="ANSWERED").update(time_ms=1)
    assert used.use_of(world.agreement, timezone.now()).calls == 0
    assert not used.use_of(world.agreement, timezone.now()).may_narrow


def test_one_click_hands_in_a_request_for_what_was_used(world: World) -> None:
    Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    follow()
    part = actions.narrow(world.agreement, acting_user=world.person("asker"), department=world.requester)
    assert (part.state, part.supersedes) == ("SUBMITTED", world.agreement.agreement_id)
    assert part.methods == ["QUERY"]
    assert not part.facts.exists()
    with pytest.raises(StateChanged):
        actions.narrow(world.agreement, acting_user=world.person("asker"), department=world.requester)
    assert Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[1]).status == 200


def test_where_nothing_was_asked_there_is_nothing_to_narrow(world: World) -> None:
    with pytest.raises(StateChanged):
        actions.narrow(world.agreement, acting_user=world.person("asker"), department=world.requester)


def test_beyond_what_was_read_nothing_counts_as_unused(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for subject in SUBJECTS[:2]:
        Caller("CAB-relief").query(world.agreement.agreement_id, subject)
    follow()
    monkeypatch.setattr(used, "MOST_READ", 1)
    seen = used.use_of(world.agreement, timezone.now())
    assert (seen.calls, seen.left_out, seen.may_narrow) == (2, 1, False)


def test_a_new_agreement_is_tried_on_what_was_asked_under_the_others_of_the_two(world: World) -> None:
    Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0])
    follow()
    parties = {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester}
    wider = agree(ask(world.person("asker"), world.requester, world.purpose, world.conditional), world.people, parties)
    found, _log = used.rehearsal_of(wider, acts.standing(), timezone.now())
    assert found.calls == 1
