"""The clock of a part: it stands while something is missing, goes on where it stopped, and is extended once by the authority."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.utils import timezone
from pytest_django.fixtures import Settings

from audit.errors import Fault
from audit.models import Pending
from catalog.clocks import ListedCalendar
from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions, jurisdiction
from exchange.sharing.clocks import actions as clock_actions
from exchange.sharing.clocks import parts, reminders
from exchange.sharing.errors import FourEyes, NotAskable, NotThatSide, StateChanged
from exchange.sharing.models import ClockPause, Extension, Reminder, ReminderKind, RequestPart
from tests.world import World, part_of

PLAIN = ListedCalendar(frozenset(), frozenset(), date(2030, 12, 31))
MONDAY = date(2027, 3, 1)  # a year without any holiday in PLAIN
FAULT = Fault("reason", "short", "Name the paragraph.")


@pytest.fixture
def days(world: World, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Move to a local day, at noon; weekends are all that is off."""
    monkeypatch.setattr(jurisdiction, "calendar", lambda: PLAIN)
    with time_machine.travel(_noon(MONDAY), tick=False) as clock:
        yield lambda day: clock.move_to(_noon(day))


@pytest.fixture
def part(days: Any, world: World) -> RequestPart:
    """Handed in on the Monday, with ten working days for the answer."""
    from tests.world import ask

    return part_of(ask(world.person("asker"), world.requester, world.purpose, world.conditional))


def _noon(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=timezone.get_default_timezone())


def _check(world: World, part: RequestPart) -> None:
    actions.check(part, acting_user=world.person("reviewer"), department=world.authority)


def test_a_returned_part_goes_on_where_it_stopped(world: World, part: RequestPart, days: Any) -> None:
    assert part.due_on == date(2027, 3, 15)
    days(date(2027, 3, 3))
    actions.return_part(part, missing=[FAULT], acting_user=world.person("reviewer"), department=world.authority)
    assert parts.read_clock(part).is_paused
    days(date(2027, 3, 8))
    actions.submit(part.request, acting_user=world.person("asker"), department=world.requester)
    part.refresh_from_db()
    assert part.due_on == date(2027, 3, 19), "the three working days away and the day of coming back are not counted, the one before is"
    assert not parts.read_clock(part).is_paused
    assert [(row.reason, row.until) for row in ClockPause.objects.all()] == [("SUPPLEMENT", date(2027, 3, 7))]


def test_a_profile_with_steps_gives_the_authority_and_the_owner_their_own_days(
    world: World, days: Any, part: RequestPart, settings: Settings
) -> None:
    settings.TIME_LIMITS_PROFILE = "gaoping"
    parts.recompute(part)
    assert part.due_on == date(2027, 3, 3)
    days(date(2027, 3, 2))
    _check(world, part)
    assert part.due_on == date(2027, 3, 9)


def test_data_that_must_first_be_published_have_longer(world: World, settings: Settings) -> None:
    settings.TIME_LIMITS_PROFILE = "gaoping"
    assert jurisdiction.answer_limit(world.conditional).rule == "answer_conditional"
    world.conditional.current_revision = None
    limit = jurisdiction.answer_limit(world.conditional)
    assert (limit.rule, limit.of_step("answer").working_days) == ("answer_conditional_unpublished", 10)
    settings.TIME_LIMITS_PROFILE = ""
    assert jurisdiction.answer_limit(world.conditional).rule == "answer_conditional"


def test_an_extension_that_the_authority_consents_to_moves_the_date_once(world: World, part: RequestPart, days: Any) -> None:
    _check(world, part)
    clock_actions.ask_extension(part, reason="Two registers.", acting_user=world.person("approver"), department=world.owner, days=4)
    assert part_of(part.request).due_on == date(2027, 3, 15), "asking moves nothing"
    found = clock_actions.answer_extension(
        part, is_granted=True, answer="So be it.", acting_user=world.person("second_reviewer"), department=world.authority
    )
    assert found.state == "GRANTED"
    assert part_of(part.request).due_on == date(2027, 3, 19)
    with pytest.raises(StateChanged):
        clock_actions.ask_extension(part, reason="More.", acting_user=world.person("approver"), department=world.owner)
    with pytest.raises(StateChanged):
        clock_actions.answer_extension(
            part, is_granted=False, answer="No.", acting_user=world.person("second_reviewer"), department=world.authority
        )


def test_a_refused_extension_moves_nothing(world: World, part: RequestPart, days: Any) -> None:
    _check(world, part)
    clock_actions.ask_extension(part, reason="Two registers.", acting_user=world.person("approver"), department=world.owner)
    clock_actions.answer_extension(
        part, is_granted=False, answer="One is enough.", acting_user=world.person("reviewer"), department=world.authority
    )
    assert part_of(part.request).due_on == date(2027, 3, 15)


def test_only_the_owner_asks_and_only_the_authority_answers(world: World, part: RequestPart, days: Any) -> None:
    asker: dict[str, Any] = {"acting_user": world.person("asker"), "department": world.requester}
    owner: dict[str, Any] = {"acting_user": world.person("approver"), "department": world.owner}
    _check(world, part)
    with pytest.raises(NotThatSide):
        clock_actions.ask_extension(part, reason="x", **asker)
    clock_actions.ask_extension(part, reason="x", **owner)
    for who in (asker, owner):
        with pytest.raises(NotThatSide):
            clock_actions.answer_extension(part, is_granted=True, answer="x", **who)


def test_nobody_answers_the_extension_that_they_asked_for(world: World, part: RequestPart, days: Any) -> None:
    both = world.person("second_reviewer")
    grant_role(both, department=world.owner, role=Role.OFFICER, acting_user=world.person("owner_admin"))
    _check(world, part)
    clock_actions.ask_extension(part, reason="x", acting_user=both, department=world.owner)
    with pytest.raises(FourEyes):
        clock_actions.answer_extension(part, is_granted=True, answer="x", acting_user=both, department=world.authority)


@pytest.mark.parametrize(("day", "days_asked", "error"), [(16, None, StateChanged), (2, 11, NotAskable), (2, 0, NotAskable)])
def test_an_extension_is_asked_in_time_and_within_its_days(
    world: World, part: RequestPart, days: Any, day: int, days_asked: int | None, error: type[Exception]
) -> None:
    _check(world, part)
    days(date(2027, 3, day))
    with pytest.raises(error):
        clock_actions.ask_extension(part, reason="x", acting_user=world.person("approver"), department=world.owner, days=days_asked)
    assert not Extension.objects.exists()


def test_a_limit_without_extension_knows_none(world: World, part: RequestPart, days: Any, settings: Settings) -> None:
    settings.TIME_LIMITS_PROFILE = "guizhou"
    _check(world, part)
    with pytest.raises(NotAskable):
        clock_actions.ask_extension(part, reason="x", acting_user=world.person("approver"), department=world.owner)


def test_the_authority_stops_a_clock_for_a_coded_reason_and_lets_it_go_on(world: World, part: RequestPart, days: Any) -> None:
    reviewer: dict[str, Any] = {"acting_user": world.person("reviewer"), "department": world.authority}
    for reason, note in (("DISPUTE", "x"), ("LUNCH", "x"), ("PROVIDER_OUTAGE", " ")):
        with pytest.raises(NotAskable):
            clock_actions.pause_part(part, reason=reason, note=note, **reviewer)
    with pytest.raises(NotThatSide):
        clock_actions.pause_part(part, reason="PROVIDER_OUTAGE", note="x", acting_user=world.person("approver"), department=world.owner)
    days(date(2027, 3, 2))
    clock_actions.pause_part(part, reason="PROVIDER_OUTAGE", note="The register is down.", **reviewer)
    days(date(2027, 3, 4))
    clock_actions.resume_part(part, reason="PROVIDER_OUTAGE", **reviewer)
    assert part_of(part.request).due_on == date(2027, 3, 17)
    with pytest.raises(StateChanged):
        clock_actions.resume_part(part, reason="PROVIDER_OUTAGE", **reviewer)


def test_a_date_is_computed_anew_when_a_calendar_is_announced(
    world: World, part: RequestPart, days: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    near = ListedCalendar(frozenset(), frozenset(), date(2027, 3, 5))
    monkeypatch.setattr(jurisdiction, "calendar", lambda: near)
    parts.due_reminders(MONDAY)
    assert part_of(part.request).due_provisional
    announced = ListedCalendar(frozenset({date(2027, 3, 10)}), frozenset(), date(2027, 12, 31))
    monkeypatch.setattr(jurisdiction, "calendar", lambda: announced)
    parts.due_reminders(MONDAY)
    anew = part_of(part.request)
    assert (anew.due_on, anew.due_provisional) == (date(2027, 3, 16), False)


def test_first_the_officers_then_the_heads_then_the_authority(world: World, part: RequestPart, days: Any) -> None:
    _check(world, part)
    said: list[tuple[str, str]] = []
    for day in range(1, 25):
        today = date(2027, 3, day)
        days(today)
        before = set(Reminder.objects.values_list("pk", flat=True))
        for _ in range(2):  # a tick that runs twice says nothing twice
            parts.due_reminders(today)
        said += [(f"{today:%d}", f"{row.kind} {row.department_id}") for row in Reminder.objects.exclude(pk__in=before).order_by("pk")]
    assert said == [
        ("11", "REQUEST_DUE DPF"),
        ("15", "REQUEST_DUE DPF"),
        ("16", "REQUEST_OVERDUE DPF"),
        ("18", "REQUEST_ESCALATED DATA"),
    ]
    assert parts.read_clock(part_of(part.request)).days_over == 7


def test_a_clock_that_stands_reminds_nobody_and_is_not_overdue(world: World, part: RequestPart, days: Any) -> None:
    days(date(2027, 3, 12))
    clock_actions.pause_part(part, reason="SITE_VISIT", note="x", acting_user=world.person("reviewer"), department=world.authority)
    days(date(2027, 4, 12))
    parts.due_reminders(date(2027, 4, 12))
    assert not Reminder.objects.exists()
    assert parts.read_clock(part_of(part.request)).days_over == 0


def test_an_answer_ends_what_was_said_on_the_console(world: World, part: RequestPart, days: Any) -> None:
    _check(world, part)
    days(date(2027, 3, 16))
    parts.due_reminders(date(2027, 3, 16))
    waiting = reminders.open_reminders(world.owner, frozenset({Role.ADMINISTRATOR}))
    assert [row.kind for row in waiting] == [ReminderKind.REQUEST_OVERDUE]
    part.refresh_from_db()
    actions.refuse(part, reason="No.", ground="LAW_FORBIDS", acting_user=world.person("approver"), department=world.owner)
    assert not waiting.all().exists()


def test_every_step_of_a_clock_is_an_entry(world: World, part: RequestPart, days: Any) -> None:
    _check(world, part)
    before = Pending.objects.count()
    clock_actions.ask_extension(part, reason="x", acting_user=world.person("approver"), department=world.owner)
    clock_actions.answer_extension(part, is_granted=True, answer="x", acting_user=world.person("reviewer"), department=world.authority)
    clock_actions.pause_part(part, reason="SITE_VISIT", note="x", acting_user=world.person("reviewer"), department=world.authority)
    clock_actions.resume_part(part, reason="SITE_VISIT", acting_user=world.person("reviewer"), department=world.authority)
    parts.due_reminders(timezone.localdate() + timedelta(days=60))
    assert Pending.objects.count() == before + 5
