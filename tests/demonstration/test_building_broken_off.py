"""A building of the city that is broken off anywhere is finished by the next run, and nothing is done twice."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from audit import acts
from catalog import actions as catalog_actions
from catalog import work
from exchange.accounts.demonstration import sign_in
from exchange.accounts.models import Person
from exchange.affairs import actions as case_actions
from exchange.affairs.models import Case
from exchange.demonstration.building import agreeing, build, calling, demo_json, exchanges, leading, months, publishing, services, staff
from exchange.demonstration.building.plans import IN_FORCE, IS_SIGNED, PLANS, Goal
from exchange.demonstration.building.roll import EMPLOYEES
from exchange.jurisdictions import load_registers
from exchange.sharing import actions as sharing_actions
from exchange.sharing.corrections import actions as correcting
from exchange.sharing.disputes import actions as disputing
from exchange.sharing.models import Agreement, CorrectionRequest, Dispute, DisputeMessage, RequestPart, StandingOffer
from exchange.sharing.offers import joining, reviewing, signing

JOINED = ("framework", "emergency")
"""What a department has joined by one signature: each is a part and an agreement more."""

URL = "http://127.0.0.1:8000"
HOUSEHOLDS = 40


@pytest.fixture
def demonstration(db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A hub that may be a demonstration, with an empty home and without the two big real registers."""
    settings.DEMO = settings.ALLOW_HUB_CUSTODY = True
    settings.HUB_HOME = tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    small = {code: register for code, register in load_registers().items() if not register["open"]}
    monkeypatch.setattr(publishing, "load_registers", lambda: small)
    return tmp_path


class BrokenOff(Exception):
    """Somebody pulled the plug."""


def breaking(function: Callable[..., Any], *, after: int, is_done: bool) -> Callable[..., Any]:
    """The function until its `after`th call, which breaks before or after its work."""
    calls = itertools.count(1)

    def broken(*arguments: Any, **named: Any) -> Any:
        if next(calls) < after:
            return function(*arguments, **named)
        if is_done:
            function(*arguments, **named)
        raise BrokenOff

    return broken


PLACES = [
    (catalog_actions, "register_department", 3),
    (staff, "add_person", 5),
    (staff, "register_system", 4),
    (publishing, "generate", 1),
    (publishing, "publish_version", 1),
    (publishing, "load_file", 1),
    (publishing, "publish_revision", 1),
    (sharing_actions, "draft_request", 2),
    (sharing_actions, "check", 2),
    (sharing_actions, "sign_agreement", 2),
    (calling, "handle", 7),
    (agreeing, "_end", 1),
    (exchanges, "perform", 2),
    (services, "publish_matter", 2),
    (services, "appoint_officer", 2),
    (case_actions, "provide", 1),
    (case_actions, "start_case", 1),
    (case_actions, "ask_offices", 1),
    (leading, "take_offline", 1),
    (leading, "bring_online", 1),
    (case_actions, "fall_back", 1),
    (leading, "gather_now", 1),
    (case_actions, "answer_preview", 1),
    (case_actions, "submit", 1),
    (case_actions, "appeal", 1),
    (case_actions, "settle_appeal", 1),
    (months, "start_run", 1),
    (work, "run", 1),
    (months, "accept_offer", 1),
    (months, "decline_offer", 1),
    (publishing, "publish_revision", 1),
    (months, "enqueue_assuming", 1),
    (months, "start_run", 2),
    (signing, "sign_offer", 1),
    (joining, "join", 1),
    (signing, "revoke_offer", 1),
    (correcting, "ask_correction", 1),
    (disputing, "say", 1),
    (reviewing, "write_review", 1),
    (demo_json, "write", 1),
]
"""Where it is broken off, in the order of the steps, and at which call; each twice: not done, and done but not known."""


ENDS = [
    *[("DECIDED", "GRANTED")] * 5,
    *[("DECIDED", "REFUSED")] * 2,
    *[("SUBMITTED", "")] * 2,
    ("REVIEWED", "GRANTED"),
]
"""How the cases of the stories and of the offers stand in the end."""


def test_a_building_that_is_broken_off_goes_on(demonstration: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for (place, name, after), is_done in itertools.product(PLACES, (False, True)):
        with monkeypatch.context() as patched:
            patched.setattr(place, name, breaking(getattr(place, name), after=after, is_done=is_done))
            with pytest.raises(BrokenOff):
                build(households=HOUSEHOLDS, base_url=URL)
        (demonstration / "demo.json").unlink(missing_ok=True)  # written by the last of them, which then did not know it
    build(households=HOUSEHOLDS, base_url=URL)
    assert Person.objects.count() == len(EMPLOYEES) + len(sign_in().residents)
    assert sorted(Case.objects.values_list("state", "outcome")) == sorted(ENDS)
    assert RequestPart.objects.count() == len(PLANS) + len(JOINED)
    assert Agreement.objects.count() == sum(plan.goal in {*IS_SIGNED, Goal.PROPOSED} for plan in PLANS) + len(JOINED)
    standing = acts.standing()
    assert len(standing.agreements) == len(IN_FORCE) + len(JOINED)
    assert [StandingOffer.objects.count(), CorrectionRequest.objects.count(), Dispute.objects.count()] == [len(JOINED), 2, 1]
    assert DisputeMessage.objects.filter(is_proposal=True).count() == 1
    named = {agreement["id"] for agreement in json.loads((demonstration / "demo.json").read_text("utf-8"))["agreements"]}
    assert named <= {name for name, agreement in standing.agreements.items() if agreement.state == "IN_FORCE"}
