"""`/api/v1/requests/waiting`: the parts of requests that wait for a step of the caller, what is due first on top."""

from __future__ import annotations

from typing import Any

from django.db.models import F
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.sharing.api.doors import ACTING, PROBLEMS, Door
from exchange.sharing.lifecycle import PartEvent, PartState
from exchange.sharing.models import RequestPart
from exchange.sharing.sides import part_steps

MOST = 200
# Taking back is always possible and waits for nobody.
_WAIT_FOR_NOBODY = frozenset({PartEvent.WITHDRAW})
_OPEN = (PartState.DRAFT, PartState.SUBMITTED, PartState.CHECKED, PartState.RETURNED, PartState.APPROVED_ONCE)


class WaitingPartOut(serializers.Serializer[Any]):
    """One part, and the steps that the caller may take on it now."""

    number = serializers.CharField(source="part.request.number")
    dataset = serializers.CharField(source="part.dataset.code")
    requester = serializers.CharField(source="part.request.requester_id")
    provider = serializers.CharField(source="part.dataset.provider_id")
    purpose = serializers.CharField(source="part.request.purpose_id")
    title = serializers.CharField(source="part.request.title")
    state = serializers.CharField(source="part.state")
    due_on = serializers.DateField(source="part.due_on", allow_null=True)
    steps = serializers.ListField(child=serializers.CharField())


class WaitingPartsOut(serializers.Serializer[Any]):
    """What waits; `more` where there is more than fits here."""

    results = WaitingPartOut(many=True)
    more = serializers.BooleanField()


class WaitingParts(Door):
    """What waits for the caller."""

    @extend_schema(operation_id="listWaitingParts", tags=["requests"], parameters=[ACTING], responses={200: WaitingPartsOut, **PROBLEMS})
    def get(self, request: Request) -> Response:
        """List the parts that wait for a step of yours, in the department for which you act: to decide, to confirm, to complete."""
        person, department = self.person, self.department
        open_parts = RequestPart.objects.visible_to(person).filter(state__in=_OPEN).select_related("request", "dataset")
        rows = list(open_parts.order_by(F("due_on").asc(nulls_last=True), "pk")[: MOST + 1])
        found = [(part, set(part_steps(person, department, part)) - _WAIT_FOR_NOBODY) for part in rows[:MOST]]
        results = [{"part": part, "steps": sorted(steps)} for part, steps in found if steps]
        return Response(WaitingPartsOut({"results": results, "more": len(rows) > MOST}).data)
