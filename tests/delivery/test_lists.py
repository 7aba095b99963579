"""A list inside the hub: in the log before the first identifier, stopped by a revocation, readable again for a person."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection

from audit import signers
from audit.ground import log_origin
from audit.models import Pending
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Use
from audit.proof.receipt import check_answer, verify_receipt
from catalog import actions as catalog_actions
from catalog.stores.hosted import EVERY_RECORD, Where, open_revision
from exchange.accounts.subject import Subject
from exchange.delivery import lists
from exchange.delivery.door import DoorError
from exchange.delivery.handling import handle
from exchange.delivery.lists import DeliveredList, ListRefused, deliver_list, was_on_list
from exchange.sharing import actions as sharing_actions
from exchange.sharing.models import Agreement
from tests.delivery.wire_caller import COMMON, Caller
from tests.world import World, agree, ask
from tests.world_data import SUBJECTS, UNKNOWN_SUBJECT

LAPSED = [subject for place, subject in enumerate(SUBJECTS) if place % 5 == 0]
TERMS: dict[str, Any] = {
    "items": ["person"],
    "facts": {},
    "methods": ["EXPORT"],
    "row_filter": {"valid_until": {"years_at_least": 5}},
    "per_day": 1000,
    "per_minute": 1000,
}


@pytest.fixture
def caller() -> Caller:
    return Caller("CAB-relief")


def agreed(world: World, **terms: Any) -> Agreement:
    """An agreement on a list, in force."""
    request = ask(world.person("asker"), world.requester, world.purpose, world.conditional, **{**TERMS, **terms})
    return agree(request, world.people, {"DATA": world.authority, "DPF": world.owner, "CAB": world.requester})


def open_list(caller: Caller, agreement: Agreement, **body: Any) -> DeliveredList:
    return deliver_list(caller.arrival(agreement.agreement_id, "exports", {**COMMON, "salt": fresh_nonce(), **body}))


def everyone(found: DeliveredList, size: int = lists.PAGE) -> list[str]:
    return [identifier for page in found.pages(size) for identifier in page.identifiers]


def refused(caller: Caller, agreement: Agreement, **body: Any) -> str:
    with pytest.raises(ListRefused) as caught:
        open_list(caller, agreement, **body)
    return caught.value.reason


def route_of(body: dict[str, Any]) -> dict[str, Any]:
    """The route in the receipt, its signature verified, and the answer's digest compared."""
    key = signers.hub_signer(Use.HUB_ANSWER).public_key
    verified = verify_receipt(body["receipt"], public_key=key, log=log_origin())
    check_answer(body["receipt"], {name: value for name, value in body.items() if name != "receipt"})
    return dict(verified.route or {})


def revoke(world: World, agreement: Agreement) -> None:
    sharing_actions.revoke(
        agreement, reason="No basis any more.", ground="PURPOSE_ENDED", acting_user=world.person("approver"), department=world.owner
    )


def test_the_list_is_exactly_the_agreed_rows(world: World, caller: Caller) -> None:
    assert sorted(everyone(open_list(caller, agreed(world)))) == sorted(LAPSED)


def test_without_a_filter_the_list_is_everybody(world: World, caller: Caller) -> None:
    assert sorted(everyone(open_list(caller, agreed(world, row_filter=None)))) == sorted(SUBJECTS)


def test_the_entry_is_durable_before_the_first_identifier(world: World, caller: Caller) -> None:
    agreement = agreed(world)
    before = Pending.objects.count()
    found = open_list(caller, agreement)
    assert Pending.objects.count() == before + 1
    assert bytes(Pending.objects.latest("pk").leaf) == found.leaf


def test_the_receipt_says_how_many_from_which_file_under_what(world: World, caller: Caller) -> None:
    agreement = agreed(world)
    found = open_list(caller, agreement)
    route = route_of(found.body)
    assert (route["type"], route["method"], route["outcome"], route["count"]) == ("export", "EXPORT", "ANSWERED", len(LAPSED))
    assert (route["agreement"], route["items"], route["revision"]) == (agreement.agreement_id, ["person"], found.revision)
    assert not any(subject in str(route) for subject in SUBJECTS)
    assert "subject" not in route["parts"]


def test_pages_go_on_at_the_cursor_and_repeat_nobody(world: World, caller: Caller) -> None:
    agreement = agreed(world)
    first = next(iter(open_list(caller, agreement).pages(size=2)))
    assert len(first.identifiers) == 2
    rest = open_list(caller, agreement, after={"revision": first.cursor.revision, "row": first.cursor.row})
    assert rest.count == len(LAPSED) - 2
    assert sorted([*first.identifiers, *everyone(rest)]) == sorted(LAPSED)


def test_a_cursor_into_another_file_is_refused(world: World, caller: Caller) -> None:
    assert refused(caller, agreed(world), after={"revision": "sha256:" + "0" * 64, "row": 1}) == "LIST_MOVED"


@pytest.mark.parametrize("after", [{"row": 1}, {"revision": "x", "row": 1}, {"revision": "sha256:" + "0" * 64, "row": -1}, 7])
def test_a_cursor_of_another_form_is_refused(world: World, caller: Caller, after: Any) -> None:
    assert refused(caller, agreed(world), after=after) == "MALFORMED"


def test_a_revocation_stops_the_list_before_the_next_page_and_says_so_in_the_log(world: World, caller: Caller) -> None:
    agreement = agreed(world)
    pages = open_list(caller, agreement).pages(size=2)
    assert len(next(pages).identifiers) == 2
    revoke(world, agreement)
    before = Pending.objects.count()
    with pytest.raises(ListRefused) as caught:
        next(pages)
    assert caught.value.reason == "REVOKED"
    assert Pending.objects.count() == before + 1


def test_a_register_taken_offline_stops_the_list_and_refuses_a_new_one(world: World, caller: Caller) -> None:
    agreement = agreed(world)
    pages = open_list(caller, agreement).pages(size=2)
    next(pages)
    catalog_actions.take_offline(world.conditional, reason="Maintenance", acting_user=world.person("publisher"))
    with pytest.raises(ListRefused) as caught:
        next(pages)
    assert caught.value.reason == "PROVIDER_DOWN"
    assert refused(caller, agreement) == "PROVIDER_DOWN"


def test_an_agreement_without_export_gives_no_list(world: World, caller: Caller) -> None:
    assert refused(caller, world.agreement) == "METHOD_NOT_AGREED"


def test_more_than_the_identifier_is_no_list(world: World, caller: Caller) -> None:
    assert refused(caller, agreed(world, items=["person", "grade"])) == "NOT_A_LIST"


def test_a_list_of_persons_names_its_case_and_officer(world: World, caller: Caller) -> None:
    assert refused(caller, agreed(world), case=None) == "CASE_REQUIRED"


def test_the_rows_of_a_list_are_counted_in_the_quota(world: World, caller: Caller) -> None:
    agreement = agreed(world, per_day=len(LAPSED) + 1)
    open_list(caller, agreement)
    assert refused(caller, agreement) == "QUOTA"


def test_the_same_request_opens_no_second_list(world: World, caller: Caller) -> None:
    arrival = caller.arrival(agreed(world).agreement_id, "exports", {**COMMON, "salt": fresh_nonce()})
    deliver_list(arrival)
    with pytest.raises(ListRefused) as caught:
        deliver_list(arrival)
    assert caught.value.reason == "REPLAYED"


def test_a_stranger_gets_no_list_and_no_entry(world: World, caller: Caller) -> None:
    arrival = caller.arrival(agreed(world).agreement_id, "exports", {**COMMON, "salt": fresh_nonce()})
    before = Pending.objects.count()
    with pytest.raises(DoorError):
        deliver_list(replace(arrival, body=arrival.body + b" "))
    assert Pending.objects.count() == before


def test_the_wire_has_no_exports_and_says_so(world: World, caller: Caller) -> None:
    (response,) = handle([caller.arrival(agreed(world).agreement_id, "exports", {**COMMON, "salt": fresh_nonce()})])
    assert response.status == 404
    assert b"exports" in response.body


def test_who_was_on_the_list_is_read_again_from_its_file(world: World, caller: Caller) -> None:
    route = route_of(open_list(caller, agreed(world)).body)
    assert was_on_list(route, Subject("person", LAPSED[0])) is True
    assert was_on_list(route, Subject("person", SUBJECTS[1])) is False
    assert was_on_list(route, Subject("person", UNKNOWN_SUBJECT)) is False
    assert was_on_list(route, Subject("passport", LAPSED[0])) is False


def test_who_came_before_the_cursor_was_not_on_that_list(world: World, caller: Caller) -> None:
    agreement = agreed(world)
    first = next(iter(open_list(caller, agreement).pages(size=2)))
    route = route_of(open_list(caller, agreement, after={"revision": first.cursor.revision, "row": first.cursor.row}).body)
    assert [was_on_list(route, Subject("person", identifier)) for identifier in first.identifiers] == [False, False]


def test_nobody_can_tell_when_the_file_is_gone(world: World, caller: Caller) -> None:
    route = route_of(open_list(caller, agreed(world)).body)
    assert was_on_list({**route, "revision": "sha256:" + "0" * 64}, Subject("person", LAPSED[0])) is None
    assert was_on_list({**route, "version": "sha256:" + "0" * 64}, Subject("person", LAPSED[0])) is None


def test_questions_under_such_a_filter_obey_it_too(world: World, caller: Caller) -> None:
    agreement = agreed(world, methods=["QUERY", "VERIFY", "BATCH"], items=["grade"], facts={"valid": {}}).agreement_id
    assert caller.query(agreement, LAPSED[0]).body["answer"]["state"] == "FOUND"
    assert caller.query(agreement, SUBJECTS[1]).body["answer"] | {"as_of": ""} == {
        "state": "NO_RECORD",
        "records": [],
        "withheld": [],
        "as_of": "",
    }
    answers = caller.verify(agreement, SUBJECTS[1], {"fact": "valid"}).body["answers"]
    assert [line["answer"] for line in answers] == ["UNKNOWN"]
    lines = caller.call(agreement, "batch", subjects=[LAPSED[0], SUBJECTS[1]]).body["answers"]
    assert [line["state"] for line in lines] == ["FOUND", "NO_RECORD"]


def test_a_scan_gives_the_same_rows_for_any_page_size(world: World) -> None:
    order = world.standing.revisions["R14"].order
    store = open_revision(str(order["lookup"]), str(order["rows"]), world.standing.versions["R14"].version)
    where = Where('"c_valid_until" <= ? AND "c_type" IN (?, ?)', ("2021-01-01", "visual", "mental"))
    for size in (1, 3, 100):
        found, last = [], 0
        while rows := store.scan_page(["person", "valid_until"], where, after=last, limit=size):
            found += [record["person"] for _number, record in rows]
            last = rows[-1][0]
        assert sorted(found) == sorted(LAPSED)
    with pytest.raises(KeyError):
        store.scan_page(["person", "x"], EVERY_RECORD, after=0, limit=1)


def test_a_list_asks_a_fixed_number_of_statements_whatever_its_length(
    world: World, caller: Caller, django_assert_max_num_queries: Any
) -> None:
    few, many = agreed(world), agreed(world, row_filter=None)
    open_list(caller, few)
    with django_assert_max_num_queries(25, connection=connection):
        assert len(everyone(open_list(caller, many))) == len(SUBJECTS)
