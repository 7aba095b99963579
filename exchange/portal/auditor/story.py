"""The four steps of a rehearsal as the page tells them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from audit.models import VerificationRun
from audit.rehearsal_run import BROKEN, COPIED, NAMED, REPAIRED
from exchange.portal.auditor.faults import Fault, faults_of
from exchange.portal.templatetags.look_parts import Step

_ORDER = (COPIED, BROKEN, NAMED, REPAIRED)


@dataclass(frozen=True)
class Story:
    """What has happened so far: the steps, the thing that was broken, its bytes, and how it was named."""

    steps: list[Step]
    thing: str
    report: dict[str, Any]
    named: Fault | None
    before: str
    after: str


def told(run: VerificationRun) -> Story:
    """The story of a run from what it has kept."""
    report = run.report
    reached = _ORDER.index(report["step"]) if report.get("step") in _ORDER else -1
    named = faults_of(report)
    return Story(
        steps=_steps(run, report, reached),
        thing=_thing(report),
        report=report,
        named=named[0] if named else None,
        before=_pointed(report, "before"),
        after=_pointed(report, "after"),
    )


def _pointed(report: dict[str, Any], name: str) -> str:
    """The bytes with a mark below the one that was changed."""
    return f"{report[name]}\n{' ' * int(report.get('caret', 0))}^" if name in report else ""


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
        "entry": _("Entry {number} of a copy"),
        "act": _("Act {number} of a copy"),
        "disclosure": _("What is disclosed beside entry {number} of a copy"),
    }
    return names.get(str(report.get("kind")), "").format(number=report.get("number", 0))
