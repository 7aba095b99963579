"""Corrections on the console: asked from the agreement, answered by the provider, told to everybody, never with a number."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from catalog import work
from catalog.models import Work
from exchange.sharing.models import CorrectionRequest
from tests.sharing.correcting import PERSON, SECRET, agreement_of_outsider, answered, asked, new_rows, receive
from tests.world import World


def sitting(world: World, name: str) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(world.person(name), backend="allauth.account.auth_backends.AuthenticationBackend")
    return client


def page(client: Client, path: str, status: int = 200) -> str:
    answer = client.get(f"/en/console{path}")
    assert answer.status_code == status, path
    return answer.content.decode()


@pytest.fixture
def entry(world: World) -> int:
    return receive(world.agreement)


def test_a_correction_is_asked_for_answered_and_read(world: World, entry: int) -> None:
    asker, owner = sitting(world, "asker"), sitting(world, "approver")
    form = f"/agreements/{world.agreement.agreement_id}/wrong"
    assert form in page(asker, f"/agreements/{world.agreement.agreement_id}")
    wrong: dict[str, Any] = {"entry": str(entry), "item": "grade", "kind": "person", "identifier": "510121", "believed": SECRET}
    refused = asker.post(f"/en/console{form}", wrong)
    assert refused.status_code == 422
    assert "This field is required" in refused.content.decode()
    refused = asker.post(f"/en/console{form}", {**wrong, "reason": "The letter."})
    assert refused.status_code == 422
    assert "not well formed" in refused.content.decode()
    sent = asker.post(f"/en/console{form}", {**wrong, "reason": "The letter.", "identifier": PERSON})
    made = CorrectionRequest.objects.get()
    assert (sent.status_code, sent["Location"]) == (302, f"/en/console/corrections/{made.number}")
    for who in (asker, owner):
        shown = page(who, f"/corrections/{made.number}")
        assert SECRET in shown
        assert PERSON not in shown
    assert made.number in page(owner, "/corrections")
    assert "a value looks wrong" in page(owner, "")
    answer = owner.post(f"/en/console/corrections/{made.number}", {"verdict": "confirm"})
    assert answer.status_code == 422
    answer = owner.post(f"/en/console/corrections/{made.number}", {"verdict": "confirm", "words": "It is right."})
    assert answer.status_code == 302
    assert "It is right." in page(asker, f"/corrections/{made.number}")
    assert "a value looks wrong" not in page(owner, "")


def test_the_number_is_shown_after_a_recorded_look_alone(world: World, entry: int) -> None:
    made = asked(world, entry)
    looked = sitting(world, "approver").post(f"/en/console/corrections/{made.number}/whose")
    assert PERSON in looked.content.decode()
    assert sitting(world, "reviewer").post(f"/en/console/corrections/{made.number}/whose").status_code == 403
    watched = page(sitting(world, "reviewer"), f"/corrections/{made.number}")
    assert SECRET not in watched
    page(sitting(world, "outsider"), f"/corrections/{made.number}", 404)


def test_only_an_officer_of_the_requester_finds_the_form(world: World, entry: int) -> None:
    form = f"/agreements/{world.agreement.agreement_id}/wrong"
    page(sitting(world, "approver"), form, 403)
    page(sitting(world, "requester_admin"), form, 403)
    page(sitting(world, "outsider"), form, 404)


def test_a_department_that_has_the_old_value_reads_it_on_its_console_until_it_is_done(world: World, entry: int) -> None:
    theirs = receive(agreement_of_outsider(world), "HSG-rental")
    made = answered(world, asked(world, entry))
    new_rows(world)
    for row in Work.objects.filter(name=work.REVISION_WORK, state="WAITING"):
        work.run(row.pk)
    outsider = sitting(world, "outsider")
    assert "was put right" in page(outsider, "")
    listed = page(outsider, "/corrections")
    assert (f"#{theirs}" in listed, f"#{entry}" in listed, SECRET in listed) == (True, False, False)
    notice = made.notices.get(department="HSG")
    assert sitting(world, "asker").post(f"/en/console/corrections/notices/{notice.pk}/seen").status_code == 404
    assert outsider.post(f"/en/console/corrections/notices/{notice.pk}/seen").status_code == 302
    assert "was put right" not in page(outsider, "")


def test_what_was_asked_is_taken_back(world: World, entry: int) -> None:
    made = asked(world, entry)
    assert sitting(world, "approver").post(f"/en/console/corrections/{made.number}/take_back").status_code == 403
    assert sitting(world, "asker").post(f"/en/console/corrections/{made.number}/take_back").status_code == 302
    made.refresh_from_db()
    assert made.state == "WITHDRAWN"
