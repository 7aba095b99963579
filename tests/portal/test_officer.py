"""Officers' pages: a queue without any way to look up a person, evidence beside the trace, steps with reasons, looks recorded."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit.models import Pending
from exchange.affairs import actions
from exchange.affairs.models import Case, Licence, PaymentOrder
from tests.affairs.conftest import affairs_world  # noqa: F401 - a fixture
from tests.affairs.world import IDENTIFIERS, AffairsWorld

DECISION = {"outcome": "GRANTED", "article": "Part 2", "reason": "The account was shown at the counter."}


def signed_in(world: AffairsWorld, name: str = "cab_officer") -> Client:
    client = Client()
    client.force_login(world.staff[name])
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def waiting(affairs_world: AffairsWorld) -> Case:  # noqa: F811
    return affairs_world.submitted("to_officer")


def page(case: Case, step: str = "") -> str:
    return f"/en/console/cases/{case.number}{step}"


def test_the_queue_shows_what_the_rule_left_to_a_person(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    decided = affairs_world.submitted("granted")
    queue = text(signed_in(affairs_world).get("/en/console/cases"))
    assert waiting.number in queue
    assert decided.number not in queue


@pytest.mark.parametrize("who", ["dpf_officer", "cab_admin", "auditor", "cab_asker", "cab_clerk"])
def test_a_case_is_not_found_by_those_who_do_not_decide_it(who: str, waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    client = signed_in(affairs_world, who)
    assert waiting.number not in text(client.get("/en/console/cases"))
    for step in ("", "/decide", "/notice", "/items/certificate_valid"):
        assert client.get(page(waiting, step)).status_code == 404


def test_a_case_that_waits_for_nobody_is_not_found(affairs_world: AffairsWorld) -> None:  # noqa: F811
    client = signed_in(affairs_world)
    for case in (affairs_world.submitted("granted"), affairs_world.shown("care_only"), affairs_world.start("refused")):
        assert client.get(page(case)).status_code == 404


def test_the_case_shows_evidence_and_trace_and_never_the_number_of_the_person(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    shown = text(signed_in(affairs_world).get(page(waiting)))
    assert "An officer decides" in shown
    assert "Is your disability certificate valid?" in shown
    assert IDENTIFIERS["to_officer"] not in shown


def test_each_look_is_recorded(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    before = Pending.objects.count()
    signed_in(affairs_world).get(page(waiting))
    assert Pending.objects.count() == before + 1


def test_an_officer_decides_with_a_reason(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    client = signed_in(affairs_world)
    assert client.post(page(waiting, "/decide"), {"outcome": "GRANTED"}).status_code == 422
    assert client.post(page(waiting, "/decide"), DECISION).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.outcome, waiting.how) == ("DECIDED", "GRANTED", "BY_OFFICER")
    assert client.get(page(waiting)).status_code == 404, "a decided case can still be looked at"


def test_one_notice_stops_the_clock(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    client = signed_in(affairs_world)
    client.post(page(waiting, "/notice"), {"missing": "Name an account.\nSign it."})
    shown = text(client.get(page(waiting)))
    assert "The clock stands" in shown
    assert "Name an account." in shown
    client.post(page(waiting, "/notice"), {"missing": "One more thing."})
    assert "One more thing." not in text(client.get(page(waiting)))


def test_an_officer_answers_what_the_citizen_calls_wrong(affairs_world: AffairsWorld) -> None:  # noqa: F811
    case = affairs_world.accepted("refused")
    applicant = affairs_world.applicant("refused")
    words = {"certificate_valid": "I have a certificate."}
    actions.answer_preview(case, answers={"certificate_valid": "DISPUTED"}, words=words, applicant=applicant)
    actions.submit(case, applicant=applicant)
    client = signed_in(affairs_world)
    assert "I have a certificate." in text(client.get(page(case)))
    answered = client.post(page(case, "/items/certificate_valid"), {"answer": "NO", "reason": "The federation has looked."})
    assert answered.status_code == 302
    assert client.get(page(case, "/items/certificate_valid")).status_code == 404


def test_the_officer_who_decided_does_not_answer_the_appeal(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    client = signed_in(affairs_world)
    client.post(page(waiting, "/decide"), {**DECISION, "outcome": "REFUSED"})
    waiting.refresh_from_db()
    actions.appeal(waiting, words="Please look again.", applicant=affairs_world.applicant("to_officer"))
    answer = {"upheld": "yes", "reason": "The account is there."}
    assert client.post(page(waiting, "/appeal"), answer).status_code == 403
    other = signed_in(affairs_world, "cab_officer_2")
    assert "Please look again." in text(other.get(page(waiting)))
    assert other.post(page(waiting, "/appeal"), answer).status_code == 302
    waiting.refresh_from_db()
    assert (waiting.state, waiting.outcome) == ("REVIEWED", "GRANTED")


def test_nobody_finds_their_own_case_in_the_queue(waiting: Case, affairs_world: AffairsWorld) -> None:  # noqa: F811
    Case.objects.filter(pk=waiting.pk).update(person=affairs_world.staff["cab_officer"])
    assert signed_in(affairs_world).get(page(waiting)).status_code == 404


def test_the_treasurys_answer_is_entered_once(affairs_world: AffairsWorld) -> None:  # noqa: F811
    affairs_world.submitted("granted")
    client, order = signed_in(affairs_world), PaymentOrder.objects.get()
    assert order.case.number in text(client.get("/en/console/payments"))
    assert client.post(f"/en/console/payments/{order.pk}/paid").status_code == 302
    order.refresh_from_db()
    assert order.state == "PAID"
    client.post(f"/en/console/payments/{order.pk}/returned", {"because": "ACCOUNT_CLOSED"})
    order.refresh_from_db()
    assert order.state == "RETURNED", "money may come back after it was paid"


def test_money_that_came_back_says_why(affairs_world: AffairsWorld) -> None:  # noqa: F811
    affairs_world.submitted("granted")
    client, order = signed_in(affairs_world), PaymentOrder.objects.get()
    page_of_it = f"/en/console/payments/{order.pk}/returned"
    assert client.post(page_of_it, {}).status_code == 422
    assert client.post(page_of_it, {"because": "ACCOUNT_CLOSED"}).status_code == 302
    assert "The account is closed" in text(client.get("/en/console/payments"))


def test_other_departments_see_no_payment(affairs_world: AffairsWorld) -> None:  # noqa: F811
    affairs_world.submitted("granted")
    client, order = signed_in(affairs_world, "dpf_officer"), PaymentOrder.objects.get()
    assert order.case.number not in text(client.get("/en/console/payments"))
    assert client.post(f"/en/console/payments/{order.pk}/paid").status_code == 404


def test_a_licence_is_revoked_by_its_number_and_a_reason(affairs_world: AffairsWorld) -> None:  # noqa: F811
    affairs_world.submitted("granted")
    client, licence = signed_in(affairs_world), Licence.objects.get()
    assert client.post("/en/console/licences/revoke", {"licence": licence.pk}).status_code == 422
    sent = {"licence": f"https://hub.example/v/{licence.pk}", "reason": "It rested on a false promise."}
    assert client.post("/en/console/licences/revoke", sent).status_code == 302
    licence.refresh_from_db()
    assert licence.status == "REVOKED"
    assert PaymentOrder.objects.get().state == "STOPPED"


@pytest.mark.parametrize("who", ["cab_asker", "dpf_officer"])
def test_nobody_revokes_what_they_do_not_decide(who: str, affairs_world: AffairsWorld) -> None:  # noqa: F811
    affairs_world.submitted("granted")
    licence = Licence.objects.get()
    sent = {"licence": licence.pk, "reason": "I do not like it."}
    assert signed_in(affairs_world, who).post("/en/console/licences/revoke", sent).status_code == 422
    licence.refresh_from_db()
    assert licence.status == "VALID"
