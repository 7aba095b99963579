"""Work is a row: leased, renewed, finished once, taken over when its worker falls silent."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import transaction
from django.utils import timezone

from catalog import lifecycle, work
from catalog.models import Work

pytestmark = pytest.mark.usefixtures("db")


@pytest.fixture
def done(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    seen: list[str] = []
    monkeypatch.setitem(work._handlers, "tests.note", lambda target, renew: seen.append(target))
    return seen


def test_work_is_done_once(done: list[str]) -> None:
    row = work.enqueue("tests.note", "a")
    assert [work.run(row.pk), work.run(row.pk)] == [True, False]
    assert done == ["a"]
    assert Work.objects.get().state == "DONE"


def test_work_whose_cause_is_rolled_back_does_not_exist(done: list[str]) -> None:
    with pytest.raises(RuntimeError), transaction.atomic():
        _enqueue_and_fail()
    assert work.sweep() == []


def _enqueue_and_fail() -> None:
    work.enqueue("tests.note", "a")
    raise RuntimeError


def test_a_broker_that_is_away_loses_nothing(monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any) -> None:
    from celery import current_app

    def refuse(*_arguments: object, **_members: object) -> None:
        raise OSError("no broker")

    monkeypatch.setattr(current_app, "signature", refuse)
    with django_capture_on_commit_callbacks(execute=True):
        row = work.enqueue("tests.note", "a")
    assert work.sweep() == [row.pk]


def test_leased_work_is_nobody_elses_until_its_lease_runs_out(done: list[str]) -> None:
    row = work.enqueue("tests.note", "a")
    first = work.lease(row.pk)
    assert first is not None
    assert work.lease(row.pk) is None
    assert work.sweep() == []
    with time_machine.travel(timezone.now() + work.LEASE + timedelta(seconds=1), tick=False):
        assert work.sweep() == [row.pk]
        assert work.run(row.pk)
        for late in (lambda: work.renew(first, 50), lambda: work.finish(first)):
            with pytest.raises(work.LeaseLost):
                late()
    assert done == ["a"]


def test_renewing_keeps_the_lease_and_the_progress() -> None:
    held = work.lease(work.enqueue("tests.note", "a").pk)
    assert held is not None
    later = timezone.now() + work.LEASE - timedelta(seconds=5)
    with time_machine.travel(later, tick=False):
        work.renew(held, 140)
    with time_machine.travel(later + timedelta(seconds=10), tick=False):
        assert work.sweep() == []
    assert Work.objects.get().progress == 100


def test_a_handler_that_fails_is_tried_again_later_and_at_last_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(target: str, renew: work.Renew) -> None:
        raise ValueError("the text may hold anything")

    monkeypatch.setitem(work._handlers, "tests.fail", fail)
    monkeypatch.setattr(work, "MOST_ATTEMPTS", 2)
    row = work.enqueue("tests.fail", "a")
    assert not work.run(row.pk)
    assert (Work.objects.get().state, work.sweep()) == ("WAITING", [])
    with time_machine.travel(timezone.now() + timedelta(hours=1), tick=False):
        assert not work.run(row.pk)
    given_up = Work.objects.get()
    assert (given_up.state, given_up.error) == ("FAILED", "ValueError")


@pytest.mark.parametrize("table", [lifecycle.LOAD, lifecycle.WORK])
def test_every_move_starts_and_ends_in_a_known_state(table: Any) -> None:
    states = {state for sources, target in table.values() for state in (*sources, target)}
    enum = type(next(iter(states)))
    assert states == set(enum)


@pytest.mark.parametrize("state", list(lifecycle.LoadState))
@pytest.mark.parametrize("event", list(lifecycle.LoadEvent))
def test_a_load_moves_by_the_table_only(state: str, event: lifecycle.LoadEvent, unsaved_load: Any) -> None:
    from catalog.errors import LoadNotReady
    from catalog.models import Load
    from catalog.moves import move_load

    Load.objects.filter(pk=unsaved_load.pk).update(state=state)
    sources, target = lifecycle.LOAD[event]
    if state in sources:
        move_load(unsaved_load, event)
    else:
        with pytest.raises(LoadNotReady):
            move_load(unsaved_load, event)
    assert Load.objects.get().state == (target if state in sources else state)


@pytest.fixture
def unsaved_load() -> Any:
    import uuid

    from catalog.models import Dataset, DatasetVersion, Department, Load

    department = Department.objects.create(code="CAB", name_en="x", name_zh="x")
    dataset = Dataset.objects.create(
        code="T", name="t", provider=department, sharing_attribute="CONDITIONAL", sensitivity=1, update_frequency="DAILY"
    )
    version = DatasetVersion.objects.create(dataset=dataset, hash="h", major=1, document="{}", act_seq=1)
    return Load.objects.create(dataset=dataset, version=version, uploaded_by=uuid.uuid4(), path="x", filename="x", as_of=timezone.now())
