"""Exports of a department's agreements: the list, and one export with its progress, its manifest and its end."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST
from django_htmx.http import HttpResponseClientRefresh

from audit.errors import Conflict
from exchange.delivery.exports import actions
from exchange.delivery.exports.api import delivery_for
from exchange.delivery.exports.lifecycle import DeliveryState
from exchange.delivery.exports.moves import rows_at_most
from exchange.delivery.models import Delivery
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.lists import page_of

PAGE = "console_delivery"
MOVING = (DeliveryState.PREPARING, DeliveryState.COLLECTING)


@require_GET
@at_desk
def deliveries(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Exports on either side, the newest first."""
    page = page_of(Delivery.objects.visible_to(desk.person), request.GET.get("cursor", ""))
    return show(request, desk, "deliveries", page=page)


@require_GET
@at_desk
def one_delivery(request: HttpRequest, desk: Desk, delivery_number: str) -> HttpResponse:
    """What it is, how far it is, what has left, and the manifest that its file is checked against."""
    found = delivery_for(desk.person, delivery_number)
    context: dict[str, Any] = {
        "found": found,
        "is_moving": found.state in MOVING,
        "can_cancel": actions.can_be_cancelled(found, desk.person, desk.department),
        "rows_left": rows_at_most(found, found.sent),
        "manifest": _manifest(found),
        "command": f"hub pull {found.agreement} --format {found.form} --out {found.dataset}.{found.form}",
    }
    return show(request, desk, "delivery", **context)


@require_GET
@at_desk
def progress(request: HttpRequest, desk: Desk, delivery_number: str) -> HttpResponse:
    """The bar alone, while it moves; then the whole page again."""
    found = delivery_for(desk.person, delivery_number)
    if found.state not in MOVING:
        return HttpResponseClientRefresh()
    return render(request, "department/delivery_progress.html", {"found": found})


@require_POST
@at_desk
def cancel(request: HttpRequest, desk: Desk, delivery_number: str) -> HttpResponse:
    """End it: the next piece does not leave."""
    found = delivery_for(desk.person, delivery_number)
    try:
        actions.cancel(found, acting_user=desk.person, department=desk.department)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, delivery_number)
    return done(request, _("Cancelled. No further piece leaves, and the rows are removed."), PAGE, delivery_number)


def _manifest(found: Delivery) -> str:
    """The signed manifest as it was made, without the list of pieces; empty while there is none."""
    if not found.manifest:
        return ""
    document = json.loads(found.manifest)["document"]
    return json.dumps({**document, "pieces": len(document["pieces"])}, ensure_ascii=False, indent=2)


urlpatterns = [
    path("console/deliveries", deliveries, name="console_deliveries"),
    path("console/deliveries/<str:delivery_number>", one_delivery, name=PAGE),
    path("console/deliveries/<str:delivery_number>/progress", progress, name="console_delivery_progress"),
    path("console/deliveries/<str:delivery_number>/cancel", cancel, name="console_cancel_delivery"),
]
