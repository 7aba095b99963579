"""The monthly run as leased work: those who receive, then those who may. Killed anywhere, it goes on at its cursor."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.errors import HubError
from catalog import work
from catalog.lifecycle import WorkState
from catalog.models import Work
from exchange.accounts.subject import Subject
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.models import OfferRun
from exchange.affairs.offers import asking
from exchange.affairs.offers.asking import LIST_MOVED, Paused, Reference, Stopped, obstacle, open_list
from exchange.affairs.offers.checks import reasons_against
from exchange.affairs.offers.errors import NotProactive, OfferMoved
from exchange.affairs.offers.lifecycle import RunEvent, RunState
from exchange.affairs.offers.making import settle_page
from exchange.affairs.offers.moves import move_run
from exchange.affairs.offers.receiving import look_again
from exchange.affairs.offers.recorded import record_run, reference_of
from exchange.affairs.rules import MatterPlan, read_matter
from exchange.delivery.lists import DeliveredList, Page

WORK = "affairs.offer_run"
AGAIN_AFTER = timedelta(minutes=10)
# what passes sooner: a quota by the minute, a log that catches up
AGAIN_SOONER = {"QUOTA": timedelta(minutes=1), "BUSY": timedelta(seconds=30), "LOG_BEHIND": timedelta(seconds=30)}


def enqueue_run(run: OfferRun, *, not_before: timedelta = timedelta(0)) -> Work:
    """Write the work into the caller's transaction; one that waits or is being done already is enough."""
    waiting = Work.objects.filter(name=WORK, target=str(run.pk), state=WorkState.WAITING).first()
    return waiting or work.enqueue(WORK, run.pk, not_before=not_before)


def run_month(run_id: str, renew: work.Renew) -> None:
    """The handler. Raises LeaseLost when another worker has taken over, NotProactive where there is nothing to offer."""
    run = OfferRun.objects.select_related("matter", "version__matter").get(pk=run_id)
    if run.state == RunState.DONE:
        return
    plan = read_matter(run.version.content)
    require_offerable(plan)
    move_run(run, RunEvent.BEGIN, reason="", changed_at=timezone.now())
    try:
        _go_on(run, plan, lambda: renew(progress_of(run)))
    except Paused as obstacle_met:
        _halt(run, RunEvent.PAUSE, obstacle_met.reason)
    except Stopped as obstacle_met:
        _halt(run, RunEvent.STOP, obstacle_met.reason)
    except OfferMoved:  # another worker goes on with it: this one has nothing more to do
        return


def require_offerable(plan: MatterPlan) -> None:
    """Return where the matter can be offered by itself. Raises NotProactive: an offer never asks anybody for a paper."""
    against = reasons_against(plan)
    if against:
        raise NotProactive(_("This service asks people for something: it cannot be offered by itself."), reasons=against)


def progress_of(run: OfferRun) -> int:
    """Percent: the list is what can be counted beforehand."""
    if run.state == RunState.DONE:
        return 100
    return min(99, 5 + 94 * run.seen // run.listed) if run.listed else 5


def _go_on(run: OfferRun, plan: MatterPlan, on_progress: Callable[[], None]) -> None:
    reference = Reference(Lead(plan.lead), reference_of(run.matter_id, run.month), run)
    on_progress()
    if run.phase == OfferRun.Phase.RECEIVERS:
        look_again(run, plan, reference, on_progress)
        OfferRun.objects.filter(pk=run.pk, phase=OfferRun.Phase.RECEIVERS).update(phase=OfferRun.Phase.LIST, cursor=0)
        run.refresh_from_db()
    opened = _opened(run, plan, reference)
    for page in _pages(opened):
        subjects = [Subject(opened.kind, identifier) for identifier in dict.fromkeys(page.identifiers)]
        settle_page(run, plan, subjects, reference, cursor=page.cursor.row)
        on_progress()
    with transaction.atomic():
        move_run(run, RunEvent.FINISH, finished_at=timezone.now(), changed_at=timezone.now())
        record_run(run, "run_done")


def _opened(run: OfferRun, plan: MatterPlan, reference: Reference) -> DeliveredList:
    """The list from the cursor on; the new one from its beginning where the register has another file by now."""
    after = {"revision": run.revision, "row": run.cursor} if run.revision else None
    try:
        opened = open_list(plan, reference, after=after)
    except Paused as obstacle_met:
        if after is None or obstacle_met.reason != LIST_MOVED:
            raise
        OfferRun.objects.filter(pk=run.pk).update(revision="", cursor=0, seen=0)
        run.refresh_from_db()
        opened = open_list(plan, reference, after=None)
    OfferRun.objects.filter(pk=run.pk).update(revision=opened.revision, listed=run.seen + opened.count)
    run.refresh_from_db()
    return opened


def _pages(opened: DeliveredList) -> Iterator[Page]:
    try:
        yield from opened.pages(asking.AT_ONCE)
    except HubError as error:
        raise obstacle(error) from error


def _halt(run: OfferRun, event: RunEvent, reason: str) -> None:
    """Say why it does not go on; what passes by itself is tried again later."""
    with transaction.atomic():
        move_run(run, event, reason=reason, changed_at=timezone.now())
        if event is RunEvent.PAUSE:
            work.enqueue(WORK, run.pk, not_before=AGAIN_SOONER.get(reason, AGAIN_AFTER))
        else:
            record_run(run, "run_stopped")
