"""Reminders are made once, reach the right people of the right department, and say nothing personal."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from catalog import work
from catalog.models import Work
from exchange.accounts import outbox
from exchange.accounts.message_texts import TEXTS
from exchange.sharing.clocks import reminders
from exchange.sharing.models import Reminder, ReminderKind
from exchange.sharing.tasks import tick
from tests.world import World

DAY = date(2026, 11, 20)


def test_one_thing_is_reminded_of_once_a_day(world: World) -> None:
    assert reminders.remind(ReminderKind.ROLES_UNCONFIRMED, "CAB", department=world.requester, on=DAY)
    assert not reminders.remind(ReminderKind.ROLES_UNCONFIRMED, "CAB", department=world.requester, on=DAY)
    assert Reminder.objects.count() == 1
    assert len(outbox.messages_to(world.person("requester_admin"))) == 1


def test_only_those_who_can_act_are_told(world: World) -> None:
    reminders.remind(ReminderKind.REQUEST_OVERDUE, "2026-000001/R14", department=world.owner, on=DAY)
    assert [text for _, text in outbox.messages_to(world.person("owner_admin"))]
    for name in ("owner_officer", "requester_admin", "reviewer"):
        assert not outbox.messages_to(world.person(name))


def test_every_kind_has_people_and_a_text() -> None:
    for kind in ReminderKind:
        assert reminders.TOLD[kind]
        assert str(TEXTS[f"remind_{kind.value.lower()}"].text).count("{") == 1


def test_a_reminder_of_no_known_kind_is_an_error(world: World) -> None:
    with pytest.raises(ValueError, match="NOTHING"):
        reminders.remind("NOTHING", "x", department=world.owner, on=DAY)


def test_what_is_settled_leaves_the_console(world: World, client: Client) -> None:
    admin = world.person("requester_admin")
    reminders.remind(ReminderKind.ROLES_UNCONFIRMED, "CAB", department=world.requester, on=DAY)
    client.force_login(admin)
    with translation.override("en"):
        page = client.get(reverse("console")).content.decode()
        assert "Roles wait to be confirmed" in page
        reminders.settle("CAB", ReminderKind.ROLES_UNCONFIRMED)
        assert "Roles wait to be confirmed" not in client.get(reverse("console")).content.decode()


def test_the_tick_writes_the_work_of_an_hour_once(db: None) -> None:
    now = datetime(2026, 11, 20, 3, 30, tzinfo=UTC)
    assert reminders.enqueue(now)
    assert not reminders.enqueue(now)
    assert reminders.enqueue(now.replace(hour=4))
    assert Work.objects.filter(name=reminders.WORK).count() == 2


def test_the_tick_is_a_task(db: None) -> None:
    assert tick() in (True, False)
    assert Work.objects.filter(name=reminders.WORK).exists()


def test_a_room_that_fails_silences_no_other_and_is_asked_again(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[date] = []

    def fails(_today: date) -> None:
        raise RuntimeError

    rooms: dict[str, Any] = {"a": fails, "b": asked.append}
    monkeypatch.setattr(reminders, "_rooms", rooms)
    row = work.enqueue(reminders.WORK, "2026-11-20T11")
    assert not work.run(row.pk)
    assert len(asked) == 1
    row.refresh_from_db()
    assert (row.state, row.error) == ("WAITING", "RemindersFailed")
