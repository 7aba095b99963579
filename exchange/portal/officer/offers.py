"""Monthly runs of matters without application: how far they are, what came of them; begun or resumed by an officer's hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from audit.errors import Conflict
from exchange.accounts.models import Role
from exchange.affairs.models import Matter, OfferRun
from exchange.affairs.offers.lifecycle import OfferState, RunState
from exchange.affairs.offers.running import progress_of
from exchange.affairs.offers.schedule import is_monthly, resume_run, start_run, this_month
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.tones import Face, Tone

MOST = 36
_LIST, _RUN = "officer_offers", "officer_offer_run"
FACES = {
    RunState.WAITING: Face(Tone.WAITING, "clock", gettext_lazy("Begins in a moment")),
    RunState.RUNNING: Face(Tone.WAITING, "clock", gettext_lazy("Running")),
    RunState.PAUSED: Face(Tone.WAITING, "pause", gettext_lazy("Paused, goes on by itself")),
    RunState.STOPPED: Face(Tone.ATTENTION, "alert", gettext_lazy("Stopped, needs you")),
    RunState.DONE: Face(Tone.FOUND, "check", gettext_lazy("Done")),
}
REASONS = {
    "PROVIDER_DOWN": gettext_lazy("The register does not answer. The run asks again every ten minutes."),
    "QUOTA": gettext_lazy("The agreed number is used up for now. The run goes on when the next window begins."),
    "NO_AGREEMENT": gettext_lazy("No agreement lets your department list or ask. Ask the register's department for one, then resume."),
    "REVOKED": gettext_lazy("The agreement was revoked. Ask for a new one, then resume."),
    "SUSPENDED": gettext_lazy("The agreement is suspended. Settle it with the other side, then resume."),
    "EXPIRED": gettext_lazy("The agreement is over. Ask for a new one, then resume."),
    "LOG_BEHIND": gettext_lazy("The log is behind, so nothing is exchanged. The run goes on by itself."),
}


@dataclass(frozen=True)
class Shown:
    """A run as the page shows it."""

    run: OfferRun

    @property
    def face(self) -> Face:
        """Its state as tone, icon and word."""
        return FACES[RunState(self.run.state)]

    @property
    def progress(self) -> int:
        """Percent."""
        return progress_of(self.run)

    @property
    def is_active(self) -> bool:
        """Whether a worker has it, or is about to."""
        return self.run.state in (RunState.WAITING, RunState.RUNNING)

    @property
    def may_resume(self) -> bool:
        """Whether an officer can let it go on."""
        return self.run.state in (RunState.PAUSED, RunState.STOPPED)

    @property
    def why(self) -> str:
        """What stands in the way; empty where nothing does."""
        return str(REASONS.get(self.run.reason, self.run.reason))

    @property
    def counts(self) -> list[tuple[str, int]]:
        """What came of it, in words."""
        run = self.run
        return [
            (_("On the list"), run.listed),
            (_("Asked about"), run.asked),
            (_("Offered"), run.offered),
            (_("Passed over"), run.skipped),
            (_("Paid on"), run.continued),
            (_("Payments ended"), run.stopped),
            (_("Offers ended by a register"), run.offers.filter(state=OfferState.STOPPED).count()),
        ]


@require_GET
@at_desk
def runs(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every run of the department's matters, the newest first, and what can be begun now."""
    matters = [matter for matter in _led_by(desk) if is_monthly(matter)]
    rows = OfferRun.objects.filter(matter__in=matters).select_related("matter", "version__matter").order_by("-month", "matter")[:MOST]
    begun = {run.matter_id for run in rows if run.month == this_month()}
    to_begin = [matter for matter in matters if matter.code not in begun]
    may_act = Role.OFFICER in desk.roles
    return show(
        request, desk, "../officer/offers", rows=[Shown(run) for run in rows], to_begin=to_begin, month=this_month(), may_act=may_act
    )


@never_cache
@require_GET
@at_desk
def one_run(request: HttpRequest, desk: Desk, matter: str, month: str) -> HttpResponse:
    """One run."""
    return show(request, desk, "../officer/offer_run", shown=Shown(_run(desk, matter, month)), may_act=Role.OFFICER in desk.roles)


@never_cache
@require_GET
@at_desk
def progress(request: HttpRequest, desk: Desk, matter: str, month: str) -> HttpResponse:
    """The progress bar alone, for the page that polls; the page is loaded again when the run stands or is done."""
    shown = Shown(_run(desk, matter, month))
    answer = show(request, desk, "../officer/offer_progress", shown=shown)
    if not shown.is_active:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@at_desk
def start(request: HttpRequest, desk: Desk, matter: str) -> HttpResponse:
    """Begin this month's run now, or go to the one that was begun."""
    found = _led_by(desk).filter(code=matter).first()
    if found is None:
        raise Http404
    run = start_run(found, month=this_month(), acting_user=desk.person)
    return done(request, _("Begun. You may leave the page; the run goes on."), _RUN, matter, run.month)


@require_POST
@at_desk
def resume(request: HttpRequest, desk: Desk, matter: str, month: str) -> HttpResponse:
    """Let a run that stands go on where it stood."""
    try:
        resume_run(_run(desk, matter, month), acting_user=desk.person)
    except Conflict as conflict:
        return look_again(request, conflict, _RUN, matter, month)
    return done(request, _("The run goes on where it stood."), _RUN, matter, month)


def _led_by(desk: Desk) -> Any:
    return Matter.objects.filter(lead=desk.department, is_open=True).select_related("current")


def _run(desk: Desk, matter: str, month: str) -> OfferRun:
    """The run; 404 for one that another department leads."""
    rows = OfferRun.objects.led_by([desk.department]).filter(matter=matter, month=month)
    found = rows.select_related("matter", "version__matter", "started_by").first()
    if found is None:
        raise Http404
    return found
