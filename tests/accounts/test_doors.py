"""Guessing at public doors over many addresses is refused and reported; whoever has a good link or code is served."""

from __future__ import annotations

import time

import pytest
import time_machine
from django.test import Client

from catalog.models import Work
from exchange.accounts import doors
from exchange.accounts.errors import TooManyTries
from exchange.accounts.models import RateCount
from exchange.oversight.models import Alarm
from exchange.oversight.works import _alarm_about_door

DOOR = "invitation_code"


@pytest.fixture
def one_window(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few guesses are many, and no window ends in the middle."""
    monkeypatch.setattr(doors, "limit_of", lambda _door: 40)
    start = int(time.time()) // 600 * 600 + 1
    with time_machine.travel(start, tick=False):
        yield  # type: ignore[misc]


def guess_from(addresses: int) -> None:
    for number in range(addresses):
        doors.missed(DOOR, f"192.0.2.{number}")


def test_guesses_from_forty_addresses_are_refused_and_reported_once(one_window: None) -> None:
    guess_from(40)
    with pytest.raises(TooManyTries):
        doors.missed(DOOR, "198.51.100.1")
    (waiting,) = Work.objects.filter(name=doors.WORK)
    _alarm_about_door(waiting.target, lambda _percent: None)
    _alarm_about_door(waiting.target, lambda _percent: None)
    alarm = Alarm.objects.get()
    assert (alarm.rule, alarm.door, alarm.counted["wrong"]) == ("GUESSING", DOOR, 40)


def test_without_the_limit_of_the_whole_hub_they_would_not_be(one_window: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "limit_of", lambda _door: 10**9)
    guess_from(50)
    assert not Work.objects.filter(name=doors.WORK).exists()


def test_who_has_guessed_is_turned_away_and_who_has_not_is_served(one_window: None) -> None:
    guess_from(40)
    with pytest.raises(TooManyTries):
        doors.enter(DOOR, "192.0.2.7")
    doors.enter(DOOR, "203.0.113.9")


def test_one_address_alone_is_slowed_down_by_itself(one_window: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doors, "limit_of", lambda _door: 10**9)
    for _ in range(doors.OF_ONE_ADDRESS):
        doors.missed(DOOR, "192.0.2.1")
    with pytest.raises(TooManyTries):
        doors.enter(DOOR, "192.0.2.1")
    with pytest.raises(TooManyTries):
        doors.missed(DOOR, "192.0.2.1")
    doors.enter(DOOR, "192.0.2.2")


def test_no_address_is_kept_in_clear(one_window: None) -> None:
    doors.missed(DOOR, "192.0.2.1")
    assert not any(b"192.0.2" in bytes(row.bucket) for row in RateCount.objects.all())


def test_wrong_licence_numbers_are_refused_in_time(one_window: None, client: Client) -> None:
    statuses = [client.get(f"/v/{number:032x}", REMOTE_ADDR=f"192.0.2.{number}").status_code for number in range(42)]
    assert statuses == [200] * 40 + [429] * 2
