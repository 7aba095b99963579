"""The pages of alarms: who reads them, what they say, and lifting one with a reason."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from exchange.delivery.limits import holds
from exchange.oversight.models import Alarm
from tests.portal.auditor_log import merge, signed_in
from tests.world import World

COUNTED = {"asked_now": 1200, "persons_now": 1180, "unfound_now": 900, "agreements": 2, "systems": 5, "asked_month": 2400, "declared": 500}


@pytest.fixture
def alarm(world: World) -> Alarm:
    """The requester's system is held."""
    told: dict[str, Any] = {"rule": "VOLUME", "department_id": "CAB", "system": "CAB-relief", "counted": COUNTED}
    made = Alarm.objects.create(number="A-0123456789AB", stops=True, raised_at=datetime.now(UTC), **told)
    holds.place(department="CAB", system="CAB-relief", alarm=made.number, now=made.raised_at)
    return made


def test_an_auditor_reads_what_was_counted_and_is_offered_no_lifting(world: World, alarm: Alarm) -> None:
    browser = signed_in(world.person("auditor"))
    listed = browser.get("/en/audit/alarms").content.decode()
    assert alarm.number in listed
    assert "Its calls are refused" in listed
    page = browser.get(f"/en/audit/alarms/{alarm.number}").content.decode()
    assert "2,400" in page
    assert "Far more persons than the volume that was declared" in page
    assert "<textarea" not in page
    assert browser.post(f"/en/audit/alarms/{alarm.number}", {"reason": "I say so."}).status_code == 403
    assert holds.is_held("CAB-relief", "CAB")


def test_a_reviewer_of_the_authority_lifts_it_with_a_reason(world: World, alarm: Alarm) -> None:
    browser = signed_in(world.person("reviewer"))
    place = f"/en/audit/alarms/{alarm.number}"
    assert browser.post(place, {"reason": ""}).status_code == 422
    answer = browser.post(place, {"reason": "The department showed its cases."}, follow=True)
    assert "The department showed its cases." in answer.content.decode()
    assert not holds.is_held("CAB-relief", "CAB")
    merge()
    assert "lifted an alarm with a reason" in browser.get("/en/audit?type=alarm").content.decode()


def test_the_pages_speak_chinese_too(world: World, alarm: Alarm) -> None:
    page = signed_in(world.person("reviewer")).get(f"/zh-hans/audit/alarms/{alarm.number}").content.decode()
    assert "解除告警" in page
    assert "查询人数远超申报的用量" in page


def test_the_api_lists_shows_and_lifts(world: World, alarm: Alarm) -> None:
    browser = signed_in(world.person("reviewer"))
    assert [row["number"] for row in browser.get("/api/v1/alarms").json()["results"]] == [alarm.number]
    assert browser.get(f"/api/v1/alarms/{alarm.number}").json()["counted"]["asked_month"] == 2400
    lifted = browser.post(f"/api/v1/alarms/{alarm.number}/lift", {"reason": "A drill."}, content_type="application/json")
    assert (lifted.status_code, lifted.json()["state"]) == (200, "LIFTED")
    again = browser.post(f"/api/v1/alarms/{alarm.number}/lift", {"reason": "A drill."}, content_type="application/json")
    assert (again.status_code, again.json()["code"]) == (409, "ALARM_MOVED")
