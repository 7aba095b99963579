"""Systems of the department and their keys: register, certify, revoke."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import Conflict
from audit.proof.keys import Use
from catalog import actions
from catalog.models import Key, System
from exchange.accounts.handled_keys import keys_to_replace
from exchange.accounts.models import Role
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.key_forms import AnswerKeyForm, KeyForm, RevokeKeyForm, SystemForm
from exchange.portal.department.key_requests import waiting_keys

PAGE = "console_keys"


@require_GET
@at_desk
def keys(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every system of the department with its keys, and the department's document keys."""
    by_owner: dict[str, list[Key]] = {}
    for key in Key.objects.filter(department=desk.department).order_by("keyid"):
        by_owner.setdefault(str(key.certificate["owner"]), []).append(key)
    systems = [(system, by_owner.get(system.code, [])) for system in System.objects.filter(department=desk.department)]
    own = by_owner.get(desk.department.code, [])
    context: dict[str, Any] = {
        "systems": systems,
        "document_keys": [key for key in own if key.use != Use.PROVIDER_ANSWER],
        "answer_keys": [key for key in own if key.use == Use.PROVIDER_ANSWER],
    }
    may_manage = Role.ADMINISTRATOR in desk.roles
    context |= {"to_replace": keys_to_replace(desk.department), "waiting": waiting_keys(desk)}
    return show(request, desk, "keys", **context, may_manage=may_manage)


@require_http_methods(["GET", "POST"])
@at_desk
def new_system(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Register a system with its first key."""
    desk.require(Role.ADMINISTRATOR)
    form = SystemForm(desk.department, posted(request))
    try:
        if sent(request, form, lambda data: _register(desk, data["code"], data)):
            return done(request, _("Registered. The system may call as soon as an agreement names it."), PAGE)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)
    return show(request, desk, "system", form=form)


@require_http_methods(["GET", "POST"])
@at_desk
def new_key(request: HttpRequest, desk: Desk, code: str) -> HttpResponse:
    """Certify another key of a system, so that one can follow the other without a gap."""
    system = get_object_or_404(System, code=code, department=desk.department)
    desk.require(Role.ADMINISTRATOR)
    form = KeyForm(posted(request), system=system.code, initial={"key_name": _next_name(system)})
    names = {"name_en": system.name_en, "name_zh": system.name_zh}
    try:
        if sent(request, form, lambda data: _register(desk, system.code, {**names, **data})):
            return done(request, _("The key is certified and may sign from now on."), PAGE)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)
    return show(request, desk, "key", form=form, system=system)


@require_http_methods(["GET", "POST"])
@at_desk
def new_answer_key(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Certify the key with which a service of the department signs its answers."""
    desk.require(Role.ADMINISTRATOR)
    form = AnswerKeyForm(desk.department, posted(request), initial={"key_name": _next_answer_name(desk)})
    try:
        if sent(request, form, lambda data: _certify_answer_key(desk, data)):
            return done(request, _("The key is certified. Name it in the description of a dataset that a service answers."), PAGE)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)
    return show(request, desk, "answer_key", form=form)


@require_http_methods(["GET", "POST"])
@at_desk
def revoke_key(request: HttpRequest, desk: Desk, owner: str, name: str) -> HttpResponse:
    """Revoke a key of a system or of a service that answers."""
    key = get_object_or_404(Key.objects.select_related("department"), keyid=f"{owner}/{name}", department=desk.department)
    desk.require(Role.ADMINISTRATOR)
    form = RevokeKeyForm(posted(request))
    try:
        if sent(request, form, lambda data: actions.revoke_key(key, reason=data["reason"], acting_user=desk.person)):
            return done(request, _("The key is revoked. What it signs from now on is refused."), PAGE)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)
    return show(request, desk, "revoke_key", form=form, key=key)


def _register(desk: Desk, code: str, data: dict[str, Any]) -> System:
    names = {"en": data["name_en"], "zh": data["name_zh"]}
    key = {"public_key": data["key"], "key_name": data["key_name"]}
    return actions.register_system(desk.department, code=code, name=names, **key, acting_user=desk.person)


def _certify_answer_key(desk: Desk, data: dict[str, Any]) -> str:
    return actions.certify_answer_key(desk.department, name=data["key_name"], public_key=data["key"], acting_user=desk.person)


def _next_answer_name(desk: Desk) -> str:
    taken = set(Key.objects.filter(keyid__startswith=f"{desk.department.code}/answer-").values_list("keyid", flat=True))
    return next(f"answer-{number}" for number in range(1, len(taken) + 2) if f"{desk.department.code}/answer-{number}" not in taken)


def _next_name(system: System) -> str:
    taken = set(Key.objects.filter(keyid__startswith=f"{system.code}/").values_list("keyid", flat=True))
    return next(f"system-{number}" for number in range(1, len(taken) + 2) if f"{system.code}/system-{number}" not in taken)
