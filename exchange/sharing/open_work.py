"""Requests that hang on whoever began them: shown and handed over when that person leaves (exchange/accounts/open_work.py)."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.accounts.models import Role
from exchange.accounts.open_work import Piece
from exchange.sharing.lifecycle import PartState
from exchange.sharing.models import SharingRequest

_UNFINISHED = (PartState.DRAFT, PartState.RETURNED)


class UnfinishedRequests:
    """Drafts, and requests that came back to be completed. Who has submitted one stays written in it: four eyes remember."""

    title = _("Requests not handed in, or returned")
    role = Role.OFFICER

    def pieces(self, person: Any, department: Department) -> list[Piece]:
        """One piece a request, by its number."""
        numbers = _of(person, department).order_by("number").values_list("number", flat=True)
        return [Piece(number, "console_request", (number,)) for number in numbers]

    def hand_over(self, person: Any, to: Any, department: Department) -> int:
        """The requests are those of `to` from now on."""
        keys = list(_of(person, department).values_list("pk", flat=True))
        return SharingRequest.objects.filter(pk__in=keys).update(created_by=to)


def _of(person: Any, department: Department) -> QuerySet[SharingRequest]:
    rows = SharingRequest.objects.filter(created_by=person.pk, requester=department, parts__state__in=_UNFINISHED)
    return rows.distinct()
