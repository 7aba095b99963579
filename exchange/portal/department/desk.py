"""Who sits at the console and for which department; what every page of this side does first and last."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any, Concatenate, ParamSpec

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from audit.errors import Conflict
from catalog.models import Department
from exchange.accounts import standing_in
from exchange.accounts.acting import acting_as, acting_department, roles_in
from exchange.accounts.models import Person, Role
from exchange.portal.templatetags.look_parts import Tab
from exchange.portal.templatetags.look_text import page_url

View = Callable[..., HttpResponse]
P = ParamSpec("P")
ROOMS = {
    "console": _("What waits"),
    "console/cases": _("Cases"),
    "console/offers": _("Offers"),
    "console/questions": pgettext_lazy("citizens", "Questions"),
    "console/objections": _("Objections"),
    "console/queue": _("Questions to our registers"),
    "console/requests": _("Requests"),
    "console/agreements": _("Agreements"),
    "console/corrections": _("Corrections"),
    "console/disputes": _("Disputes"),
    "console/deliveries": _("Exports"),
    "console/webhooks": _("Webhooks"),
    "console/standing-offers": _("Standing offers"),
    "console/datasets": _("Datasets and loads"),
    "console/keys": _("Systems and keys"),
    "console/people": _("People"),
}


@dataclass(frozen=True)
class Desk:
    """A person at work for one department, with the roles that the person plays there."""

    person: Person
    department: Department
    roles: frozenset[str]
    room: str = ""
    deputy_of: Person | None = None

    @property
    def acting(self) -> dict[str, Any]:
        """Who acts, as the actions name it."""
        return {"acting_user": self.person, "department": self.department}

    def rooms(self) -> list[Tab]:
        """The rooms of the console as tabs."""
        return [Tab(str(title), page_url(path), current=path == self.room) for path, title in ROOMS.items()]

    def require(self, *roles: Role) -> None:
        """Return when the person plays one of `roles` here. Raises RoleNeeded (403)."""
        acting_as(self.person, self.department, *roles)


def desk_of(request: HttpRequest) -> Desk | None:
    """The desk of the caller; None while it is not said for which of several departments the caller acts."""
    department = acting_department(request)
    if department is None:
        return None
    person: Any = request.user
    room = request.path_info.split("/", 2)[-1]
    return Desk(person, department, roles_in(person, department), room, standing_in.holder())


def at_desk(view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]) -> View:
    """A page for people who are signed in and have said for which department; others are led to do so."""

    @login_required
    @wraps(view)
    def inner(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        desk = desk_of(request)
        return redirect("console") if desk is None else view(request, desk, *args, **kwargs)

    return inner


def look_again(request: HttpRequest, conflict: Conflict, *place: str) -> HttpResponse:
    """Lead back to the page that shows what has changed meanwhile, with the reason as its message."""
    messages.error(request, format_html("<strong>{}</strong> {}", conflict.title, conflict.detail))
    return redirect(reverse(place[0], args=place[1:]))


def done(request: HttpRequest, said: str, *place: Any) -> HttpResponse:
    """After a step: say what happened on the page that shows it."""
    messages.success(request, said)
    return redirect(reverse(place[0], args=place[1:]))


def show(request: HttpRequest, desk: Desk, template: str, **context: Any) -> HttpResponse:
    """A page; with a form that does not hold the status is 422."""
    form = context.get("form")
    faulty = form is not None and form.is_bound and bool(form.errors)
    return render(request, f"department/{template}.html", {"desk": desk, **context}, status=422 if faulty else 200)
