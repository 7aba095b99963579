"""Raising and lifting alarms: each is one transaction with its entry, its hold, and the notices to whoever has to look."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from exchange.accounts import doors, outbox
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Membership, Person, Role
from exchange.delivery.limits import holds
from exchange.oversight.errors import AlarmMoved, WordsMissing
from exchange.oversight.harvesting.actors import LIFTERS
from exchange.oversight.harvesting.judging import Found, judge
from exchange.oversight.harvesting.reading import callers_seen
from exchange.oversight.harvesting.thresholds import thresholds
from exchange.oversight.lifecycle import ALARM, AlarmEvent
from exchange.oversight.models import Alarm
from exchange.sharing.clocks.reminders import authority, remind, settle
from exchange.sharing.models.clocks import ReminderKind

GUESSING = "GUESSING"
_LONGEST_REASON = 2000
_ACCEPTED_FOR = timedelta(days=31)
logger = logging.getLogger(__name__)


def watch(now: datetime) -> list[Alarm]:
    """Look at what callers asked lately; raise an alarm for each that harvests and has none, and hold it. Safe to run twice."""
    limits = thresholds()
    accepted = Alarm.objects.accepted_until(now - _ACCEPTED_FOR)
    raised = set(Alarm.objects.raised().filter(door="").values_list("department_id", "system"))
    found = [first for seen in callers_seen(now, limits.now_least, accepted=accepted) for first in judge(seen, limits)[:1]]
    new = [one for one in _closest(found) if not raised & {(one.seen.department, one.seen.system), (one.seen.department, "")}]
    return [alarm for one in new if (alarm := _raise(one, now)) is not None]


def raise_about_door(door: str) -> Alarm | None:
    """Too many wrong guesses at a public door; None where its alarm is raised already. The door refuses guesses by itself."""
    now = timezone.now()
    return _made(Alarm(rule=GUESSING, door=door, counted={"wrong": doors.limit_of(door), "minutes": doors.MINUTES}), now)


def lift(alarm: Alarm, *, reason: str, acting_user: Person) -> Alarm:
    """End an alarm and its hold, for the authority. What was asked before it counts no more.

    Raises RoleNeeded (an officer or reviewer of the authority), WordsMissing, AlarmMoved.
    """
    acting_as(acting_user, settings.AUTHORITY_DEPARTMENT, *LIFTERS)
    said, now = reason.strip()[:_LONGEST_REASON], timezone.now()
    if not said:
        raise WordsMissing(_("Say why the alarm may be lifted: who was asked, and what came of it."))
    sources, target = ALARM[AlarmEvent.LIFT]
    with transaction.atomic():
        moved = Alarm.objects.filter(pk=alarm.pk, state__in=sources)
        if not moved.update(state=target, lifted_at=now, lifted_by=acting_user, reason=said):
            raise AlarmMoved(_("Somebody has lifted this alarm already."))
        holds.lift(alarm.number, now=now)
        settle(alarm.number, ReminderKind.ALARM_RAISED)
        side = {"side": settings.AUTHORITY_DEPARTMENT, "officer": acting_user.username or str(acting_user.pk)}
        trail.record(_route(alarm, AlarmEvent.LIFT) | side)
    alarm.refresh_from_db()
    return alarm


def _closest(found: Iterable[Found]) -> list[Found]:
    """One system where one system did it; the whole department where several did, or only all of them together."""
    by_department: dict[str, list[Found]] = {}
    for one in found:
        by_department.setdefault(one.seen.department, []).append(one)
    chosen = []
    for group in by_department.values():
        single = [one for one in group if one.seen.system]
        chosen.append(single[0] if len(single) == 1 else next((one for one in group if not one.seen.system), group[0]))
    return chosen


def _raise(found: Found, now: datetime) -> Alarm | None:
    seen = found.seen
    counted = {name: value for name, value in asdict(seen).items() if name not in ("department", "system")}
    stops = not holds.is_inside(seen.system, seen.department)
    return _made(Alarm(rule=found.rule, department_id=seen.department, system=seen.system, counted=counted, stops=stops), now)


def _made(alarm: Alarm, now: datetime) -> Alarm | None:
    """The alarm, its entry, its hold and its notices: all or nothing. None where another host was quicker."""
    alarm.number, alarm.raised_at = f"A-{secrets.token_hex(6).upper()}", now
    try:
        with transaction.atomic():
            alarm.save(force_insert=True)
            if alarm.stops and alarm.department_id:
                holds.place(department=alarm.department_id, system=alarm.system, alarm=alarm.number, now=now)
            trail.record(_route(alarm, "raise"))
            _tell(alarm, now)
    except IntegrityError:
        return None
    logger.warning("alarm %s was raised: %s", alarm.number, alarm.rule)
    return alarm


def _route(alarm: Alarm, event: str) -> dict[str, Any]:
    return {
        "type": "alarm",
        "event": str(event),
        "alarm": alarm.number,
        "rule": str(alarm.rule),
        "requester": alarm.department_id or "",
        "system": alarm.system,
        "door": alarm.door,
        "count": int(alarm.counted.get("asked_now", alarm.counted.get("wrong", 0))),
    }


def _tell(alarm: Alarm, now: datetime) -> None:
    """Every auditor, and the authority: on their pages, and on its console until the alarm is lifted."""
    for person in Person.objects.filter(pk__in=Membership.objects.in_force(now).filter(role=Role.AUDITOR).values("person")):
        outbox.send(person, "alarm_raised", context={"number": alarm.number})
    home = authority()
    if home is not None:
        remind(ReminderKind.ALARM_RAISED, alarm.number, department=home, on=timezone.localdate(now))
