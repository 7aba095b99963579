"""Verifying the whole log and breaking a byte, as pages: asked for, followed, cancelled, and the verdict kept."""

from __future__ import annotations

import uuid

import pytest
from django.conf import LazySettings
from django.test import Client

from audit import runs
from audit.errors import Conflict
from audit.models import Entry, EntryIndex, VerificationRun
from audit.rehearsal import Broken
from catalog import work
from catalog.models import Work
from exchange.portal.auditor.strip import log_strip
from tests.portal.auditor_log import calls, merge, signed_in
from tests.world import World


@pytest.fixture
def auditor(world: World) -> Client:
    calls(world)
    return signed_in(world.person("auditor"))


def asked_for(browser: Client) -> VerificationRun:
    answer = browser.post("/en/audit/verify/start")
    assert answer.status_code == 302
    return VerificationRun.objects.get(pk=uuid.UUID(answer["Location"].rsplit("/", 1)[1]))


def worked(run: VerificationRun) -> VerificationRun:
    """What a worker does when it is woken."""
    assert work.run(Work.objects.get(target=str(run.pk)).pk)
    run.refresh_from_db()
    return run


def test_a_verification_is_asked_for_carried_out_and_kept(auditor: Client, world: World) -> None:
    run = asked_for(auditor)
    waiting = auditor.get(f"/en/audit/verify/{run.pk}").content.decode()
    assert f"/en/audit/verify/{run.pk}/progress" in waiting
    assert "Look again" in waiting  # without scripts the page is loaded again by hand
    size = Entry.objects.count()
    run = worked(run)
    assert (run.state, run.is_sound, run.size, run.report["size"]) == ("DONE", True, size, size)
    page = auditor.get(f"/en/audit/verify/{run.pk}").content.decode()
    assert "Everything is proved" in page
    assert world.person("auditor").display_name in page
    merge()
    assert EntryIndex.objects.filter(type="verification").count() == 1


def test_the_progress_ends_the_polling_when_the_run_has_ended(auditor: Client) -> None:
    run = asked_for(auditor)
    running = auditor.get(f"/en/audit/verify/{run.pk}/progress")
    assert "hx-get" in running.content.decode()
    assert "HX-Refresh" not in running
    worked(run)
    ended = auditor.get(f"/en/audit/verify/{run.pk}/progress")
    assert "hx-get" not in ended.content.decode()
    assert ended["HX-Refresh"] == "true"


def test_a_second_request_joins_the_run_that_is_under_way(auditor: Client) -> None:
    assert asked_for(auditor) == asked_for(auditor)
    assert Work.objects.filter(name="audit.verify_log").count() == 1


def test_a_fault_is_named_with_its_entry(auditor: Client) -> None:
    row = Entry.objects.get(index=9)
    Entry.objects.filter(index=9).update(raw=bytes(row.raw)[:-1] + b" ")
    run = worked(asked_for(auditor))
    assert not run.is_sound
    assert run.size == 0
    page = auditor.get(f"/en/audit/verify/{run.pk}").content.decode()
    assert "Entry 9 is not what the log committed to" in page
    assert "Entry 9 is not what the log committed to" in auditor.get("/en/audit").content.decode()


def test_the_strip_says_no_more_than_was_verified(auditor: Client, world: World) -> None:
    assert log_strip().index is None
    assert "Not verified yet" in auditor.get("/en/audit").content.decode()
    run = worked(asked_for(auditor))
    assert log_strip().index == run.size - 1
    calls(world, 5)
    assert log_strip().index == run.size - 1
    newest = log_strip().newest
    assert newest is not None
    assert newest > run.size - 1
    Entry.objects.filter(index=3).delete()
    worked(asked_for(auditor))
    assert log_strip().index is None
    assert log_strip().fault == "Entry 3 is not what the log committed to"


def test_a_cancelled_run_stops_and_has_no_verdict(auditor: Client) -> None:
    run = asked_for(auditor)
    assert auditor.post(f"/en/audit/verify/{run.pk}/cancel").status_code == 302
    run = worked(run)
    assert (run.state, run.is_sound, run.report) == ("CANCELLED", False, {})
    assert runs.last_verdict() is None
    assert "stopped before it came to a verdict" in auditor.get(f"/en/audit/verify/{run.pk}").content.decode()
    with pytest.raises(Conflict):
        runs.cancel(run)


def test_a_run_that_is_cancelled_while_it_runs_stops_at_its_next_note(auditor: Client) -> None:
    run = asked_for(auditor)
    told: list[int] = []

    def cancelling(percent: int) -> None:
        told.append(percent)
        runs.cancel(run)

    runs.verify_log(run.pk, cancelling)
    run.refresh_from_db()
    assert told
    assert (run.state, run.is_sound) == ("CANCELLED", False)


def test_a_run_that_cannot_be_carried_out_says_so(auditor: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    run = asked_for(auditor)

    def broken(**_nothing: object) -> None:
        raise OSError

    monkeypatch.setattr(runs, "verify", broken)
    work.run(Work.objects.get(target=str(run.pk)).pk)
    assert "could not be carried out" in auditor.get(f"/en/audit/verify/{run.pk}").content.decode()


@pytest.mark.parametrize("kind", list(Broken))
def test_a_byte_is_broken_named_and_repaired_on_a_copy(auditor: Client, settings: LazySettings, kind: Broken) -> None:
    settings.DEMO = True
    before = list(Entry.objects.values_list("index", "raw"))
    answer = auditor.post("/en/audit/break/start", {"kind": kind.value, "number": "5"})
    run = worked(VerificationRun.objects.get(pk=uuid.UUID(answer["Location"].rsplit("/", 1)[1])))
    page = auditor.get(f"/en/audit/verify/{run.pk}").content.decode()
    assert (run.state, run.is_sound, run.report["was_sound"]) == ("DONE", True, True)
    assert run.report["before"] != run.report["after"]
    assert "It did not pass unseen" in page
    assert {"act": "Act 5 is not", "entry": "Entry 5 is not", "disclosure": "Entry 5 is not"}[kind.value] in page
    assert list(Entry.objects.values_list("index", "raw")) == before
    assert runs.last_verdict() is None  # a rehearsal says nothing about the hub's own log
    assert not list((settings.HUB_HOME / "rehearsals").iterdir())


def test_an_entry_that_is_not_there_cannot_be_broken(auditor: Client, settings: LazySettings) -> None:
    settings.DEMO = True
    answer = auditor.post("/en/audit/break/start", {"kind": "entry", "number": "100000"})
    run = worked(VerificationRun.objects.get(pk=uuid.UUID(answer["Location"].rsplit("/", 1)[1])))
    assert run.state == "FAILED"
    assert "Nothing was broken" in auditor.get(f"/en/audit/verify/{run.pk}").content.decode()


def test_a_choice_that_is_none_is_asked_again(auditor: Client, settings: LazySettings) -> None:
    settings.DEMO = True
    assert auditor.post("/en/audit/break/start", {"kind": "everything"}).status_code == 422


def test_bytes_are_broken_in_a_demonstration_only(auditor: Client, settings: LazySettings) -> None:
    settings.DEMO = False
    assert auditor.get("/en/audit/break").status_code == 404
    assert auditor.post("/en/audit/break/start", {"kind": "entry"}).status_code == 404


@pytest.mark.parametrize("path", ["/en/audit/verify/start", "/en/audit/break/start"])
def test_others_start_nothing(world: World, settings: LazySettings, path: str) -> None:
    settings.DEMO = True
    assert signed_in(world.person("asker")).post(path, {"kind": "entry"}).status_code == 403
    assert Client().post(path, {"kind": "entry"}).status_code == 302
    assert not VerificationRun.objects.exists()
