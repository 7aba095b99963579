"""The clock of a request's part: its date is folded from what happened to it, and never restarts when it was returned.

`after_move` stands in the one function that moves parts (moves.py), so no step can forget the clock.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import trail
from catalog.clocks import Due, History, Pause, Stay, TimeLimit, days_left, due_by
from catalog.models import Department
from exchange.sharing import jurisdiction
from exchange.sharing.clocks.pauses import ClockOf, close_pause, open_pause, pauses_of, stands
from exchange.sharing.clocks.reminders import authority
from exchange.sharing.clocks.stages import DueThing, Kinds, forget_stages, remind_of
from exchange.sharing.lifecycle import HOLDER, PartEvent, PartState, Side
from exchange.sharing.lifecycle.clocks import ExtensionState
from exchange.sharing.models import ClockKind, Extension, Move, PauseReason, ReminderKind, RequestPart

KINDS = Kinds(ReminderKind.REQUEST_DUE, ReminderKind.REQUEST_OVERDUE, ReminderKind.REQUEST_ESCALATED)
# Whoever has a part works on this step of its limit; while the requester has it, the clock stands.
STEPS = {Side.AUTHORITY: "check", Side.PROVIDER: "answer"}
RUNNING = tuple(state for state, side in HOLDER.items() if side in STEPS)


@dataclass(frozen=True)
class PartClock:
    """What a page says about a part's clock. `due` None: nobody owes an answer now."""

    limit: TimeLimit
    due: Due | None
    days_left: int | None
    pauses: tuple[Pause, ...]
    is_paused: bool
    extension: Extension | None

    @property
    def days_over(self) -> int:
        """By how many working days it is overdue; 0 when it is not, or stands."""
        return max(0, -(self.days_left or 0)) if not self.is_paused else 0

    @property
    def pause_words(self) -> list[str]:
        """Why it stands now, in words."""
        return [str(PauseReason(pause.reason).label) for pause in self.pauses if pause.until is None]


def clock_of(part: RequestPart) -> ClockOf:
    """Which clock it is."""
    return ClockOf(ClockKind.PART, str(part.pk))


def target_of(part: RequestPart) -> str:
    """How a reminder names a part: the request's number and the dataset's code."""
    return f"{part.request.number}/{part.dataset.code}"


def read_clock(part: RequestPart) -> PartClock:
    """The clock now, folded from its events."""
    today, clock = timezone.localdate(), clock_of(part)
    due = _due(part, today) if part.state in RUNNING else None
    left = days_left(due.on, today=today, calendar=jurisdiction.calendar()) if due else None
    extension = Extension.objects.filter(**clock.columns).first()
    return PartClock(limit_of(part), due, left, pauses_of(clock), stands(clock), extension)


def limit_of(part: RequestPart) -> TimeLimit:
    """The limit that was fixed when the part was handed in; before that, the one that would hold today."""
    if part.due_rule and part.due_rule in jurisdiction.time_limits():
        return jurisdiction.time_limit(part.due_rule)
    return jurisdiction.answer_limit(part.dataset)


def history_of(part: RequestPart) -> History | None:
    """With whom it has lain and when its clock stood, from its moves, pauses and extension; None before it was handed in."""
    granted = Extension.objects.filter(**clock_of(part).columns, state=ExtensionState.GRANTED).first()
    return history_from(list(part.moves.order_by("at", "id")), pauses_of(clock_of(part)), granted.days if granted else 0)


def history_from(moves: Sequence[Move], pauses: tuple[Pause, ...], added_days: int) -> History | None:
    """The same from what was read already: the moves of one part in their order, its pauses, the days that were granted."""
    stays = tuple(_stays(_since_ruling(moves)))
    return History(stays, pauses, added_days) if stays else None


def after_move(part: RequestPart, *, acting_user: Any) -> None:
    """Bring pauses, date and reminders in line with where the part is now. Call in the transaction of the move."""
    state, clock = PartState(part.state), clock_of(part)
    if state is PartState.RETURNED:
        open_pause(clock, PauseReason.SUPPLEMENT, acting_user=acting_user)
    elif state in RUNNING:
        close_pause(clock, PauseReason.SUPPLEMENT)
    if state is PartState.SUBMITTED:
        part.due_rule = jurisdiction.answer_limit(part.dataset).rule  # each handing in is judged by what is on the platform then
    if state in RUNNING:
        recompute(part, is_new=True)
    else:
        forget_stages(target_of(part), KINDS)


def recompute(part: RequestPart, *, is_new: bool = False) -> bool:
    """Write the date anew (`is_new`: whatever stands in the row); whether it moved."""
    limit, due = limit_of(part), _due(part, timezone.localdate())
    if due is None:
        return False
    columns = {
        "due_on": due.on,
        "due_rule": limit.rule,
        "due_provisional": due.is_provisional,
        "due_verified": due.is_verified,
    }
    if not is_new and all(getattr(part, name) == value for name, value in columns.items()):
        return False
    has_moved = part.due_on != due.on
    RequestPart.objects.filter(pk=part.pk).update(**columns)
    for name, value in columns.items():
        setattr(part, name, value)
    if has_moved:
        forget_stages(target_of(part), KINDS)
    return has_moved


def due_reminders(today: date) -> None:
    """What the tick does for parts: dates anew (a calendar may have been announced), then what is to be said."""
    rows = RequestPart.objects.filter(state__in=RUNNING, due_on__isnull=False)
    for part in rows.select_related("request", "dataset__provider", "dataset__current_version").order_by("pk"):
        recompute(part)
        holder = _holder(part)
        if holder is None or part.due_on is None or stands(clock_of(part)):
            continue
        if remind_of(DueThing(target_of(part), holder, part.due_on), KINDS, today):
            _record_overdue(part, holder)


def route_of(part: RequestPart, event: str, **more: Any) -> dict[str, Any]:
    """What the log says in clear about a step of a part's clock."""
    return {
        "type": "clock",
        "event": event,
        "requester": part.request.requester_id,
        "provider": part.dataset.provider_id,
        "dataset": part.dataset.code,
        "purpose": part.request.purpose_id,
        "count": 1,
        **more,
    }


def _due(part: RequestPart, today: date) -> Due | None:
    history = history_of(part)
    if history is None:
        return None
    return due_by(limit_of(part), history, calendar=jurisdiction.calendar(), today=today)


def _since_ruling(moves: Sequence[Move]) -> Sequence[Move]:
    """Where the authority ruled that a part is looked at again, its steps from the ruling on."""
    rulings = [place for place, move in enumerate(moves) if move.event == PartEvent.LOOK_AGAIN]
    return moves[rulings[-1] :] if rulings else moves


def _stays(moves: Iterable[Move]) -> Iterator[Stay]:
    """Each time that somebody who must act had it."""
    step, since = "", date.min
    for move in moves:
        side = HOLDER.get(PartState(move.to_state))
        now_step, on = STEPS.get(side, "") if side else "", timezone.localdate(move.at)
        if now_step == step:
            continue
        if step:
            yield Stay(step, since, on)
        step, since = now_step, on
    if step:
        yield Stay(step, since)


def _holder(part: RequestPart) -> Department | None:
    return authority() if HOLDER[PartState(part.state)] is Side.AUTHORITY else part.dataset.provider


def _record_overdue(part: RequestPart, holder: Department) -> None:
    with transaction.atomic():
        trail.record(route_of(part, "overdue", side=holder.code, acting="hub"), message={"of": target_of(part)})
