"""What stands beside a decision: how the same was decided before, and which open requests are like it."""

from __future__ import annotations

from django.db.models import Q, QuerySet

from exchange.sharing.lifecycle import PartState
from exchange.sharing.models import RequestPart

MOST = 10
_ROWS = ("request__requester", "request__purpose", "dataset__provider")


def decided_before(part: RequestPart) -> QuerySet[RequestPart]:
    """Decided parts for the same purpose and dataset, whoever asked, the newest first; at most ten."""
    rows = RequestPart.objects.filter(dataset=part.dataset_id, request__purpose=part.request.purpose_id)
    decided = rows.filter(state__in=(PartState.APPROVED, PartState.REFUSED)).exclude(pk=part.pk)
    return decided.select_related(*_ROWS).prefetch_related("items", "facts").order_by("-decided_at", "-pk")[:MOST]


def similar_open(part: RequestPart) -> QuerySet[RequestPart]:
    """Other parts about the same dataset that lie where this one lies: for the same purpose, or with one of its items."""
    items = [item.name for item in part.items.all()]
    alike = Q(request__purpose=part.request.purpose_id) | Q(items__name__in=items)
    rows = RequestPart.objects.filter(alike, dataset=part.dataset_id, state=part.state).exclude(pk=part.pk)
    return rows.select_related(*_ROWS).prefetch_related("items", "facts").distinct().order_by("due_on", "pk")[:MOST]
