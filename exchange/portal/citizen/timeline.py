"""What happened to an application, step by step, and what comes next."""

from __future__ import annotations

from itertools import groupby

from exchange.affairs.lifecycle import CaseState
from exchange.affairs.models import Case, CaseStep
from exchange.affairs.recorded import HUB
from exchange.portal.citizen import words
from exchange.portal.templatetags.look_parts import Step

_COMING = {
    CaseState.STARTED: ("ask_offices", "gathered", "submit", "decide"),
    CaseState.GATHERING: ("gathered", "submit", "decide"),
    CaseState.PREVIEW: ("submit", "decide"),
    CaseState.SUBMITTED: ("decide",),
    CaseState.OBJECTED: ("review",),
}


def timeline_of(case: Case) -> list[Step]:
    """Done steps with their time and doer, then those that are still to come; the first of these is the present one."""
    runs = [list(run) for _, run in groupby(case.steps.all(), key=lambda step: (step.event, step.by))]
    done = [_done(run[-1], len(run)) for run in runs]
    coming = [str(words.COMING[event]) for event in _COMING.get(CaseState(case.state), ())]
    states = ["current", *["coming"] * len(coming)]
    return [*done, *(Step(title, state) for title, state in zip(coming, states, strict=False))]


def _done(step: CaseStep, times: int) -> Step:
    """One line for the same step taken several times in a row, such as looking at each answer."""
    note = f"× {times}" if times > 1 else ""
    said = words.DONE_FOR_YOU.get(step.event) if step.by == HUB else None
    return Step(str(said or words.EVENTS.get(step.event, step.event)), "done", str(words.DOERS.get(step.by, "")), step.at, note)
