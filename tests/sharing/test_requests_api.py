"""The review over the API: what will come back, verdicts with masks, the thread, precedents, and answering together."""

from __future__ import annotations

from typing import Any

from exchange.sharing import actions
from tests.sharing.test_api import BODY, send
from tests.world import World, ask, part_of
from tests.world_data import TERMS

NO = {"decision": "REFUSED", "ground": "BEYOND_PURPOSE", "reason": "The fact is enough."}


def test_a_draft_says_what_will_come_back(small_world: World) -> None:
    parts = [{"dataset": "R14", **TERMS}, {"dataset": "R90", **TERMS, "items": ["gone"], "facts": {}, "methods": ["QUERY"]}]
    number = send(small_world, "asker", "requests", {**BODY, "parts": parts}).json()["number"]
    foreseen = send(small_world, "asker", f"requests/{number}/foreseen", method="get").json()
    assert [(one["dataset"], one["way"]) for one in foreseen] == [("R14", "TO_AUTHORITY_THEN_OWNER"), ("R90", "WOULD_BE_RETURNED")]
    assert {(fault["where"], fault["rule"]) for fault in foreseen[1]["faults"]} == {("R90.items.gone", "unknown")}
    assert (foreseen[0]["due_on"] is None, foreseen[1]["due_on"] is None) == (False, True)


def test_verdicts_marks_and_reasons_are_read_again(small_world: World) -> None:
    terms: dict[str, Any] = {"items": ["type", "valid_until"], "facts": {}, "methods": ["QUERY"]}
    request = ask(small_world.person("asker"), small_world.requester, small_world.purpose, small_world.conditional, **terms)
    part = f"requests/{request.number}/parts/R14"
    checked = send(small_world, "reviewer", f"{part}/check", {"remarks": {"items.type": "Is it needed?"}}).json()["parts"][0]
    assert [item["remark"] for item in checked["items"]] == ["Is it needed?", ""]
    wrong = send(small_world, "approver", f"{part}/approve", {"verdicts": {"items.valid_until": {"decision": "MASKED"}}})
    assert (wrong.status_code, wrong.json()["errors"][0]["where"]) == (422, "items.valid_until")
    outside = send(small_world, "approver", f"{part}/approve", {"verdicts": {"items.type": {**NO, "ground": "OTHER"}}})
    assert outside.status_code == 400
    verdicts = {"items.type": {"decision": "MASKED", "keep_first": 1, "keep_last": 0}, "items.valid_until": NO}
    items = send(small_world, "approver", f"{part}/approve", {"verdicts": verdicts}).json()["parts"][0]["items"]
    assert [(item["decision"], item["keep_first"], item["ground"]) for item in items] == [
        ("MASKED", 1, ""),
        ("REFUSED", None, "BEYOND_PURPOSE"),
    ]


def test_the_thread_is_read_by_the_parties(small_world: World) -> None:
    messages = f"requests/{small_world.request.number}/parts/R14/messages"
    assert send(small_world, "approver", messages, {"text": "Which allowance?"}).status_code == 201
    (read,) = send(small_world, "asker", messages, method="get").json()
    assert (read["side"], read["department"], read["text"]) == ("PROVIDER", "DPF", "Which allowance?")


def test_similar_requests_are_answered_together_or_not_at_all(small_world: World) -> None:
    terms: dict[str, Any] = {"items": ["valid_until"], "facts": {"valid": {}}}
    asker = (small_world.person("asker"), small_world.requester, small_world.purpose, small_world.conditional)
    first, second = ask(*asker, **terms), ask(*asker, **terms)
    parts = [{"number": request.number, "dataset": "R14"} for request in (first, second)]
    body = {"parts": parts, "verdicts": {"items.valid_until": {"decision": "GRANTED"}, "facts.valid": {"decision": "GRANTED"}}}
    for request in (first, second):
        refused = send(small_world, "approver", "requests/answer_together", body)
        assert refused.status_code == 422
        assert {part_of(one).state for one in (first, second)} & {"APPROVED"} == set()
        actions.check(part_of(request), acting_user=small_world.person("reviewer"), department=small_world.authority)
    precedents = send(small_world, "approver", f"requests/{first.number}/parts/R14/precedents", method="get").json()
    assert [row["number"] for row in precedents["similar"]] == [second.number]
    assert (
        send(small_world, "approver", "requests/answer_together", {**body, "refuse": {"reason": "No.", "ground": "NOT_HELD"}}).status_code
        == 422
    )
    answered = send(small_world, "approver", "requests/answer_together", body)
    assert (answered.status_code, [row["state"] for row in answered.json()]) == (200, ["APPROVED", "APPROVED"])
