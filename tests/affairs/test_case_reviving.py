"""Asking that was given up begins again; what is in somebody's hands, or decided, is left alone."""

from __future__ import annotations

from django.utils import timezone

from catalog.models import Work
from exchange.affairs import actions
from exchange.affairs.gathering import WORK, gather_now
from exchange.affairs.gathering.reviving import revive_gathering
from tests.affairs.world import AffairsWorld


def test_a_case_whose_work_was_given_up_is_asked_again(affairs_world: AffairsWorld) -> None:
    case = actions.ask_offices(affairs_world.start(), applicant=affairs_world.applicant())
    Work.objects.filter(name=WORK).update(state="FAILED", finished_at=timezone.now())
    assert not gather_now(case)
    assert revive_gathering() == 1
    assert gather_now(case)
    case.refresh_from_db()
    assert case.state == "PREVIEW"


def test_work_that_waits_or_is_held_is_not_doubled(affairs_world: AffairsWorld) -> None:
    actions.ask_offices(affairs_world.start(), applicant=affairs_world.applicant())
    assert revive_gathering() == 0
    Work.objects.filter(name=WORK).update(state="LEASED", leased_until=timezone.now())
    assert revive_gathering() == 0


def test_what_is_answered_or_decided_is_left_alone(affairs_world: AffairsWorld) -> None:
    affairs_world.shown("refused")
    affairs_world.submitted("granted")
    assert revive_gathering() == 0
