"""The desk on which a person's work lies: what waits, what happened, what the department has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from audit.models import EntryIndex
from catalog.models import Dataset, Department, Key, Purpose, System
from exchange.accounts.acting import departments_of
from exchange.accounts.models import Role
from exchange.accounts.standing_in import places_of
from exchange.portal.department.desk import Desk, desk_of, show
from exchange.portal.department.waiting import waiting_for

RECENT = 8


@dataclass(frozen=True)
class Call:
    """One line of the log's index, with its purpose in words."""

    row: EntryIndex
    purpose: str


@login_required
@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """What waits for this person, then what the department does; first the choice of department where there are several."""
    desk = desk_of(request)
    codes = {desk.department.code} if desk and desk.deputy_of else departments_of(request.user)
    own = Department.objects.filter(code__in=codes)
    places = places_of(request.user)
    if desk is None:
        return render(request, "department/choose.html", {"departments": own, "places": places})
    return show(request, desk, "console", departments=own, places=places, today=timezone.localdate(), **_contents(desk))


def _contents(desk: Desk) -> dict[str, Any]:
    recent = list(exchanges_of(desk.department)[:RECENT])
    purposes = {purpose.code: purpose.title for purpose in Purpose.objects.filter(code__in=[row.purpose for row in recent])}
    return {
        "waiting": waiting_for(desk),
        "roles": [Role(role).label for role in sorted(desk.roles)],
        "recent": [Call(row, purposes.get(row.purpose, row.purpose)) for row in recent],
        "systems": System.objects.filter(department=desk.department),
        "keys": Key.objects.filter(department=desk.department).in_force().order_by("keyid"),
        "datasets": Dataset.objects.published().filter(provider=desk.department),
    }


def exchanges_of(department: Department) -> QuerySet[EntryIndex]:
    """Exchanges and refusals in which the department asked or was asked, the newest first."""
    party = Q(requester=department.code) | Q(provider=department.code)
    return EntryIndex.objects.filter(party, type__in=("exchange", "refusal", "outcome")).order_by("-entry")
