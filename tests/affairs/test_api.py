"""The API of citizen services: the whole flow by a program, its refusals, and evidence by poll and by events."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
from asgiref.sync import async_to_sync
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import AsyncClient, Client

from exchange.affairs.api import stream
from exchange.affairs.gathering import gather_now
from exchange.affairs.models import Case, Evidence, Licence, Objection
from tests.affairs.world import AffairsWorld

BACKEND = "allauth.account.auth_backends.AuthenticationBackend"
ROOT = "/api/v1/affairs"


class Caller:
    """A program with a citizen's session: JSON in, JSON out."""

    def __init__(self, world: AffairsWorld, name: str) -> None:
        self.client = Client(raise_request_exception=False)
        self.client.force_login(world.people[name], backend=BACKEND)

    def get(self, path: str, **headers: str) -> Any:
        """GET below the API's root."""
        return self.client.get(f"{ROOT}/{path}", headers=headers)

    def post(self, path: str, body: Any = None, **headers: str) -> Any:
        """POST below the API's root."""
        return self.client.post(f"{ROOT}/{path}", data=json.dumps(body or {}), content_type="application/json", headers=headers)

    def begin(self, matter: str = "disability-allowances") -> str:
        """A begun application: its number."""
        answer = self.post("cases", {"matter": matter})
        assert answer.status_code == 201, answer.content
        return str(answer.json()["number"])

    def asked(self, matter: str = "disability-allowances") -> str:
        """The same, with the offices' answers there."""
        number = self.begin(matter)
        assert self.post(f"cases/{number}/request").status_code == 202
        assert gather_now(Case.objects.get(number=number))
        return number

    def accepted(self, matter: str = "disability-allowances") -> str:
        """The same, with everything accepted that was shown."""
        number = self.asked(matter)
        pieces = self.get(f"cases/{number}/evidence").json()["evidence"]
        shown = {piece["requirement"]: "ACCEPTED" for piece in pieces if piece["state"] in ("FETCHED", "NO_RECORD")}
        assert self.post(f"cases/{number}/preview", {"answers": shown}).status_code == 200
        return number


@pytest.fixture
def granted(affairs_world: AffairsWorld) -> Caller:
    """The citizen to whom both allowances are granted."""
    return Caller(affairs_world, "granted")


def code_of(answer: Any) -> tuple[int, str]:
    """Status and the problem's code."""
    assert answer["Content-Type"] == "application/problem+json"
    return answer.status_code, answer.json()["code"]


def test_anybody_reads_which_services_there_are_and_what_is_asked(affairs_world: AffairsWorld) -> None:
    stranger = Client()
    listed = stranger.get(f"{ROOT}/matters").json()["results"]
    assert [matter["slug"] for matter in listed] == ["disability-allowances", "old-age-allowance"]
    read = stranger.get(f"{ROOT}/matters/disability-allowances").json()
    assert {"certificate_valid", "payout_account", "other_account"} <= {need["code"] for need in read["requirements"]}
    assert code_of(stranger.get(f"{ROOT}/matters/nothing")) == (404, "NO_SUCH_MATTER")


def test_a_whole_application_ends_in_a_decision_with_its_trace_and_a_licence_that_anybody_can_check(granted: Caller) -> None:
    number = granted.accepted()
    decided = granted.post(f"cases/{number}/submit").json()
    assert (decided["state"], decided["outcome"], decided["how"]) == ("DECIDED", "GRANTED", "AT_ONCE")
    decision = granted.get(f"cases/{number}/decision").json()
    assert {benefit["outcome"] for benefit in decision["benefits"]} == {"GRANT"}
    line = decision["benefits"][0]["lines"][0]
    assert line["source"] == "R14"
    assert line["as_of"]
    assert line["article"]["zh"]
    assert decision["payments"]
    status = Client().get(f"{ROOT}/licences/{decision['licence']['id']}/status").json()
    assert status["standing"] == "VALID"
    assert Licence.objects.count() == 1


def test_a_refusal_names_cause_reason_and_remedy_and_can_be_looked_at_again(affairs_world: AffairsWorld) -> None:
    refused = Caller(affairs_world, "refused")
    number = refused.accepted()
    assert refused.post(f"cases/{number}/submit").json()["outcome"] == "REFUSED"
    decision = refused.get(f"cases/{number}/decision").json()
    for benefit in decision["benefits"]:
        cause = next(line for line in benefit["lines"] if line["condition"] in benefit["because"])
        assert cause["condition"] == "certificate_valid"
        assert cause["reason"]["en"]
        assert cause["remedy"]["zh"]
    assert decision["appeal_until"]
    asked_again = refused.post(f"cases/{number}/appeal", {"words": "My certificate came last week."}).json()
    assert (asked_again["state"], asked_again["appeal"]["state"]) == ("OBJECTED", "OPEN")


def test_a_disputed_piece_goes_to_an_officer_with_a_clock(granted: Caller) -> None:
    number = granted.accepted()
    words = {"low_income_family": "We moved out."}
    disputed = granted.post(f"cases/{number}/preview", {"answers": {"low_income_family": "DISPUTED"}, "words": words})
    assert disputed.status_code == 200
    assert Objection.objects.count() == 1
    submitted = granted.post(f"cases/{number}/submit").json()
    assert (submitted["state"], submitted["officer_needed"]) == ("SUBMITTED", True)
    assert submitted["clock"]["due_on"]
    assert code_of(granted.get(f"cases/{number}/decision")) == (404, "NOT_DECIDED")


def test_nothing_is_handed_in_that_was_not_looked_at(granted: Caller) -> None:
    number = granted.asked()
    answer = granted.post(f"cases/{number}/submit")
    assert code_of(answer) == (422, "ANSWER_INCOMPLETE")
    assert {fault["where"] for fault in answer.json()["errors"]} >= {"certificate_valid"}


def test_a_step_out_of_order_is_refused_and_named(granted: Caller) -> None:
    number = granted.begin()
    assert code_of(granted.post(f"cases/{number}/submit")) == (409, "CASE_MOVED")
    assert granted.get(f"cases/{number}").json()["allowed"] == ["request", "withdrawal"]


def test_an_application_is_taken_back(granted: Caller) -> None:
    number = granted.begin()
    assert granted.post(f"cases/{number}/withdrawal").json()["state"] == "WITHDRAWN"
    assert granted.get(f"cases/{number}").json()["allowed"] == []


def test_the_same_key_begins_one_application(granted: Caller) -> None:
    body = {"matter": "disability-allowances"}
    sent = [granted.post("cases", body, **{"Idempotency-Key": "k1"}).json()["number"] for _ in range(2)]
    assert sent[0] == sent[1]
    assert granted.post("cases", body, **{"Idempotency-Key": "k2"}).json()["number"] != sent[0]
    assert Case.objects.count() == 2
    other = granted.post("cases", {"matter": "old-age-allowance"}, **{"Idempotency-Key": "k1"})
    assert code_of(other) == (409, "IDEMPOTENCY_KEY_USED")


def test_two_people_with_the_same_key_begin_two_applications(affairs_world: AffairsWorld) -> None:
    numbers = {
        Caller(affairs_world, name).post("cases", {"matter": "disability-allowances"}, **{"Idempotency-Key": "k"}).json()["number"]
        for name in ("granted", "refused")
    }
    assert len(numbers) == 2


def test_the_citizen_names_an_account_where_no_register_has_one(affairs_world: AffairsWorld) -> None:
    caller = Caller(affairs_world, "to_officer")
    number = caller.accepted()
    faulty = caller.post(f"cases/{number}/items/other_account", {"do": "provide", "value": {"bank": "City Bank", "number": "x"}})
    assert code_of(faulty) == (422, "ANSWER_INCOMPLETE")
    assert b"City Bank" not in faulty.content
    given = caller.post(
        f"cases/{number}/items/other_account", {"do": "provide", "value": {"bank": "City Bank", "number": "6222000011112222"}}
    )
    [piece] = [piece for piece in given.json()["evidence"] if piece["requirement"] == "other_account"]
    assert piece["values"] == [{"bank": "City Bank", "number": "6222000011112222"}]
    assert caller.post(f"cases/{number}/submit").json()["outcome"] == "GRANTED"


def test_a_paper_is_handed_in_where_nothing_was_found(granted: Caller) -> None:
    number = granted.asked()
    Evidence.objects.filter(requirement="certificate_valid").update(state="REFUSED", found=None)
    file = SimpleUploadedFile("certificate.pdf", b"%PDF-1.7 invented", content_type="application/pdf")
    answer = granted.client.post(f"{ROOT}/cases/{number}/items/certificate_valid", {"do": "upload", "file": file})
    assert answer.status_code == 200, answer.content
    [piece] = [piece for piece in answer.json()["evidence"] if piece["requirement"] == "certificate_valid"]
    assert (piece["state"], piece["answer"]) == ("UPLOADED", None)


@pytest.mark.parametrize("body", [{}, {"do": "dance"}, {"do": "provide"}, {"do": "upload"}])
def test_a_step_about_one_piece_says_what_it_needs(granted: Caller, body: dict[str, str]) -> None:
    number = granted.asked()
    assert granted.post(f"cases/{number}/items/payout_account", body).status_code == 400


def test_evidence_is_polled_by_its_tag(granted: Caller) -> None:
    number = granted.asked()
    first = granted.get(f"cases/{number}/evidence")
    assert first["Cache-Control"] == "private, no-cache"
    again = granted.get(f"cases/{number}/evidence", **{"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    granted.post(f"cases/{number}/preview", {"answers": {"certificate_valid": "ACCEPTED"}})
    assert granted.get(f"cases/{number}/evidence", **{"If-None-Match": first["ETag"]}).status_code == 200


def test_before_anybody_is_asked_each_piece_says_so(granted: Caller) -> None:
    pieces = granted.get(f"cases/{granted.begin()}/evidence").json()["evidence"]
    assert {(piece["state"], piece["answer"]) for piece in pieces} == {(None, None)}
    assert all(piece["dataset"] for piece in pieces if piece["kind"] != "self_provided")


def events(world: AffairsWorld, name: str, number: str, **headers: str) -> list[tuple[str, Any]]:
    """What a listener hears until the hub has no more to say."""

    async def listen() -> str:
        client = AsyncClient(raise_request_exception=False)
        await client.aforce_login(world.people[name], backend=BACKEND)
        answer: Any = await client.get(f"{ROOT}/cases/{number}/evidence/stream", headers={"accept": "text/event-stream", **headers})
        assert answer.status_code == 200
        assert answer["Content-Type"].startswith("text/event-stream")
        return "".join([part.decode() async for part in answer.streaming_content])

    heard = async_to_sync(listen)()
    return [(name, json.loads(data)) for name, data in re.findall(r"^event: (\w+)\n(?:id: .*\n)?data: (.*)$", heard, re.MULTILINE)]


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """A stream whose minute is short."""
    monkeypatch.setattr(stream, "EVERY_S", 0.01)
    monkeypatch.setattr(stream, "LONGEST_S", 0.05)


def test_a_listener_hears_the_states_and_the_end(affairs_world: AffairsWorld, granted: Caller, hurried: None) -> None:
    number = granted.asked()
    heard = events(affairs_world, "granted", number)
    assert [name for name, _ in heard] == ["evidence", "end"]
    assert {piece["state"] for piece in heard[0][1]["evidence"]} == {"FETCHED"}
    assert heard[1][1] == {"state": "PREVIEW"}


def test_a_listener_is_sent_away_after_a_while_and_told_to_come_again(affairs_world: AffairsWorld, granted: Caller, hurried: None) -> None:
    number = granted.begin()
    granted.post(f"cases/{number}/request")
    heard = events(affairs_world, "granted", number)
    assert [name for name, _ in heard] == ["evidence", "later"]
    assert not stream._LISTENING


def test_a_listener_that_comes_again_hears_only_what_is_new(affairs_world: AffairsWorld, granted: Caller, hurried: None) -> None:
    number = granted.asked()
    _told, name = stream._states(Case.objects.get(number=number))
    assert [event for event, _ in events(affairs_world, "granted", number, **{"Last-Event-ID": name})] == ["end"]


def test_a_full_house_is_told_to_poll(granted: Caller, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stream, "MOST_LISTENERS", 0)
    answer = granted.get(f"cases/{granted.begin()}/evidence/stream", accept="text/event-stream")
    assert code_of(answer) == (503, "UNAVAILABLE")


def test_a_look_for_events_is_one_query(granted: Caller, django_assert_num_queries: Any) -> None:
    case = Case.objects.get(number=granted.asked())
    with django_assert_num_queries(1):
        stream._states(case)


def test_lists_do_not_ask_more_for_more(granted: Caller, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        granted.begin()
    with django_assert_max_num_queries(6):
        assert len(granted.get("cases").json()["results"]) == 4


@pytest.mark.parametrize("path", ["cases", "cases/M04-1-X", "offers", "cases/M04-1-X/evidence/stream"])
def test_a_stranger_is_told_to_sign_in(affairs_world: AffairsWorld, path: str) -> None:
    answer = Client().get(f"{ROOT}/{path}")
    assert code_of(answer) == (401, "NOT_AUTHENTICATED")


def test_an_account_that_is_bound_to_nobody_is_told_what_to_do(affairs_world: AffairsWorld) -> None:
    client = Client()
    client.force_login(affairs_world.staff["auditor"], backend=BACKEND)
    assert code_of(client.get(f"{ROOT}/cases")) == (403, "NOT_BOUND")


def test_somebody_elses_case_is_none(affairs_world: AffairsWorld, granted: Caller) -> None:
    number = granted.begin()
    neighbour = Caller(affairs_world, "neighbour")
    assert code_of(neighbour.get(f"cases/{number}")) == (404, "NO_SUCH_CASE")
    assert code_of(neighbour.post(f"cases/{number}/withdrawal")) == (404, "NO_SUCH_CASE")
    assert granted.get(f"cases/{number}").json()["state"] == "STARTED"


def test_a_listener_that_leaves_frees_its_place(granted: Caller, hurried: None) -> None:
    case = Case.objects.get(number=granted.begin())
    granted.post(f"cases/{case.number}/request")
    case.refresh_from_db()

    async def leave_early() -> int:
        listening: Any = stream._listen(case, "")
        await anext(listening)
        while_listening = len(stream._LISTENING)
        await listening.aclose()
        return while_listening

    assert async_to_sync(leave_early)() == 1
    assert not stream._LISTENING
