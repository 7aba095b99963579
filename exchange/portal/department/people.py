"""People of the department: who is who, who decides about what; an administrator invites, grants and appoints."""

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
from exchange.accounts.invitations import code_of, path_of
from exchange.accounts.models import Invitation, Membership, Person, Role, Way
from exchange.affairs.actions import appoint_officer, dismiss_officer
from exchange.affairs.models import Matter
from exchange.portal.department import people_reading
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.people_forms import InvitationForm, OfficerForm, RoleForm, StewardForm

PAGE = "console_people"
SHOWN_ONCE = "invitation"


@never_cache
@require_GET
@at_desk
def people(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Everybody with a role here; a fresh invitation is shown once."""
    now = timezone.now()
    seen = Membership.objects.visible_to(desk.person).filter(department=desk.department).select_related("person")
    past = seen.filter(valid_until__lte=now).order_by("-valid_until")[:50]
    context = {"rows": people_reading.people_rows(desk), "past": past, "may_manage": may_manage(desk)}
    context |= {"stewards": people_reading.stewards(desk), "officers": people_reading.officers_of_matters(desk)}
    due = len(people_reading.due_roles(desk)) if may_manage(desk) else 0
    return show(request, desk, "people", **context, due=due, invitation=request.session.pop(SHOWN_ONCE, None))


@require_http_methods(["GET", "POST"])
@at_desk
def invite(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Add a person with roles."""
    desk.require(Role.ADMINISTRATOR)
    form = InvitationForm(desk, posted(request))
    made: list[Invitation] = []
    if sent(request, form, lambda data: made.append(_invite(desk, data))):
        return hand_over(request, made[0])
    return show(request, desk, "invite", form=form)


@require_POST
@at_desk
def invite_again(request: HttpRequest, desk: Desk, person_id: uuid.UUID) -> HttpResponse:
    """Take the password away and invite anew, by a link or a printed code."""
    person = seen_person(desk, person_id)
    way = Way.PRINTED if request.POST.get("way") == Way.PRINTED else Way.LINK
    return hand_over(request, actions.invite_again(person, acting_user=desk.person, way=way))


@require_POST
@at_desk
def withdraw_invitation(request: HttpRequest, desk: Desk, person_id: uuid.UUID) -> HttpResponse:
    """Take an invitation back."""
    person = seen_person(desk, person_id)

    def action() -> bool:
        actions.withdraw_invitation(person, acting_user=desk.person)
        return True

    return stepped(request, action, _("The invitation is withdrawn; what it opened is closed.")) or HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@at_desk
def grant(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give a colleague another role."""
    desk.require(Role.ADMINISTRATOR)
    form = RoleForm(desk, posted(request), initial={"person": request.GET.get("person", "")})
    said = _("The role is granted from now on.")

    def action(data: dict[str, Any]) -> object:
        until = {"valid_until": data["valid_until"]}
        return actions.grant_role(data["person"], department=desk.department, role=Role(data["role"]), acting_user=desk.person, **until)

    return stepped(request, lambda: sent(request, form, action), said) or show(request, desk, "grant", form=form)


@require_POST
@at_desk
def end(request: HttpRequest, desk: Desk, membership_id: int) -> HttpResponse:
    """End a role now."""
    rows = Membership.objects.visible_to(desk.person).filter(department=desk.department).select_related("person", "department")
    membership = get_object_or_404(rows, pk=membership_id)

    def action() -> bool:
        actions.end_role(membership, acting_user=desk.person)
        return True

    return stepped(request, action, _("The role has ended; it stays visible as history.")) or HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@at_desk
def appoint(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Make a colleague steward of a dataset."""
    desk.require(Role.ADMINISTRATOR)
    form = StewardForm(desk, posted(request))
    said = _("Appointed. The steward may decide about requests for this dataset.")

    def action(data: dict[str, Any]) -> object:
        return actions.appoint_steward(data["dataset"], person=data["person"], acting_user=desk.person)

    return stepped(request, lambda: sent(request, form, action), said) or show(request, desk, "appoint", form=form)


@require_POST
@at_desk
def dismiss(request: HttpRequest, desk: Desk, code: str, person_id: uuid.UUID) -> HttpResponse:
    """End a stewardship."""
    dataset = get_object_or_404(Dataset.objects.select_related("provider"), code=code, provider=desk.department)
    person = seen_person(desk, person_id)

    def action() -> bool:
        actions.dismiss_steward(dataset, person=person, acting_user=desk.person)
        return True

    return stepped(request, action, _("The stewardship has ended.")) or HttpResponse(status=204)


@require_http_methods(["GET", "POST"])
@at_desk
def appoint_for_matter(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Let an officer decide the cases of a service."""
    desk.require(Role.ADMINISTRATOR)
    form = OfficerForm(desk, posted(request))
    said = _("Appointed. The officer finds the cases of this service under “Cases”.")

    def action(data: dict[str, Any]) -> object:
        return appoint_officer(data["matter"], person=data["person"], acting_user=desk.person)

    return stepped(request, lambda: sent(request, form, action), said) or show(request, desk, "appoint_officer", form=form)


@require_POST
@at_desk
def dismiss_from_matter(request: HttpRequest, desk: Desk, matter: str, person_id: uuid.UUID) -> HttpResponse:
    """End that."""
    found = get_object_or_404(Matter.objects.select_related("lead"), code=matter, lead=desk.department)
    person = seen_person(desk, person_id)

    def action() -> bool:
        dismiss_officer(found, person=person, acting_user=desk.person)
        return True

    return stepped(request, action, _("The officer decides no cases of this service any more.")) or HttpResponse(status=204)


def stepped(request: HttpRequest, action: Callable[[], bool], said: str) -> HttpResponse | None:
    """Run a step: back to the list when it is done or when the people have changed meanwhile; None: show the form."""
    try:
        return done(request, said, PAGE) if action() else None
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)


def seen_person(desk: Desk, person_id: uuid.UUID) -> Person:
    """A person whom whoever sits at this desk may see. Raises Http404."""
    person: Person | None = Person.objects.visible_to(desk.person).filter(pk=person_id).first()
    if person is None:
        raise Http404
    return person


def may_manage(desk: Desk) -> bool:
    """Whether the person at this desk changes the roles of others."""
    return Role.ADMINISTRATOR in desk.roles


def hand_over(request: HttpRequest, made: Invitation) -> HttpResponse:
    """Keep link or code in the session for the one page that shows it; what goes by mail is shown nowhere."""
    if made.way == Way.MAIL:
        return done(request, _("Sent. The mail holds a code; it is good for three days."), PAGE)
    shown = {"username": made.person.username, "until": made.expires_at.isoformat()}
    if made.way == Way.PRINTED:
        shown["code"] = code_of(made)
    else:
        shown["url"] = request.build_absolute_uri(path_of(made))
    request.session[SHOWN_ONCE] = shown
    return done(request, _("Hand over what stands below by another way; it is shown this once."), PAGE)


def _invite(desk: Desk, data: dict[str, Any]) -> Invitation:
    names = {"en": data["name_en"], "zh": data["name_zh"]}
    roles = tuple(Role(role) for role in data["roles"])
    terms = actions.InvitationTerms(roles, valid_until=data["valid_until"], way=Way(data["way"]), address=data["address"])
    return actions.invite_person(data["username"], names=names, department=desk.department, terms=terms, acting_user=desk.person)
