"""Pages that anyone may read without signing in: the way in, and what the hub owes everybody."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_GET

from audit import acts, trail
from audit.errors import HubError
from catalog.models import Dataset
from exchange.accounts import outbox
from exchange.accounts.models import Channel
from exchange.portal.gallery import gallery, tick
from exchange.portal.transparency import agreements_in_force, current_figures

NEWEST = 4


@require_GET
def home(request: HttpRequest) -> HttpResponse:
    """What this is, the ways in, and figures that the log itself counted."""
    published = Dataset.objects.published().select_related("provider", "current_revision")
    newest = list(published.exclude(current_revision=None).order_by("-current_revision__act_seq")[:NEWEST])
    context = {"datasets": newest, "registers": published.count(), "figures": current_figures(), "agreements": agreements_in_force()}
    return render(request, "public/home.html", context)


@require_GET
def status(request: HttpRequest) -> HttpResponse:
    """Which register is down, whether the log moves, whether the agreements verify."""
    try:
        acts.standing()
        fault = ""
    except HubError as error:
        fault = error.reason
    backlog = trail.backlog()
    offline = Dataset.objects.published().filter(offline=True)
    context = {"fault": fault, "waiting": backlog.count, "is_behind": backlog.is_behind(trail.now_ms()), "offline": offline}
    context["unsent"] = ", ".join(str(Channel(channel).label) for channel in outbox.waiting_without_adapter())
    return render(request, "public/status.html", context)


def _plain(template: str) -> Callable[[HttpRequest], HttpResponse]:
    @require_GET
    def view(request: HttpRequest) -> HttpResponse:
        return render(request, template, {"is_demo": settings.DEMO})

    return view


urlpatterns = [
    path("", home, name="home"),
    path("status", status, name="status"),
    path("help", _plain("public/help.html"), name="help"),
    path("privacy", _plain("public/privacy.html"), name="privacy"),
    path("accessibility", _plain("public/accessibility.html"), name="accessibility"),
    path("look", gallery, name="look"),
    path("look/tick", tick, name="look_tick"),
]
