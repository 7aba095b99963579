"""When a run begins: by itself on the first of the month, or by an officer's hand; and how a stopped one goes on."""

from __future__ import annotations

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import Fault, Invalid
from catalog import work
from catalog.lifecycle import WorkState
from catalog.models import Work
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Role
from exchange.affairs.models import Matter, Offer, OfferRun
from exchange.affairs.offers import assuming
from exchange.affairs.offers.errors import NotProactive, OfferMoved
from exchange.affairs.offers.lifecycle import RUN, RunEvent
from exchange.affairs.offers.recorded import record_run
from exchange.affairs.offers.running import enqueue_run, require_offerable
from exchange.affairs.rules import read_matter

BEGINS_AT_HOUR = 2
CAUGHT_UP_FOR = timedelta(days=3)
_MONTH = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


def this_month() -> str:
    """`2026-11`, on the hub's calendar."""
    return f"{timezone.localdate():%Y-%m}"


def start_run(matter: Matter, *, month: str, acting_user: Any = None, acting_system: str = "") -> OfferRun:
    """The run of a month, begun once: a second call gives the same run. An officer of the lead department, or a command.

    Raises Invalid for a month that is none, NotProactive, RoleNeeded.
    """
    if not _MONTH.fullmatch(month) or month > this_month():
        fault = Fault("month", "month", _("Write a month that has begun, like 2026-11."))
        raise Invalid(_("This is no month for a run."), faults=[fault])
    acting = _acting(matter, acting_user, acting_system)
    version = matter.current
    if version is None or not matter.is_open:
        raise NotProactive(_("This service is closed."))
    require_offerable(read_matter(version.content))
    with transaction.atomic():
        person = acting_user.pk if acting_user else None
        run, is_new = OfferRun.objects.get_or_create(matter=matter, month=month, defaults={"version": version, "started_by_id": person})
        if is_new:
            record_run(run, "run_started", acting=acting)
            enqueue_run(run)
    return run


def resume_run(run: OfferRun, *, acting_user: Any = None, acting_system: str = "") -> OfferRun:
    """Let a run that was stopped or paused go on at its cursor. Raises OfferMoved where it is done, RoleNeeded."""
    acting = _acting(run.matter, acting_user, acting_system)
    if run.state not in RUN[RunEvent.BEGIN][0]:
        raise OfferMoved(_("This run is done."))
    with transaction.atomic():
        record_run(run, "run_resumed", acting=acting)
        Work.objects.filter(name="affairs.offer_run", target=str(run.pk), state=WorkState.WAITING).update(not_before=timezone.now())
        waiting = enqueue_run(run)
        transaction.on_commit(lambda: work.wake(waiting.pk))
    return run


def start_due_runs(now: datetime) -> list[OfferRun]:
    """Begin this month's runs of every matter that is offered monthly: from the first, 02:00 local, for three days.

    A hub that was down on the first catches up; one that is set up later in the month begins by hand, or next month.
    """
    local = timezone.localtime(now)
    begins = local.replace(day=1, hour=BEGINS_AT_HOUR, minute=0, second=0, microsecond=0)
    if not begins <= local < begins + CAUGHT_UP_FOR:
        return []
    month = f"{local:%Y-%m}"
    missing = Matter.objects.filter(is_open=True, current__isnull=False).exclude(offer_runs__month=month).select_related("current")
    return [start_run(matter, month=month, acting_system="calendar") for matter in missing if is_monthly(matter)]


def enqueue_assuming(now: datetime) -> Work | None:
    """Once a day, where somebody's time to object is over: the work of taking these offers. None where there is none."""
    day = timezone.localdate(now)
    if not Offer.objects.unopposed(day).exists():
        return None
    todo = Work.objects.filter(name=assuming.WORK, state__in=(WorkState.WAITING, WorkState.LEASED))
    return None if todo.exists() else work.enqueue(assuming.WORK, day.isoformat())


def is_monthly(matter: Matter) -> bool:
    """Whether a matter's file says that it is offered by itself each month."""
    proactive = matter.current.content.get("proactive") if matter.current else None
    return bool(proactive and proactive.get("monthly"))


def _acting(matter: Matter, acting_user: Any, acting_system: str) -> str:
    """The staff name or the program's; raises RoleNeeded for a person who is no officer of the lead department."""
    if acting_user is None:
        return acting_system
    acting_as(acting_user, matter.lead_id, Role.OFFICER)
    return str(acting_user.username or acting_user.pk)
