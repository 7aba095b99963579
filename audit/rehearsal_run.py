"""Carries out a rehearsal step by step, keeping the story: copied and sound, one byte changed, named, repaired and sound."""

from __future__ import annotations

import uuid
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import rehearsal
from audit.authority import version
from audit.errors import HubError
from audit.head import read_head
from audit.lifecycle import RunEvent
from audit.models import VerificationRun
from audit.rehearsal import Broken, Change, Place
from audit.runs import Told, finding_document, move, noting
from audit.verification import VerificationReport

COPIED, BROKEN, NAMED, REPAIRED = "COPIED", "BROKEN", "NAMED", "REPAIRED"
_AROUND = 16  # bytes shown before and after the changed one


class _Stopped(Exception):
    """The run was cancelled."""


def usual_place(kind: Broken) -> Place:
    """A place to break when nobody names one: the middle of the log or of the acts."""
    last = version()[0] if kind is Broken.ACT else read_head().size - 1
    return Place(kind, max(1, last // 2))


def rehearse(run_id: uuid.UUID, told: Told) -> None:
    """Copy, break, verify, repair; the copy is removed whatever happens. Safe to run twice."""
    if not move(run_id, RunEvent.START, done=0, total=100):
        return
    report = VerificationRun.objects.values_list("report", flat=True).get(pk=run_id)
    place = Place(Broken(report["kind"]), report["number"])
    path = Path(settings.HUB_HOME) / "rehearsals" / f"{run_id}.sqlite3"
    try:
        _tell_story(run_id, place, path, told)
    except _Stopped:
        return
    except HubError as error:
        move(run_id, RunEvent.FAIL, finished_at=timezone.now(), report={**report, "fault": error.reason})
    finally:
        path.unlink(missing_ok=True)


def _tell_story(run_id: uuid.UUID, place: Place, path: Path, told: Told) -> None:
    story: dict[str, Any] = {"kind": place.kind.value, "number": place.number}
    rehearsal.copy_log(path)
    first = _verified(run_id, path, told, first=5)
    _keep(run_id, story, step=COPIED, size=first.size, was_sound=first.is_sound)
    _keep(run_id, story, step=BROKEN, **_shown(rehearsal.break_byte(path, place)))
    second = _verified(run_id, path, told, first=35)
    _keep(run_id, story, step=NAMED, findings=[finding_document(item) for item in second.findings[:3]])
    rehearsal.repair(path, place)
    third = _verified(run_id, path, told, first=65)
    story |= {"step": REPAIRED, "is_sound": third.is_sound}
    move(run_id, RunEvent.FINISH, finished_at=timezone.now(), done=100, is_sound=third.is_sound, report=story)


def _verified(run_id: uuid.UUID, path: Path, told: Told, *, first: int) -> VerificationReport:
    report = rehearsal.verify_copy(path, noting(run_id, told, first=first, share=30))
    if report.is_cancelled:
        raise _Stopped
    return report


def _keep(run_id: uuid.UUID, story: dict[str, Any], **news: Any) -> None:
    story |= news
    VerificationRun.objects.filter(pk=run_id).update(report=story)


def _shown(change: Change) -> dict[str, Any]:
    """The bytes around the changed one as text, and after how many characters it stands."""
    start = max(0, change.offset - _AROUND)
    end = change.offset + _AROUND + 1
    return {
        "offset": change.offset,
        "length": len(change.before),
        "caret": len(change.before[start : change.offset].decode("utf-8", "replace")),
        "before": change.before[start:end].decode("utf-8", "replace"),
        "after": change.after[start:end].decode("utf-8", "replace"),
        "byte_before": f"{change.before[change.offset]:02x}",
        "byte_after": f"{change.after[change.offset]:02x}",
    }
