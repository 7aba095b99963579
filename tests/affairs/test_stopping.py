"""What an agreement's end would stop: the matters that ask under it, with their open cases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils import timezone

from exchange.affairs.stopping import stopped_by
from exchange.sharing.losses import losses_of

if TYPE_CHECKING:
    from tests.affairs.world import AffairsWorld


def test_the_matters_that_ask_under_an_agreement_are_named_with_their_open_cases(affairs_world: AffairsWorld) -> None:
    agreement = next(row for row in affairs_world.agreements.values() if row.document["dataset"] == "R14")
    before = {row.code: row.open_cases for row in stopped_by(agreement)}
    assert before["M04"] == 0
    affairs_world.start("granted")
    assert {row.code: row.open_cases for row in stopped_by(agreement)}["M04"] == 1
    assert losses_of(agreement, timezone.now()).open_cases == sum(before.values()) + 1


def test_an_agreement_that_no_matter_asks_under_stops_none(affairs_world: AffairsWorld) -> None:
    agreement = next(row for row in affairs_world.agreements.values() if row.document["dataset"] == "R14")
    agreement.document = {**agreement.document, "dataset": "R01"}
    assert list(stopped_by(agreement)) == []
