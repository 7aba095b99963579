"""No material may be asked for on the way of an offer: publishing, running and answering each refuse it."""

from __future__ import annotations

import ast
import copy
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

import exchange.affairs.offers
from exchange.affairs.actions.previewing import require_offered
from exchange.affairs.errors import AnswerIncomplete, MatterInvalid
from exchange.affairs.matters import load_matter_file, publish_matter
from exchange.affairs.models import Evidence, Offer
from exchange.affairs.offers.actions import accept
from exchange.affairs.offers.checks import Told, failed, is_met, reasons_against
from exchange.affairs.rules import MatterPlan, read_matter
from tests.affairs.offers_world import OffersWorld, build_offers_world
from tests.remembered import remembered

M13 = Path(settings.JURISDICTION_DIR) / "matters" / "M13.yaml"
PAPER = {"code": "letter", "title": {"en": "A letter of the village", "zh": "村委会证明信"}, "disposition": "SELF_PROVIDED"}


@pytest.fixture
def world(db: None, settings: Any) -> OffersWorld:
    settings.ALLOW_HUB_CUSTODY = True
    world: OffersWorld = remembered("offers", build_offers_world)
    return world


def document() -> dict[str, Any]:
    return copy.deepcopy(load_matter_file(M13))


def plan() -> MatterPlan:
    return read_matter(document())


def with_a_paper() -> dict[str, Any]:
    changed = document()
    changed["former_materials"].append(PAPER)
    return changed


def with_a_needed_word() -> dict[str, Any]:
    changed = document()
    word = next(need for need in changed["requirements"] if need["kind"] == "self_provided")
    word["needed"] = True
    return changed


@pytest.mark.parametrize("changed", [with_a_paper, with_a_needed_word])
def test_a_matter_that_is_offered_and_asks_for_something_is_not_published(world: OffersWorld, changed: Any) -> None:
    with pytest.raises(MatterInvalid) as refusal:
        publish_matter(changed(), acting_system="tests")
    assert {fault.rule for fault in refusal.value.faults} == {"proactive"}


@pytest.mark.parametrize("changed", [with_a_paper, with_a_needed_word])
def test_and_a_run_would_not_begin_with_it(changed: Any) -> None:
    assert reasons_against(plan()) == []
    assert len(reasons_against(read_matter(changed()))) == 1


def test_a_case_that_came_from_an_offer_takes_no_file(world: OffersWorld) -> None:
    world.run()
    world.city.datasets["R22"].refresh_from_db()
    offer = accept(world.offer("old"), applicant=world.applicant("old"))
    case = Offer.objects.get(pk=offer.pk).case
    assert case is not None
    row = Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement="age_80").get()
    assert row.state == "FETCHED"
    with pytest.raises(AnswerIncomplete):
        require_offered(case, "age_80", "upload")


def test_nothing_of_an_offer_knows_uploads() -> None:
    for path in Path(str(exchange.affairs.offers.__file__)).parent.glob("*.py"):
        names = {node.id for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Name)}
        assert not names & {"Upload", "upload", "UPLOAD"}, path.name


def told(**answers: str) -> dict[str, Told]:
    return {code: Told(answer, "2026-11-01T00:00:00Z", 1) for code, answer in answers.items()}


@pytest.mark.parametrize("missing", ["age_80", "resident_in_city", "alive"])
@pytest.mark.parametrize("answer", ["NO", "UNKNOWN", None])
def test_only_a_yes_to_everything_makes_an_offer(missing: str, answer: str | None) -> None:
    everything = dict.fromkeys(["age_80", "resident_in_city", "alive"], "YES")
    assert is_met(plan(), told(**everything))
    changed = {**everything, missing: answer} if answer else {code: said for code, said in everything.items() if code != missing}
    assert not is_met(plan(), told(**{code: said for code, said in changed.items() if said}))


def test_only_a_clear_no_ends_what_runs_and_death_is_said_first() -> None:
    assert failed(plan(), told(age_80="YES", resident_in_city="YES", alive="YES")) == ""
    assert failed(plan(), told(age_80="UNKNOWN", resident_in_city="UNKNOWN", alive="UNKNOWN")) == ""
    assert failed(plan(), {}) == ""
    assert failed(plan(), told(age_80="YES", resident_in_city="NO", alive="YES")) == "resident_in_city"
    assert failed(plan(), told(age_80="YES", resident_in_city="NO", alive="NO")) == "alive"
