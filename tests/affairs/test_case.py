"""An application from its first step to its decision: what is asked, what is found, who decides."""

from __future__ import annotations

from exchange.affairs.models import Decision, Evidence
from exchange.affairs.reading import found_of, judgement_of
from tests.affairs.world import AffairsWorld


def test_a_citizen_with_everything_on_record_is_granted_both_allowances_at_once(affairs_world: AffairsWorld) -> None:
    case = affairs_world.submitted("granted")
    assert (case.state, case.outcome, case.how) == ("DECIDED", "GRANTED", "AT_ONCE")
    decision = Decision.objects.get(case=case)
    assert {benefit.code for benefit in judgement_of(decision).granted} == {"living_allowance", "care_allowance"}


def test_what_is_found_is_the_registers_own_answer(affairs_world: AffairsWorld) -> None:
    found = found_of(affairs_world.shown("care_only"))
    assert {code: piece.answer for code, piece in found.items()} == {
        "certificate_valid": "YES",
        "grade_severe": "YES",
        "grade_moderate": "NO",
        "type_mental": "NO",
        "low_income_family": "NO",
        "payout_account": "YES",
    }
    assert found["payout_account"].values == [{"bank": "city_bank", "last_four": "2345"}]


def test_one_round_is_one_call_for_each_agreement(affairs_world: AffairsWorld) -> None:
    case = affairs_world.shown("granted")
    leaves = {bytes(row.leaf) for row in Evidence.objects.filter(evidence_set=case.evidence_set_id) if row.leaf}
    assert len(leaves) == 3  # four facts of R14 in one call, one of R13, the account of R22
