"""The officers' queue in the console and over the API: claim, look, answer with errors beside the field, decline, put back."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit.models import Pending
from exchange.delivery.models import OfficerQuestion
from exchange.sharing.models import Agreement
from tests.delivery.errands_world import OFFICER_STORE, agreed_about, publish_remote
from tests.delivery.wire_caller import Caller
from tests.world import World
from tests.world_data import SUBJECTS

RECORD = {"grade": 2, "valid_until": "2031-12-31"}


@pytest.fixture
def paper(world: World) -> Agreement:
    return agreed_about(world, publish_remote(world, OFFICER_STORE))


@pytest.fixture
def question(paper: Agreement) -> OfficerQuestion:
    Caller("CAB-relief").query(paper.agreement_id, SUBJECTS[0])
    return OfficerQuestion.objects.get()


def signed_in(client: Client, person: Any) -> Client:
    client.force_login(person)
    return client


@pytest.fixture
def officer(client: Client, world: World) -> Client:
    return signed_in(client, world.person("owner_officer"))


def page_of(question: OfficerQuestion, step: str = "") -> str:
    return f"/en/console/queue/{question.pk}{f'/{step}' if step else ''}"


def api_of(question: OfficerQuestion, step: str = "") -> str:
    return f"/api/v1/officer-questions/{question.pk}{f'/{step}' if step else ''}"


def claimed(officer: Client, question: OfficerQuestion) -> OfficerQuestion:
    officer.post(page_of(question, "claim"))
    question.refresh_from_db()
    assert question.state == "CLAIMED"
    return question


def test_the_queue_tells_what_is_due_and_whom_it_is_about_only_after_the_claim(officer: Client, question: OfficerQuestion) -> None:
    listed = officer.get("/en/console/queue").content.decode()
    assert "Disability certificates" in listed
    assert "Civil Affairs Bureau" in listed
    before = officer.get(page_of(question)).content.decode()
    assert SUBJECTS[0] not in listed + before
    entries = Pending.objects.count()
    opened = officer.get(page_of(claimed(officer, question))).content.decode()
    assert SUBJECTS[0] in opened
    assert "Disability allowances" in opened
    assert Pending.objects.count() == entries + 2  # the claim and the look
    assert "Answer" in officer.get("/en/console").content.decode()


def test_an_answer_is_typed_into_fields_of_its_types(officer: Client, question: OfficerQuestion) -> None:
    claimed(officer, question)
    sent = officer.post(page_of(question), {"s0": "FOUND", "s0_r0_grade": "2", "s0_r0_valid_until": "2031-12-31", "rows": "1"})
    assert sent.status_code == 302
    question.refresh_from_db()
    assert question.state == "ANSWERED"


def test_several_records_and_none_can_be_typed(world: World, officer: Client, question: OfficerQuestion, paper: Agreement) -> None:
    claimed(officer, question)
    assert "Record 2" in officer.get(page_of(question) + "?rows=2").content.decode()
    two = {"s0": "FOUND", "s0_r0_grade": "2", "s0_r0_valid_until": "2031-12-31", "s0_r1_grade": "3", "s0_r1_valid_until": "2030-01-01"}
    assert officer.post(page_of(question), {**two, "rows": "3"}).status_code == 302
    Caller("CAB-relief").query(paper.agreement_id, SUBJECTS[1])
    other = OfficerQuestion.objects.get(state="WAITING")
    assert officer.post(page_of(claimed(officer, other)), {"s0": "NO_RECORD", "rows": "1"}).status_code == 302
    other.refresh_from_db()
    assert other.state == "ANSWERED"


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({}, "Say whether there is a record."),
        ({"s0": "FOUND"}, "The register always has this"),
        ({"s0": "FOUND", "s0_r0_grade": "two", "s0_r0_valid_until": "2031-12-31"}, "Enter a whole number"),
        ({"s0": "FOUND", "s0_r0_grade": "9", "s0_r0_valid_until": "2031-12-31"}, "less than or equal to 4"),
        ({"s0": "FOUND", "s0_r0_grade": "2", "s0_r0_valid_until": "soon"}, "Enter a valid date"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(officer: Client, question: OfficerQuestion, typed: dict[str, str], said: str) -> None:
    page = officer.post(page_of(claimed(officer, question)), {**typed, "rows": "1"})
    assert page.status_code == 422
    assert said in page.content.decode()
    question.refresh_from_db()
    assert question.state == "CLAIMED"


def test_a_colleague_sees_who_has_it_and_not_whom_it_is_about(officer: Client, question: OfficerQuestion, world: World) -> None:
    claimed(officer, question)
    colleague = signed_in(Client(), world.person("approver"))
    page = colleague.get(page_of(question)).content.decode()
    assert SUBJECTS[0] not in page
    assert world.person("owner_officer").display_name in page
    assert colleague.post(page_of(question), {"s0": "NO_RECORD"}).status_code == 403
    assert colleague.post(page_of(question, "claim")).status_code == 302
    question.refresh_from_db()
    assert question.claimed_by == world.person("owner_officer")
    assert signed_in(Client(), world.person("asker")).get(page_of(question)).status_code == 404


def test_a_question_is_put_back_and_declined_from_the_page(officer: Client, question: OfficerQuestion) -> None:
    officer.post(page_of(claimed(officer, question), "release"))
    question.refresh_from_db()
    assert question.state == "WAITING"
    claimed(officer, question)
    assert officer.post(page_of(question, "decline"), {}).status_code == 422
    assert officer.post(page_of(question, "decline"), {"reason": "REGISTER_AWAY"}).status_code == 302
    question.refresh_from_db()
    assert (question.state, question.reason) == ("UNANSWERED", "REGISTER_AWAY")
    assert "The book is away" in officer.get("/en/console/queue").content.decode()


def test_the_api_does_the_same(officer: Client, question: OfficerQuestion) -> None:
    (listed,) = officer.get("/api/v1/officer-questions").json()["results"]
    assert (listed["id"], listed["state"], listed["is_mine"]) == (question.pk, "WAITING", False)
    assert officer.post(api_of(question, "look")).status_code == 403
    assert officer.post(api_of(question, "claim")).json()["is_mine"] is True
    looked = officer.post(api_of(question, "look")).json()
    assert looked["subjects"] == [{"kind": "person", "id": SUBJECTS[0]}]
    assert [(item["name"], item["type"], item["is_subject"]) for item in looked["items"]] == [
        ("grade", "integer", False),
        ("valid_until", "date", False),
    ]
    wrong = officer.post(api_of(question, "answer"), {"answers": [{"records": [{**RECORD, "grade": "2"}]}]}, "application/json")
    assert wrong.status_code in (400, 422)
    assert "answers[0].records[0].grade" in wrong.content.decode()
    assert SUBJECTS[0] not in wrong.content.decode()
    sent = officer.post(api_of(question, "answer"), {"answers": [{"records": [RECORD]}]}, "application/json")
    assert sent.json() == {"outcome": "ANSWERED"}
    assert officer.get(api_of(question)).json()["state"] == "ANSWERED"
    assert officer.post(api_of(question, "claim")).status_code == 409


def test_the_api_puts_back_and_declines(officer: Client, question: OfficerQuestion) -> None:
    officer.post(api_of(question, "claim"))
    assert officer.post(api_of(question, "release")).json()["state"] == "WAITING"
    officer.post(api_of(question, "claim"))
    assert officer.post(api_of(question, "decline"), {"reason": "because"}, "application/json").status_code in (400, 422)
    declined = officer.post(api_of(question, "decline"), {"reason": "NOT_OUR_REGISTER"}, "application/json")
    assert (declined.json()["state"], declined.json()["reason"]) == ("UNANSWERED", "NOT_OUR_REGISTER")
