"""The world that other tests stand on is what it says it is."""

from __future__ import annotations

from exchange.sharing.policy import compile_policies
from tests.world import World


def test_the_agreement_of_the_world_is_in_force_by_its_act(world: World) -> None:
    found = world.standing.agreements[world.agreement.agreement_id]
    assert (found.state, world.agreement.state) == ("IN_FORCE", "IN_FORCE")
    policy = compile_policies(world.standing).by_agreement[world.agreement.agreement_id]
    assert (policy.items, sorted(policy.facts)) == (("grade", "valid_until"), ["grade_in", "valid"])


def test_both_datasets_have_rows(world: World) -> None:
    assert {"R14", "R90"} <= world.standing.revisions.keys()
    assert world.conditional.current_revision is not None
    assert world.conditional.current_revision.row_count == 20
