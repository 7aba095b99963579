"""The four steps of a rehearsal as the page tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.models import VerificationRun
from audit.rehearsal_run import BROKEN, COPIED, NAMED, REPAIRED
from exchange.portal.templatetags.look_parts import Step

_ORDER = (COPIED, BROKEN, NAMED, REPAIRED)


@dataclass(frozen=True)
class Story:
    """What has happened so far: the steps, the thing that was broken, its bytes, and how it was named."""

    steps: list[Step]
    thing: str
    report: dict[str, Any]
    named: str


def told(run: VerificationRun) -> Story:
    """The story of a run from what it has kept."""
    report = run.report
    reached = _ORDER.index(report["step"]) if report.get("step") in _ORDER else -1
    findings = report.get("findings") or []
    return Story(_steps(run, report, reached), _thing(report), report, findings[0]["text"] if findings else "")


def _steps(run: VerificationRun, report: dict[str, Any], reached: int) -> list[Step]:
    titles = (
        _("The log was copied, and the copy verified"),
        _("One byte of the copy was changed"),
        _("The copy was verified again, and the change was named"),
        _("The byte was put right, and the copy verified once more"),
    )
    notes = (
        _("{size} entries, all sound.").format(size=report.get("size", 0)) if report.get("was_sound") else _("The copy was not sound."),
        _("Byte {offset} of {length}.").format(offset=report.get("offset", 0), length=report.get("length", 0)),
        _("The hub's own log was never touched."),
        _("Everything is proved again.") if report.get("is_sound") else _("The copy was not sound."),
    )
    return [
        Step(title, _state(run, number, reached), note=note if number <= reached else "")
        for number, (title, note) in enumerate(zip(titles, notes, strict=True))
    ]


def _state(run: VerificationRun, number: int, reached: int) -> str:
    if number <= reached:
        return "done"
    if number == reached + 1 and run.state == "RUNNING":
        return "current"
    return "stopped" if run.state in ("CANCELLED", "FAILED") and number == reached + 1 else "coming"


def _thing(report: dict[str, Any]) -> str:
    names = {
        "entry": _("entry {number}"),
        "act": _("act {number}"),
        "disclosure": _("what is disclosed beside entry {number}"),
    }
    return names.get(str(report.get("kind")), "").format(number=report.get("number", 0))
