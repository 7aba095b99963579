"""The demonstration: a tour in six steps, one-click sign-in, and the messages that would have reached a phone.

Every page here is a 404 outside the demonstration; `manage.py check --deploy` refuses the demonstration at a public https address.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth import login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path, reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from exchange.accounts import outbox
from exchange.accounts.demonstration import Resident, resident_account, sign_in, staff_account
from exchange.accounts.limits import address_of, take
from exchange.accounts.models import Person
from exchange.portal.templatetags.look_text import page_url

SIGN_INS_A_MINUTE = 30
ROLES = {
    "officer": (
        gettext_lazy("An officer of Civil Affairs"),
        gettext_lazy("Decides what no rule may decide, and signs for the department."),
    ),
    "clerk": (
        gettext_lazy("A clerk at the counter"),
        gettext_lazy("Helps somebody who has no phone, with the citizen in front of the desk."),
    ),
    "auditor": (gettext_lazy("An auditor"), gettext_lazy("Reads every exchange as a sentence and checks the whole log.")),
    "authority": (gettext_lazy("The sharing authority"), gettext_lazy("Checks requests between departments and watches the clocks.")),
}

ROOMS = {"officer": "console/cases", "clerk": "counter", "auditor": "audit", "authority": "console"}
"""Where each of them works; residents are led to their own page."""


@dataclass(frozen=True)
class Stop:
    """One step of the tour: what to do there, as whom (empty: without signing in), and where the button leads."""

    title: str
    text: str
    button: str
    address: str
    who: str = ""
    name: Any = ""


def in_demonstration(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """A page that exists in the demonstration only."""

    @wraps(view)
    def inner(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not settings.DEMO:
            raise Http404
        return view(request, *args, **kwargs)

    return inner


@in_demonstration
@require_GET
def tour(request: HttpRequest) -> HttpResponse:
    """Six steps from an application to the auditor's log, and everybody as whom one can look around."""
    offered = sign_in()
    if offered.tour_resident not in offered.residents:
        raise Http404
    present = set(Person.objects.filter(username__in=offered.staff.values()).values_list("username", flat=True))
    staff = [(role, *ROLES[role]) for role, username in offered.staff.items() if username in present]
    context = {"stops": _stops(offered.residents[offered.tour_resident], offered.tour_matter), "staff": staff}
    return render(request, "demo/tour.html", {**context, "residents": offered.residents.values()})


@in_demonstration
@require_POST
@never_cache
def sign_in_as(request: HttpRequest, key: str) -> HttpResponse:
    """Sign in as a named resident or a member of staff, in a new session, and go where the button said."""
    take("demo.sign_in", address_of(request), limit=SIGN_INS_A_MINUTE, window=timedelta(minutes=1))
    person = staff_account(key) if key in sign_in().staff else resident_account(key)
    request.session.flush()
    login(request, person, backend=settings.AUTHENTICATION_BACKENDS[0])
    return redirect(_ours(request) or page_url(ROOMS.get(key, "me")))


@in_demonstration
@require_GET
@never_cache
def messages(request: HttpRequest) -> HttpResponse:
    """What would have arrived on phones: nothing is sent in the demonstration."""
    return render(request, "demo/messages.html", {"shown": outbox.shown_messages()})


def _ours(request: HttpRequest) -> str:
    target = request.POST.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return target if is_ours else ""


def _stops(resident: Resident, matter: str) -> list[Stop]:
    citizen: dict[str, Any] = {"who": resident.key, "name": resident.name}
    return [
        Stop(
            _("Apply, and bring nothing"),
            _("Press “Apply”. You see which offices will be asked, what, and why. Nobody is asked before you say so."),
            _("Apply for her allowances"),
            page_url(f"services/{matter}"),
            **citizen,
        ),
        Stop(
            _("Read the decision"),
            _("Accept what was found, or say what is wrong, and send. The rule decides at once and gives its reasons."),
            _("Look at her applications"),
            page_url("me/cases"),
            **citizen,
        ),
        Stop(
            _("Sit in the officer's chair"),
            _("What no rule may decide waits here by its due date, with the evidence beside the reasons."),
            _("Open the officer's queue"),
            page_url("console/cases"),
            who="officer",
        ),
        Stop(
            _("See who looked you up"),
            _("Every question about her, as a sentence: who asked, whom, what for. Each line has a proof slip."),
            _("Open her list"),
            page_url("me/access"),
            **citizen,
        ),
        Stop(
            _("Check a proof slip"),
            _("Copy the slip of one line and paste it here. No account is needed, and nothing is kept."),
            _("Check the slip"),
            reverse("verify"),
        ),
        Stop(
            _("Find it in the auditor's log"),
            _("The same question stands there without a name. Let the hub check the whole log in front of you."),
            _("Open the log"),
            page_url("audit"),
            who="auditor",
        ),
    ]


urlpatterns = [
    path("demo", tour, name="demo"),
    path("demo/messages", messages, name="demo_messages"),
    path("demo/sign-in/<slug:key>", sign_in_as, name="demo_sign_in"),
]
