"""Public figures about clocks: counted from steps, borne out by the log, and a row changed by hand is found."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.test import Client
from django.utils import timezone

from exchange.sharing import actions
from exchange.sharing.clocks import actions as clock_actions
from exchange.sharing.clocks.figures import Kept, kept_clocks
from exchange.sharing.clocks.recounting import differences
from exchange.sharing.models import CorrectionRequest, Dispute, Extension, Move, RequestPart
from tests.sharing.correcting import answered, asked, receive, settled_log
from tests.world import World, ask, part_of


def figures(code: str = "DPF") -> Kept:
    return next(line for line in kept_clocks(timezone.localdate(), "DATA") if line.code == code)


def checked(world: World) -> RequestPart:
    part = part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))
    actions.check(part, acting_user=world.person("reviewer"), department=world.authority)
    return part


def refuse(world: World, part: RequestPart) -> None:
    actions.refuse(part, reason="No.", ground="LAW_FORBIDS", acting_user=world.person("approver"), department=world.owner)


def test_answers_are_counted_in_time_late_and_overdue(world: World) -> None:
    before = figures()
    assert (before.received, before.answered, before.in_time, before.median_days) == (1, 1, 1, 0)
    parts = [checked(world) for _ in range(3)]
    refuse(world, parts[0])
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=True):
        refuse(world, parts[1])
        after = figures()
    assert (after.received, after.answered, after.in_time, after.late, after.overdue) == (4, 3, 2, 1, 1)
    assert after.share_in_time == 67


def test_overdue_counts_where_it_lies(world: World) -> None:
    ask(world.person("asker"), world.requester, world.purpose, world.conditional)
    with time_machine.travel(timezone.now() + timedelta(days=60), tick=True):
        assert (figures("DATA").overdue, figures().overdue) == (1, 0)


def test_a_clock_that_stands_is_not_overdue_and_an_extension_counts(world: World) -> None:
    part = checked(world)
    clock_actions.ask_extension(part, reason="x", acting_user=world.person("approver"), department=world.owner)
    reviewer: dict[str, Any] = {"acting_user": world.person("second_reviewer"), "department": world.authority}
    clock_actions.answer_extension(part, is_granted=True, answer="x", **reviewer)
    clock_actions.pause_part(part, reason="SITE_VISIT", note="x", **reviewer)
    with time_machine.travel(timezone.now() + timedelta(days=90), tick=True):
        line = figures()
    assert (line.extensions, line.overdue) == (1, 0)


def test_corrections_and_disputes_are_counted(world: World) -> None:
    answered(world, asked(world, receive(world.agreement)), "confirm")
    line = figures()
    assert (line.corrections_received, line.corrections_answered, line.corrections_in_time) == (1, 1, 1)


def test_counting_takes_the_same_queries_for_one_part_and_for_many(world: World, django_assert_max_num_queries: Any) -> None:
    for _ in range(4):
        checked(world)
    with django_assert_max_num_queries(8):
        kept_clocks(timezone.localdate(), "DATA")


def test_the_log_bears_out_every_step(world: World) -> None:
    correction = answered(world, asked(world, receive(world.agreement)))
    refuse(world, checked(world))
    assert correction.number
    assert differences() == 0, "what waits for its place in the log counts too"
    settled_log()
    assert differences() == 0
    call_command("recount_clocks")


@pytest.mark.parametrize("change", ["a step taken away", "a step dated back", "a correction made up", "an extension made up"])
def test_rows_changed_by_hand_are_found(world: World, change: str) -> None:
    part = checked(world)
    asked(world, receive(world.agreement))
    if change == "a step taken away":
        Move.objects.filter(part=part).latest("pk").delete()
    elif change == "a step dated back":
        Move.objects.filter(part=part).update(at=timezone.now().replace(microsecond=0) - timedelta(days=5))
    elif change == "a correction made up":
        CorrectionRequest.objects.update(number="C-MADEUP")
    else:
        now = {"asked_at": timezone.now(), "decided_by": world.person("reviewer"), "asked_by": world.person("approver")}
        Extension.objects.create(kind="PART", target=str(part.pk), state="GRANTED", days=9, reason="x", department=world.owner, **now)
    with pytest.raises(CommandError, match="differ"):
        call_command("recount_clocks")
    assert not Dispute.objects.exists()


def test_the_figures_stand_in_public(world: World) -> None:
    page = Client().get("/en/transparency").content.decode()
    assert "How departments keep their clocks" in page
    assert "Departments are no people" in page
    assert "100 %" in page
