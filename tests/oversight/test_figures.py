"""Figures that equal a recount: a proof is spared by an exchange in the log, and by nothing else."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from audit.models import Entry, Pending
from catalog import work
from catalog.models import Work
from exchange.affairs import actions
from exchange.affairs.models import Evidence
from exchange.oversight.figures import count_case, figures_of, reading, recount_all
from exchange.oversight.figures.comparing import differences
from exchange.oversight.figures.meeting import How, Piece, met
from exchange.oversight.models import CountedCase, SparedProof
from exchange.oversight.models.figures import Met
from tests.affairs.world import AffairsWorld
from tests.portal.auditor_log import merge

LEAF, OTHER = b"a" * 32, b"b" * 32
FETCHED = Piece("FETCHED", leaf=LEAF)


@pytest.mark.parametrize(
    ("disposition", "pieces", "how"),
    [
        ("VERIFIED", [FETCHED], How.SPARED),
        ("SHARED", [FETCHED, Piece("FETCHED", leaf=OTHER)], How.SPARED),
        ("ABOLISHED", [], How.ABOLISHED),
        ("VERIFIED", [], How.FAILED),
        ("VERIFIED", [Piece("FETCHED", leaf=b"not in the log")], How.FAILED),
        ("VERIFIED", [Piece("UPLOADED")], How.BROUGHT),
        ("VERIFIED", [FETCHED, Piece("UPLOADED")], How.BROUGHT),
        ("VERIFIED", [FETCHED, Piece("COMMITTED")], How.PROMISED),
        ("COMMITMENT", [Piece("COMMITTED")], How.PROMISED),
        ("VERIFIED", [Piece("FETCHED", reason="OFFICER_ANSWERED", leaf=LEAF)], How.BY_OFFICER),
        ("SELF_PROVIDED", [Piece("FETCHED")], How.TOLD),
        ("VERIFIED", [FETCHED, Piece("FETCHED")], How.FAILED),
        *[
            ("VERIFIED", [FETCHED, Piece(state, leaf=LEAF)], How.FAILED)
            for state in ("NO_RECORD", "PROVIDER_DOWN", "REFUSED", "WAITING_FOR_OFFICER", "DECLINED", "DISPUTED", "ASKED")
        ],
    ],
)
def test_a_material_counts_as_what_really_met_it(disposition: str, pieces: list[Piece], how: How) -> None:
    found = met(disposition, pieces, is_logged={LEAF, OTHER}.__contains__)
    assert found.how is how
    assert bool(found.leaves) == (how is How.SPARED)


def test_the_table_knows_every_way_in_which_a_material_is_met() -> None:
    assert {how.value for how in How} == set(Met.values)


def counted(*names: str, world: AffairsWorld) -> list[Any]:
    """Decided cases, counted by the work that a decision leaves behind."""
    cases = [world.submitted(name) for name in names]
    for row in Work.objects.filter(name="oversight.count_case"):
        assert work.run(row.pk)
    return cases


def test_a_decision_is_counted_by_the_work_that_it_leaves(affairs_world: AffairsWorld) -> None:
    (case,) = counted("granted", world=affairs_world)
    row = CountedCase.objects.get(case=case)
    assert (row.matter, row.at_once, row.working_days, row.outcome) == ("M04", True, 0, "GRANTED")
    how = dict(SparedProof.objects.filter(case=case).values_list("material", "met"))
    assert how == {"application_form": "ABOLISHED", "disability_certificate": "SPARED", "low_income_proof": "SPARED", "bank_card": "SPARED"}


def test_each_proof_spared_leads_to_entries_of_the_log(affairs_world: AffairsWorld) -> None:
    counted("granted", world=affairs_world)
    merge()
    for proof in SparedProof.objects.filter(met="SPARED"):
        leaves = [bytes(proof.leaves)[place : place + 32] for place in range(0, len(proof.leaves), 32)]
        assert Entry.objects.filter(leaf__in=leaves).count() == len(set(leaves)) > 0
    assert not differences()


def test_counting_twice_changes_nothing_and_a_recount_gives_the_same(affairs_world: AffairsWorld) -> None:
    cases = counted("granted", "refused", "expired", "neighbour", world=affairs_world)
    assert CountedCase.objects.count() == len(cases)
    assert not differences()
    for case in cases:
        count_case(case.pk)
    assert not differences()
    assert recount_all() == len(cases)
    assert not differences()
    call_command("recount_figures", "--check")


def test_a_forged_figure_is_found_and_mended_by_a_recount(affairs_world: AffairsWorld) -> None:
    counted("granted", "refused", world=affairs_world)
    SparedProof.objects.filter(material="bank_card").update(met="BROUGHT", leaves=None)
    CountedCase.objects.update(at_once=False)
    assert differences() > 0
    with pytest.raises(CommandError, match="differ"):
        call_command("recount_figures", "--check")
    call_command("recount_figures")
    assert not differences()


def test_an_exchange_that_is_not_in_the_log_spares_nothing(affairs_world: AffairsWorld) -> None:
    (case,) = counted("granted", world=affairs_world)
    merge()
    row = Evidence.objects.get(evidence_set=case.evidence_set_id, requirement="low_income_family")
    Evidence.objects.filter(pk=row.pk).update(leaf=b"z" * 32)
    count_case(case.pk)
    assert SparedProof.objects.get(case=case, material="low_income_proof").met == "FAILED"
    assert not Pending.objects.exists()


def test_a_case_that_is_not_decided_is_not_counted(affairs_world: AffairsWorld) -> None:
    case = affairs_world.submitted("to_officer")
    assert case.outcome == ""
    count_case(case.pk)
    withdrawn = affairs_world.shown("granted")
    actions.withdraw(withdrawn, applicant=affairs_world.applicant("granted"))
    count_case(withdrawn.pk)
    assert not CountedCase.objects.exists()
    assert recount_all() == 0


def test_few_cases_are_said_to_be_few_and_nothing_more(affairs_world: AffairsWorld) -> None:
    counted("granted", "refused", world=affairs_world)
    figures = figures_of(timezone.localdate())
    (matter,) = figures.matters
    assert (matter.is_shown, figures.cases, figures.spared, figures.share_at_once) == (False, 0, 0, None)


def test_the_figures_of_a_month_are_those_of_its_cases(affairs_world: AffairsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "FEWEST", 2)
    cases = counted("granted", "refused", "expired", world=affairs_world)
    CountedCase.objects.filter(case=cases[0]).update(working_days=4, at_once=False)
    (matter,) = figures_of(timezone.localdate()).matters
    assert (matter.code, matter.cases, matter.real_days, matter.share_at_once) == ("M04", 3, 0, 67)
    assert (matter.statutory_days, matter.promised_days) == (16, 0)
    assert matter.spared == SparedProof.objects.filter(met="SPARED").count() > 0
    assert figures_of(date(2020, 1, 1)).matters == ()


def test_months_follow_each_other_over_the_turn_of_the_year() -> None:
    assert reading.months_until(date(2026, 2, 28), 3) == [date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)]
    assert reading.following(date(2025, 12, 31)) == date(2026, 1, 1)
