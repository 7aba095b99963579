"""CHANGES through the door: exactly what the agreement lets through, in the register's order, in the log before it leaves."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from audit.proof.canonical import fresh_nonce
from catalog import actions as catalog_actions
from catalog.models import Dataset
from catalog.quality.runner import revisions_folder
from exchange.accounts.subject import Subject
from exchange.delivery.changes.cursor import read_cursor
from exchange.delivery.changes.door import handle
from exchange.oversight.access_records import access_records
from tests.delivery.changes_follower import Follower, end_agreement, first_rows, followed, places_found_here, publish
from tests.delivery.wire_caller import COMMON, read
from tests.portal.auditor_log import merge
from tests.world import World
from tests.world_data import SUBJECTS


@pytest.fixture(autouse=True)
def _here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    if "real_child" not in request.fixturenames:
        places_found_here(monkeypatch)


@pytest.fixture
def real_child() -> None:
    """Let a process of its own find the difference, as in the hub."""


def persons(follower: Follower) -> list[str]:
    return sorted(record["person"] for record in follower.table.values())


@pytest.mark.usefixtures("real_child")
def test_the_first_call_gives_the_whole_selection_and_then_changes(world: World) -> None:
    follower = followed(world)
    pages = follower.follow(most=7)
    assert [len(page.body["changes"]) for page in pages] == [7, 7, 6]
    assert persons(follower) == sorted(SUBJECTS)
    assert set(pages[0].body["changes"][0]["record"]) == {"person", "grade"}
    rows = first_rows()
    rows[3]["残疾等级"] = "1"
    del rows[5]
    publish(world, rows)
    (page,) = follower.follow()
    assert sorted(change["state"] for change in page.body["changes"]) == ["GONE", "SET"]
    assert persons(follower) == sorted(set(SUBJECTS) - {SUBJECTS[5]})


def test_a_change_of_what_is_not_agreed_tells_nothing(world: World) -> None:
    follower = followed(world)
    follower.follow()
    rows = first_rows()
    for row in rows:
        row["诊断"] += "（复查）"
        row["有效期至"] = "2033-01-01"
    publish(world, rows)
    before = follower.cursor
    (page,) = follower.follow()
    assert page.body["changes"] == []
    assert not page.body["more"]
    assert (page.route["count"], page.route["set"], page.route["gone"]) == (0, [], [])
    assert follower.cursor != before  # it rests at the newer revision now


def test_a_row_that_enters_or_leaves_the_agreed_rows_is_set_or_gone(world: World) -> None:
    follower = followed(world, items=["person", "grade"], row_filter={"grade": {"in": [1, 2]}})
    follower.follow()
    rows = first_rows()
    rows[0]["残疾等级"], rows[2]["残疾等级"] = "4", "2"  # 1 → 4 leaves, 3 → 2 enters
    rows[4]["残疾等级"] = "1"  # it was 1 already: no change
    publish(world, rows)
    follower.steps.clear()
    follower.follow()
    assert sorted(state for state, _row in follower.steps) == ["GONE", "SET"]
    assert SUBJECTS[2] in persons(follower)
    assert SUBJECTS[0] not in persons(follower)


def test_the_same_cursor_gives_the_same_page_whatever_is_published_meanwhile(world: World) -> None:
    follower = followed(world)
    follower.keep(follower.page(most=6))
    first = follower.page(most=6)
    publish(world, first_rows()[:10])
    again = follower.page(most=6)
    assert {**again.body, "salt": "", "receipt": ""} == {**first.body, "salt": "", "receipt": ""}
    follower.follow(most=6)
    assert len(follower.table) == 20 or follower.follow()
    follower.follow()
    assert persons(follower) == sorted(SUBJECTS[:10])


def test_a_row_has_another_name_under_another_agreement(world: World) -> None:
    one, other = followed(world), followed(world, items=["grade"])
    one.follow()
    other.follow()
    assert len(other.table) == 20
    assert not one.table.keys() & other.table.keys()


def test_a_page_is_in_the_log_with_revisions_and_places_and_names_nobody(world: World) -> None:
    follower = followed(world)
    first = follower.page(most=5)
    route = first.route
    assert (route["type"], route["method"], route["count"], route["first"], route["set"], route["since"]) == (
        "changes",
        "CHANGES",
        5,
        0,
        [1, 5],
        {},
    )
    assert not any(subject in str(route) for subject in SUBJECTS)


def test_a_revocation_bites_at_the_next_page(world: World) -> None:
    follower = followed(world)
    follower.keep(follower.page(most=5))
    end_agreement(world, follower.agreement)
    refused = follower.page(most=5)
    assert (refused.status, refused.code) == (403, "REVOKED")
    assert "changes" not in refused.body


def test_a_restricted_item_ends_every_cursor_and_is_given_no_more(world: World) -> None:
    follower = followed(world)
    follower.keep(follower.page(most=5))
    catalog_actions.restrict_item(world.conditional, item="grade", reason="Wrong", acting_user=world.person("publisher"))
    refused = follower.page(most=5)
    assert (refused.status, refused.code) == (410, "CURSOR_TOO_OLD")
    follower.cursor, follower.table = None, {}
    follower.follow()
    assert all(set(record) == {"person"} for record in follower.table.values())


def test_a_cursor_of_another_agreement_or_an_altered_one_opens_nothing(world: World) -> None:
    one, other = followed(world), followed(world, items=["grade"])
    one.follow()
    other.cursor = one.cursor
    refused = other.page()
    assert (refused.status, refused.code) == (410, "CURSOR_TOO_OLD")
    assert one.cursor is not None
    for altered in (one.cursor[:-4] + "AAAA", "A" * 60, "", "é", one.cursor * 40):
        one.cursor = None
        wrong = one.page(cursor=altered)
        assert (wrong.status, wrong.code) == (400, "MALFORMED")


@pytest.mark.parametrize(
    "body", [{"most": 0}, {"most": 1001}, {"most": True}, {"most": "5"}, {"cursor": 5}, {"subject": "x"}, {"after": None}]
)
def test_a_malformed_call_is_refused_with_an_entry(world: World, body: dict[str, Any]) -> None:
    follower = followed(world)
    arrival = follower.arrival(follower.agreement, "changes", {**COMMON, "salt": fresh_nonce(), **body})
    refused = read(arrival, handle(arrival))
    assert (refused.status, refused.code) == (400, "MALFORMED")
    assert refused.route["type"] == "refusal"


def test_an_older_revision_that_is_gone_says_begin_again(world: World) -> None:
    follower = followed(world)
    follower.follow()
    revision = follower_stand(follower)
    publish(world, first_rows()[:15])
    (revisions_folder() / f"{revision.removeprefix('sha256:')}.parquet").rename(revisions_folder() / "away")
    refused = follower.page()
    assert (refused.status, refused.code) == (410, "CURSOR_TOO_OLD")
    (revisions_folder() / "away").rename(revisions_folder() / f"{revision.removeprefix('sha256:')}.parquet")


def follower_stand(follower: Follower) -> str:
    cursor = read_cursor(follower.cursor or "")
    assert cursor.since is not None
    return cursor.since.rows


def test_quotas_count_rows(world: World) -> None:
    follower = followed(world, per_day=12, per_minute=100)
    follower.keep(follower.page(most=8))
    refused = follower.page(most=8)
    assert (refused.status, refused.code) == (429, "QUOTA")
    follower.keep(follower.page(most=4))
    assert len(follower.table) == 12


def test_a_replayed_call_gets_nothing(world: World) -> None:
    follower = followed(world)
    arrival = follower.arrival(follower.agreement, "changes", {**COMMON, "salt": fresh_nonce()})
    assert handle(arrival).status == 200
    assert handle(arrival).status == 409


def test_without_the_method_there_are_no_changes(world: World) -> None:
    follower = followed(world, methods=["QUERY"])
    refused = follower.page()
    assert (refused.status, refused.code) == (403, "METHOD_NOT_AGREED")


def test_personal_data_need_a_case_and_an_officer(world: World) -> None:
    follower = followed(world)
    refused = follower.page(case=None)
    assert (refused.status, refused.code) == (400, "CASE_REQUIRED")


def test_a_register_that_is_offline_gives_no_page(world: World) -> None:
    follower = followed(world)
    Dataset.objects.filter(pk=world.conditional.pk).update(offline=True)
    refused = follower.page()
    assert (refused.status, refused.code, refused.route["outcome"]) == (503, "PROVIDER_DOWN", "FAILED")


def test_a_page_stands_among_what_a_person_sees_about_themselves(world: World) -> None:
    follower = followed(world)
    follower.keep(follower.page(most=5))
    merge()
    on_it, not_on_it = min(SUBJECTS), max(SUBJECTS)
    (line,) = [line for line in access_records(Subject("person", on_it)).lines if line.route.get("type") == "changes"]
    assert "list" in line.sentence
    assert not [line for line in access_records(Subject("person", not_on_it)).lines if line.route.get("type") == "changes"]


def test_an_address_that_is_none_is_told_so(world: World) -> None:
    follower = followed(world)
    arrival = follower.arrival(follower.agreement, "changes/5", {})
    assert handle(arrival).status == 404
    arrival = replace(follower.arrival(follower.agreement, "changes", {}), method="GET")
    assert handle(arrival).status == 405
