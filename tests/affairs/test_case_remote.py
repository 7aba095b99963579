"""A case asks a register outside the hub: it waits, collects through the same door, and never shows an empty field."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils import timezone

from catalog.models import Work
from catalog.stores import ProviderFailed, Reply, Why
from exchange.affairs.gathering import calling, gather_now
from exchange.affairs.lifecycle import CaseState, EvidenceState
from exchange.affairs.models import Case, Evidence
from exchange.affairs.reading import found_of
from exchange.delivery.errands import completing
from exchange.delivery.models import Errand
from tests.affairs.test_case_gathering import CERTIFICATE, rows
from tests.affairs.world import IDENTIFIERS, AffairsWorld
from tests.delivery.errands_world import OFFICER_STORE, SQL_STORE, ScriptedStore, answered_elsewhere, asked_round

RECORD = {"person": IDENTIFIERS["granted"], "type": "visual", "grade": 1, "valid_until": "2031-12-31"}


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test waits for an answer that it gives itself later."""
    monkeypatch.setattr(calling, "PATIENCE_S", 0)


def come_due(case: Case) -> None:
    """The time for the next look has come."""
    now = timezone.now()
    Evidence.objects.filter(evidence_set=case.evidence_set_id, next_try_at__isnull=False).update(next_try_at=now)
    Work.objects.filter(target=str(case.pk), state="WAITING").update(not_before=now)


def looked_again(case: Case) -> dict[str, Evidence]:
    come_due(case)
    gather_now(case)
    return rows(case)


def states(case: Case) -> set[str]:
    return {str(rows(case)[name].state) for name in CERTIFICATE}


def answers(case: Case) -> dict[str, Any]:
    return {name: found.answer for name, found in found_of(case).items() if name in CERTIFICATE}


def store() -> ScriptedStore:
    return ScriptedStore({IDENTIFIERS["granted"]: [RECORD]})


def test_a_case_waits_for_a_database_and_collects_its_answer(affairs_world: AffairsWorld) -> None:
    hosted = answers(affairs_world.shown("to_officer"))
    assert hosted.keys() == set(CERTIFICATE)
    answered_elsewhere("R14", SQL_STORE)
    case = affairs_world.shown()
    assert states(case) == {EvidenceState.PROVIDER_DOWN}
    assert {row.reason for name, row in rows(case).items() if name in CERTIFICATE} == {"WAITING"}
    questions = Errand.objects.count()
    assert states(case) == {str(looked_again(case)[name].state) for name in CERTIFICATE}
    assert Errand.objects.count() == questions  # it looked, and asked nobody anew
    asked_round(store())
    looked_again(case)
    assert states(case) == {EvidenceState.FETCHED}
    assert answers(case)["certificate_valid"] == "YES"
    assert Errand.objects.count() == questions


def test_a_case_waits_for_an_officer_of_the_provider(affairs_world: AffairsWorld) -> None:
    answered_elsewhere("R14", OFFICER_STORE)
    case = affairs_world.shown()
    assert states(case) == {EvidenceState.WAITING_FOR_OFFICER}
    assert case.state == CaseState.PREVIEW
    asked_round(store())
    assert {str(looked_again(case)[name].state) for name in CERTIFICATE} == {EvidenceState.WAITING_FOR_OFFICER}
    person = affairs_world.people["granted"]
    for errand in Errand.objects.filter(state="WAITING"):
        who = ("person", IDENTIFIERS["granted"])
        items = {"grade", "type", "valid_until"} & _items_of(errand)
        reply = Reply({who: [{item: RECORD[item] for item in items}]}, "2026-11-01T00:00:00Z")
        assert completing.complete(errand.pk, reply, answered_by=person) == "ANSWERED"
    looked_again(case)
    assert states(case) == {EvidenceState.FETCHED}


def _items_of(errand: Errand) -> set[str]:
    """What this errand asks for, as the officer's page shows it."""
    from exchange.delivery.deliver import current_policies
    from exchange.delivery.errands.leasing import question_of
    from exchange.delivery.errands.opening import opened

    found = opened(errand)
    assert found is not None
    question = question_of(errand, found.call, current_policies())
    assert question is not None
    return set(question.items)


def test_a_provider_that_fails_is_asked_anew_later(affairs_world: AffairsWorld) -> None:
    answered_elsewhere("R14", SQL_STORE)
    case = affairs_world.shown()
    asked_round(ScriptedStore(raises=ProviderFailed(Why.WRONG_TYPE)))
    looked_again(case)
    assert {row.reason for name, row in rows(case).items() if name in CERTIFICATE} == {"PROVIDER_DOWN"}
    looked_again(case)
    asked_round(store())
    looked_again(case)
    assert states(case) == {EvidenceState.FETCHED}


def test_a_result_that_was_deleted_is_asked_for_anew(affairs_world: AffairsWorld) -> None:
    answered_elsewhere("R14", SQL_STORE)
    case = affairs_world.shown()
    asked_round(store())
    Errand.objects.update(result=None, question=b"")
    looked_again(case)
    assert states(case) == {EvidenceState.PROVIDER_DOWN}
    looked_again(case)
    asked_round(store())
    looked_again(case)
    assert states(case) == {EvidenceState.FETCHED}
