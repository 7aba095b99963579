"""Webhooks of a department: ask for one, see what was sent and each try, send again; the authority confirms where the hub may call."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from exchange.accounts.models import Role
from exchange.delivery.models import Webhook, WebhookMessage
from exchange.delivery.webhooks import actions
from exchange.delivery.webhooks.lifecycle import WebhookState
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.lists import page_of
from exchange.portal.department.webhook_forms import WebhookForm, followable

if TYPE_CHECKING:
    from exchange.portal.department.waiting import Waiting

PAGE = "console_webhook"
LIST = "console_webhooks"
_MESSAGES_SHOWN = 20


@require_GET
@at_desk
def webhooks(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Every webhook that the person may see, the newest first."""
    page = page_of(Webhook.objects.visible_to(desk.person), request.GET.get("cursor", ""))
    can_ask = Role.OFFICER in desk.roles and followable(desk.department).exists()
    return show(request, desk, "webhooks", page=page, can_ask=can_ask)


@require_http_methods(["GET", "POST"])
@at_desk
def ask(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Ask for one. The answer to the form is the page that shows the secret: it is shown nowhere else, and never again."""
    desk.require(Role.OFFICER)
    form, made = WebhookForm(desk.department, posted(request)), list[tuple[Webhook, str]]()
    try:
        if sent(request, form, lambda data: made.append(_ask(desk, form, data))):
            found, secret = made[0]
            return _secret_page(request, desk, found, secret)
    except Conflict as conflict:
        return look_again(request, conflict, LIST)
    return show(request, desk, "webhook_ask", form=form)


def _ask(desk: Desk, form: WebhookForm, data: dict[str, Any]) -> tuple[Webhook, str]:
    return actions.ask_webhook(data["agreement"], receiver=form.receiver(), **desk.acting)


@require_GET
@at_desk
def one_webhook(request: HttpRequest, desk: Desk, webhook_number: str) -> HttpResponse:
    """Where it leads, what it was sent, and each try; never a body."""
    found = actions.webhook_for(desk.person, webhook_number)
    person, department = desk.person, desk.department
    is_open = found.state != WebhookState.ENDED
    context = {
        "found": found,
        "messages_sent": found.messages.prefetch_related("tries")[:_MESSAGES_SHOWN],
        "can_confirm": found.state == WebhookState.UNCONFIRMED and actions.may_confirm(found, person, department),
        "can_manage": is_open and actions.may_manage(found, person, department),
        "can_end": is_open and actions.may_end(found, person, department),
    }
    return show(request, desk, "webhook", **context)


@require_POST
@at_desk
def confirm(request: HttpRequest, desk: Desk, webhook_number: str) -> HttpResponse:
    """The authority lets the hub call there."""
    return _step(request, desk, webhook_number, actions.confirm, _("Confirmed. The hub calls there from now on."))


@require_POST
@at_desk
def decline(request: HttpRequest, desk: Desk, webhook_number: str) -> HttpResponse:
    """The authority does not."""
    return _step(request, desk, webhook_number, actions.decline, _("Declined. The hub does not call there."))


@require_POST
@at_desk
def end(request: HttpRequest, desk: Desk, webhook_number: str) -> HttpResponse:
    """Nothing more is sent."""
    return _step(request, desk, webhook_number, actions.end, _("Ended. Nothing more is sent."))


@require_POST
@at_desk
def resume(request: HttpRequest, desk: Desk, webhook_number: str) -> HttpResponse:
    """After it was stopped."""
    return _step(
        request, desk, webhook_number, actions.resume, _("It goes on. A message is on its way, so that you see whether it arrives.")
    )


@require_POST
@at_desk
def renew_secret(request: HttpRequest, desk: Desk, webhook_number: str) -> HttpResponse:
    """Another secret, shown once."""
    found = actions.webhook_for(desk.person, webhook_number)
    try:
        secret = actions.renew_secret(found, **desk.acting)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, webhook_number)
    return _secret_page(request, desk, found, secret)


@require_POST
@at_desk
def send_again(request: HttpRequest, desk: Desk, webhook_number: str, message_number: str) -> HttpResponse:
    """The same message once more, under its own number."""
    found = actions.webhook_for(desk.person, webhook_number)
    message = get_object_or_404(WebhookMessage.objects.select_related("webhook"), number=message_number, webhook=found)
    try:
        actions.send_again(message, **desk.acting)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, webhook_number)
    return done(request, _("It is on its way once more, under the same number."), PAGE, webhook_number)


def _step(request: HttpRequest, desk: Desk, number: str, action: Callable[..., Any], said: str) -> HttpResponse:
    found = actions.webhook_for(desk.person, number)
    try:
        action(found, **desk.acting)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number)
    return done(request, said, PAGE, number)


def _secret_page(request: HttpRequest, desk: Desk, found: Webhook, secret: str) -> HttpResponse:
    response = show(request, desk, "webhook_secret", found=found, secret=secret)
    response["Cache-Control"] = "no-store"
    return response


def webhooks_waiting(desk: Desk, line: type[Waiting]) -> Iterator[Waiting]:
    """Lines for the console: to confirm for the authority, stopped ones for their department."""
    visible = Webhook.objects.visible_to(desk.person).order_by("id")
    for found in visible.filter(state=WebhookState.UNCONFIRMED)[:_MESSAGES_SHOWN]:
        if actions.may_confirm(found, desk.person, desk.department):
            yield line(_("Confirm the webhook"), found.dataset, found.requester, reverse(PAGE, args=[found.number]))
    for found in visible.filter(state=WebhookState.STOPPED)[:_MESSAGES_SHOWN]:
        if actions.may_manage(found, desk.person, desk.department):
            yield line(_("Your webhook was stopped"), found.dataset, _("nobody answers there"), reverse(PAGE, args=[found.number]))


_ONE = "console/webhooks/<str:webhook_number>"
urlpatterns = [
    path("console/webhooks", webhooks, name=LIST),
    path("console/webhooks/new", ask, name="console_ask_webhook"),
    path(_ONE, one_webhook, name=PAGE),
    path(f"{_ONE}/confirm", confirm, name="console_confirm_webhook"),
    path(f"{_ONE}/decline", decline, name="console_decline_webhook"),
    path(f"{_ONE}/end", end, name="console_end_webhook"),
    path(f"{_ONE}/resume", resume, name="console_resume_webhook"),
    path(f"{_ONE}/secret", renew_secret, name="console_renew_webhook_secret"),
    path(f"{_ONE}/messages/<str:message_number>/again", send_again, name="console_send_webhook_again"),
]
