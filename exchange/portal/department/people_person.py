"""One person: roles, what the person decides about, deputy, history; naming a deputy, and the end of service."""

from __future__ import annotations

import uuid
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from exchange.accounts import actions, open_work
from exchange.accounts.handled_keys import keys_handled_by
from exchange.accounts.models import Deputyship, Invitation, Membership, Person, Role
from exchange.portal.department import people_reading
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.people import PAGE, may_manage, seen_person, stepped
from exchange.portal.department.people_forms import ConfirmationForm, DeputyForm, LeavingForm


@require_GET
@at_desk
def one_person(request: HttpRequest, desk: Desk, person_id: uuid.UUID) -> HttpResponse:
    """Everything that the person is here, and what happened to it."""
    person, now = seen_person(desk, person_id), timezone.now()
    changes = people_reading.history_of(person)
    names = people_reading.names_in(changes)
    rows = Membership.objects.visible_to(desk.person).not_ended(now).filter(person=person).select_related("department")
    context: dict[str, Any] = {
        "person": person,
        "roles": rows.order_by("department", "role"),
        "stewardships": people_reading.stewards(desk, person),
        "matters": people_reading.officers_of_matters(desk, person),
        "deputyships": _deputyships(desk, person),
        "invitation": Invitation.objects.open().filter(person=person).first(),
        "history": [(change, people_reading.told(change, names)) for change in changes],
        "may_manage": may_manage(desk) and person.pk != desk.person.pk,
        "works_here": rows.filter(department=desk.department).exists(),
    }
    return show(request, desk, "person", **context)


@require_http_methods(["GET", "POST"])
@at_desk
def name_deputy(request: HttpRequest, desk: Desk, person_id: uuid.UUID) -> HttpResponse:
    """Say who stands in for the person, from when until when; one's own, or as an administrator anybody's."""
    holder = seen_person(desk, person_id)
    if holder.pk != desk.person.pk:
        desk.require(Role.ADMINISTRATOR)
    form = DeputyForm(desk, posted(request), holder=holder)
    said = _("Named. The deputy chooses on the console to act in this place; every entry in the log says so.")

    def action(data: dict[str, Any]) -> object:
        span = {"valid_from": _begins(data["valid_from"]), "valid_until": _ends(data["valid_until"])}
        return actions.name_deputy(holder, deputy=data["deputy"], department=desk.department, **span, acting_user=desk.person)

    return stepped(request, lambda: sent(request, form, action), said) or show(request, desk, "deputy", form=form, person=holder)


@require_POST
@at_desk
def end_deputy(request: HttpRequest, desk: Desk, deputyship_id: int) -> HttpResponse:
    """End a deputyship now."""
    rows = Deputyship.objects.visible_to(desk.person).filter(department=desk.department)
    deputyship = get_object_or_404(rows.select_related("holder", "deputy", "department"), pk=deputyship_id)

    def action() -> bool:
        actions.end_deputyship(deputyship, acting_user=desk.person)
        return True

    return stepped(request, action, _("Ended. From now on nobody acts in this place.")) or HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@at_desk
def leave(request: HttpRequest, desk: Desk, person_id: uuid.UUID) -> HttpResponse:
    """First what will end and what is open; then, once it is said who goes on with it, the end."""
    desk.require(Role.ADMINISTRATOR)
    person = seen_person(desk, person_id)
    works = open_work.works_of(person, desk.department)
    form = LeavingForm(desk, posted(request), holder=person, needs_successor=bool(works))
    ended: list[actions.Left] = []

    def action(data: dict[str, Any]) -> object:
        left = actions.end_service(person, department=desk.department, to=data.get("to"), acting_user=desk.person)
        ended.append(left)
        return left

    try:
        if sent(request, form, action):
            return done(request, _said(ended[0]), PAGE)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)
    context = {"person": person, "works": works, "keys": keys_handled_by(person, desk.department), "form": form}
    return show(request, desk, "leave", **context, **_what_ends(desk, person))


@require_http_methods(["GET", "POST"])
@at_desk
def confirm(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Keep or end each role that waits to be confirmed."""
    desk.require(Role.ADMINISTRATOR)
    due = people_reading.due_roles(desk)
    form = ConfirmationForm(due, posted(request))
    said = _("Done. Each line that you answered is an entry in the log.")

    def action(data: dict[str, Any]) -> object:
        chosen = {row: data[form.name_of(row)] for row in due}
        keep, ended = ([row for row, said in chosen.items() if said == wanted] for wanted in ("keep", "end"))
        return actions.confirm_roles(keep=keep, end=ended, acting_user=desk.person)

    return stepped(request, lambda: sent(request, form, action), said) or show(request, desk, "confirm", form=form, due=due)


def _deputyships(desk: Desk, person: Person) -> Any:
    rows = Deputyship.objects.not_over(timezone.now()).filter(Q(holder=person) | Q(deputy=person), department=desk.department)
    return rows.select_related("holder", "deputy")


def _what_ends(desk: Desk, person: Person) -> dict[str, Any]:
    roles = Membership.objects.not_ended(timezone.now()).filter(person=person)
    return {
        "roles": roles.filter(department=desk.department),
        "elsewhere": roles.exclude(department=desk.department).exists(),
        "stewardships": people_reading.stewards(desk, person),
        "matters": people_reading.officers_of_matters(desk, person),
        "deputyships": _deputyships(desk, person),
        "invited": Invitation.objects.open().filter(invited_by=person, department=desk.department).exclude(person=person).count(),
    }


def _said(left: actions.Left) -> str:
    if left.keys:
        return _("The service has ended. Replace the keys that this person handled: they are marked under “Systems and keys”.")
    return _("The service has ended: sessions, roles, appointments and deputies, at once and on all devices.")


def _begins(day: date) -> datetime:
    """From the first moment of the day; from now on where it is today."""
    return max(_midnight(day), timezone.now()) if day == timezone.localdate() else _midnight(day)


def _ends(day: date) -> datetime:
    """To the last moment of the day."""
    return _midnight(day + timedelta(days=1))


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=timezone.get_current_timezone())
