"""Keys that a system's own machine has handed in: an administrator compares them and certifies, or ends the one that was replaced."""

from __future__ import annotations

import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from audit.errors import Conflict
from audit.proof.canonical import b64url
from exchange.accounts.key_requests import actions
from exchange.accounts.models import KeyRequest, KeyRequestState, KeyWish, Role
from exchange.portal.department.desk import Desk, at_desk, done, look_again

PAGE = "console_keys"


def waiting_keys(desk: Desk) -> list[dict[str, Any]]:
    """What waits about the department's keys, the oldest first, each with its public key as the machine shows it."""
    rows = KeyRequest.objects.filter(department=desk.department, state=KeyRequestState.WAITING).select_related("asked_by")
    return [{"asked": row, "public_key": b64url(bytes(row.public_key)), "is_new": row.wish == KeyWish.CERTIFY} for row in rows]


@require_POST
@at_desk
def decide_key(request: HttpRequest, desk: Desk, request_id: uuid.UUID) -> HttpResponse:
    """Do what is asked about a key, or refuse it."""
    asked = get_object_or_404(KeyRequest, pk=request_id, department=desk.department)
    desk.require(Role.ADMINISTRATOR)
    wanted = request.POST.get("do", "")
    try:
        if wanted == "refuse":
            actions.refuse(asked, acting_user=desk.person)
            return done(request, _("Refused. Nothing has changed."), PAGE)
        if wanted != "grant":
            raise Conflict(_("Choose what is to be done about this key."))
        actions.grant(asked, acting_user=desk.person)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE)
    if asked.wish == KeyWish.CERTIFY:
        return done(request, _("The key is certified and may sign from now on."), PAGE)
    return done(request, _("The key is revoked. What it signs from now on is refused."), PAGE)
