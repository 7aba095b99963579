"""Pages of use and rehearsal: figures from the log, one step to narrow, and nothing for who is no party."""

from __future__ import annotations

from audit import follower, sequencer
from exchange.sharing.models import RequestPart
from tests.delivery.wire_caller import Caller
from tests.portal.test_department_agreements import page, place, signed_in
from tests.world import World
from tests.world_data import SUBJECTS


def asked_once(world: World) -> None:
    assert Caller("CAB-relief").query(world.agreement.agreement_id, SUBJECTS[0]).status == 200
    sequencer.sequence_once()
    follower.follow_once()


def test_the_requester_gives_back_what_it_never_used(world: World) -> None:
    asked_once(world)
    client = signed_in(world, "asker")
    shown = page(client.get(f"{place(world)}/use"))
    assert "Give back what is not used" in shown
    assert all(fact["fact"] in shown for fact in world.agreement.document["facts"])
    answer = client.post(f"{place(world)}/narrow")
    part = RequestPart.objects.get(supersedes=world.agreement.agreement_id)
    assert answer["Location"].endswith(f"/console/requests/{part.request.number}")
    assert part.state == "SUBMITTED"


def test_the_owner_reads_the_use_and_gives_nothing_back(world: World) -> None:
    asked_once(world)
    client = signed_in(world, "approver")
    assert "Give back what is not used" not in page(client.get(f"{place(world)}/use"))
    assert client.post(f"{place(world)}/narrow").status_code == 403


def test_an_unused_agreement_says_so_in_both_languages(world: World) -> None:
    client = signed_in(world, "asker")
    assert "Nothing was asked in this time" in page(client.get(f"{place(world)}/use"))
    assert "这段时间没有查询" in page(client.get(f"{place(world).replace('/en/', '/zh-hans/')}/use"))


def test_a_rehearsal_says_what_would_change(world: World) -> None:
    asked_once(world)
    shown = page(signed_in(world, "approver").get(f"{place(world)}/rehearsal"))
    assert "Rehearsal" in shown
    assert SUBJECTS[0] not in shown


def test_strangers_find_neither(world: World) -> None:
    client = signed_in(world, "outsider")
    for name in ("use", "rehearsal"):
        assert client.get(f"{place(world)}/{name}").status_code == 404
