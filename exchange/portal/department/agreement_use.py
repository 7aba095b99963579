"""What an agreement is used for, beside what it allows; and what a new text would have changed, before anybody signs it."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from audit import acts
from audit.errors import Conflict, HubError
from exchange.accounts.models import Role
from exchange.portal.department import agreement_reading as reading
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.sharing import actions, used
from exchange.sharing.actions.amending import may_be_replaced
from exchange.sharing.errors import NotAskable

_PAGE = "console_agreement_use"


@require_GET
@at_desk
def use(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """Items, facts, methods and systems that were used in thirty days, and those that were not."""
    found = get_object_or_404(reading.agreement_rows(desk), agreement_id=agreement_id)
    seen = used.use_of(found, timezone.now())
    mine = found.requester_id == desk.department.code and Role.OFFICER in desk.roles
    may_narrow = mine and seen.may_narrow and may_be_replaced(found)
    rows = [
        (_("Data items"), seen.items, len(seen.items) - len(seen.unread), seen.unread),
        (_("Facts"), seen.facts, len(seen.facts) - len(seen.unasked), seen.unasked),
        (_("Sharing methods"), seen.methods, len(seen.methods) - len(seen.unused_methods), seen.unused_methods),
        (_("Systems"), found.document["systems"], len(found.document["systems"]) - len(seen.silent_systems), seen.silent_systems),
    ]
    return show(request, desk, "agreement_use", agreement=found, use=seen, rows=rows, may_narrow=may_narrow)


@require_GET
@at_desk
def rehearsal(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """The last thirty days under this text: who would have got more, or less."""
    found = get_object_or_404(reading.agreement_rows(desk), agreement_id=agreement_id)
    rehearsed, log = used.rehearsal_of(found, acts.standing(), timezone.now())
    context = {"agreement": found, "rehearsal": rehearsed, "left_out": log.left_out, "days": used.DAYS}
    return show(request, desk, "agreement_rehearsal", **context, replaces_nothing=not found.document.get("supersedes"))


@require_POST
@at_desk
def narrow(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """Hand in a request that replaces the agreement with what was used."""
    found = get_object_or_404(reading.agreement_rows(desk), agreement_id=agreement_id)
    try:
        part = actions.narrow(found, **desk.acting)
    except NotAskable as error:
        return look_again(request, _as_conflict(error), _PAGE, agreement_id)
    except Conflict as conflict:
        return look_again(request, conflict, _PAGE, agreement_id)
    return done(
        request, _("Handed in. Your agreement works as it is until the narrower one is signed."), "console_request", part.request.number
    )


def _as_conflict(error: HubError) -> Conflict:
    """What is missing from the request, on the page from which it was to be handed in."""
    faults = "; ".join(f"{fault.where}: {fault.message}" for fault in getattr(error, "faults", ()) or ())
    return Conflict(f"{error} {faults}".strip(), code=error.reason)
