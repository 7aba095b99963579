"""People of the department: who has which role since when; an administrator invites, grants, ends and appoints."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from catalog.models import Dataset
from exchange.accounts import actions
from exchange.accounts.acting import STEWARD
from exchange.accounts.invitations import invitation_path
from exchange.accounts.models import DatasetUserObjectPermission, Membership, Person, Role
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.people_forms import InvitationForm, RoleForm, StewardForm

PAGE = "console_people"
SHOWN_ONCE = "invitation"


@never_cache
@require_GET
@at_desk
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Roles in the department, in force first; a fresh invitation is shown once."""
    now = timezone.now()
    rows = Membership.objects.visible_to(desk.person).filter(department=desk.department).select_related("person", "granted_by")
    current = rows.in_force(now).order_by("person__username", "role")
    past = rows.exclude(pk__in=rows.in_force(now)).order_by("-valid_until")[:50]
    context = {"current": current, "past": past, "stewards": _stewards(desk), "may_manage": _may_manage(desk)}
    return show(request, desk, "people", **context, invitation=request.session.pop(SHOWN_ONCE, None))


@require_http_methods(["GET", "POST"])
@at_desk
def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a person with a first role."""
    desk.require(Role.ADMINISTRATOR)
    form = InvitationForm(desk, posted(request))
    made: list[Person] = []
    if sent(request, form, lambda data: made.append(_add(desk, data))):
        return _hand_over(request, made[0])
    return show(request, desk, "invite", form=form)


@require_POST
@at_desk
def invite_again(request: HttpRequest, desk: Desk, person_id: uuid.UUID) -> HttpResponse:
    """Take the password away and invite anew."""
    person = _person(desk, person_id)
    actions.invite_again(person, acting_user=desk.person)
    return _hand_over(request, person)


@require_http_methods(["GET", "POST"])
@at_desk
def grant(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give a colleague another role."""
    desk.require(Role.ADMINISTRATOR)
    form = RoleForm(desk, posted(request))
    said = _("The role is granted from now on.")

    def action(data: dict[str, Any]) -> object:
        return actions.grant_role(data["person"], department=desk.department, role=Role(data["role"]), acting_user=desk.person)

    return _step(request, lambda: sent(request, form, action), said) or show(request, desk, "grant", form=form)


@require_POST
@at_desk
def end(request: HttpRequest, desk: Desk, membership_id: int) -> HttpResponse:
    """End a role now."""
    rows = Membership.objects.visible_to(desk.person).filter(department=desk.department).select_related("person", "department")
    membership = get_object_or_404(rows, pk=membership_id)

    def action() -> bool:
        actions.end_role(membership, acting_user=desk.person)
        return True

    return _step(request, action, _("The role has ended; it stays visible as history.")) or HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@at_desk
def appoint(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make a colleague steward of a dataset."""
    desk.require(Role.ADMINISTRATOR)
    form = StewardForm(desk, posted(request))
    said = _("Appointed. The steward may decide about requests for this dataset.")

    def action(data: dict[str, Any]) -> object:
        return actions.appoint_steward(data["dataset"], person=data["person"], acting_user=desk.person)

    return _step(request, lambda: sent(request, form, action), said) or show(request, desk, "appoint", form=form)


@require_POST
@at_desk
def dismiss(request: HttpRequest, desk: Desk, code: str, person_id: uuid.UUID) -> HttpResponse:
    """End a stewardship."""
    dataset = get_object_or_404(Dataset.objects.select_related("provider"), code=code, provider=desk.department)
    person = _person(desk, person_id)

    def action() -> bool:
        actions.dismiss_steward(dataset, person=person, acting_user=desk.person)
        return True

    return _step(request, action, _("The stewardship has ended.")) or HttpResponse(status=204)


def _step(request: HttpRequest, action: Callable[[], bool], said: str) -> HttpResponse | None:
    """Run a step: back to the list when it is done or when the people have changed meanwhile; None: show the form."""
    try:
        return done(request, said, PAGE) if action() else None
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)


def _add(desk: Desk, data: dict[str, Any]) -> Person:
    names = {"en": data["name_en"], "zh": data["name_zh"]}
    role = Role(data["role"])
    return actions.add_person(data["username"], names=names, department=desk.department, role=role, acting_user=desk.person)


def _hand_over(request: HttpRequest, person: Person) -> HttpResponse:
    """Keep the link in the session for the one page that shows it."""
    request.session[SHOWN_ONCE] = {"username": person.username, "url": request.build_absolute_uri(invitation_path(person))}
    return done(request, _("Hand the link below over by another way; it is shown this once and good for three days."), PAGE)


def _person(desk: Desk, person_id: uuid.UUID) -> Person:
    person: Person | None = Person.objects.visible_to(desk.person).filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def _may_manage(desk: Desk) -> bool:
    return Role.ADMINISTRATOR in desk.roles


def _stewards(desk: Desk) -> Any:
    rows = DatasetUserObjectPermission.objects.filter(permission__codename=STEWARD, content_object__provider=desk.department)
    if not _may_manage(desk):
        rows = rows.filter(user=desk.person)
    return rows.select_related("user", "content_object").order_by("content_object__code", "user__username")
