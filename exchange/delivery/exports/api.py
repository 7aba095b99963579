"""`/api/v1/deliveries`: exports as people see them. The rows are collected on the data path alone, by signed requests."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.delivery.exports import actions
from exchange.delivery.exports.errors import NoSuchExport
from exchange.delivery.exports.lifecycle import DeliveryState
from exchange.delivery.models import Delivery
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS, Door


class DeliveryOut(serializers.Serializer[Any]):
    """One export."""

    id = serializers.CharField(source="number")
    agreement = serializers.CharField()
    dataset = serializers.CharField()
    requester = serializers.CharField()
    provider = serializers.CharField()
    system = serializers.CharField(help_text="Code of the system that opened it and alone collects it.")
    purpose = serializers.CharField()
    format = serializers.CharField(source="form")
    columns = serializers.ListField(child=serializers.CharField())
    rows = serializers.IntegerField(source="row_count")
    as_of = serializers.CharField()
    state = serializers.ChoiceField(DeliveryState.choices())
    progress = serializers.IntegerField(help_text="Percent of the preparation.")
    bytes = serializers.IntegerField(source="size")
    sent = serializers.IntegerField(help_text="Bytes that have left.")
    reason = serializers.CharField(help_text="Why it ended before its time; else empty.")
    created_at = serializers.DateTimeField()
    ready_at = serializers.DateTimeField(allow_null=True)
    expires_at = serializers.DateTimeField()
    ended_at = serializers.DateTimeField(allow_null=True)


class DeliveryPage(serializers.Serializer[Any]):
    """A page of the list."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DeliveryOut(many=True)


class NewestFirst(CursorPagination):
    """Pages of 50 by cursor, the newest first."""

    page_size = 50
    ordering = ("-created_at", "-id")


class Deliveries(Door):
    """All exports that the caller may see."""

    pagination: ClassVar[type[CursorPagination]] = NewestFirst

    @extend_schema(
        operation_id="listDeliveries", tags=["deliveries"], parameters=[ACTING, CURSOR], responses={200: DeliveryPage, **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List exports under agreements to which your departments are parties, the newest first."""
        return self.page(DeliveryOut, Delivery.objects.visible_to(self.person))


class OneDelivery(Door):
    """One export."""

    @extend_schema(operation_id="getDelivery", tags=["deliveries"], parameters=[ACTING], responses={200: DeliveryOut, **PROBLEMS})
    def get(self, request: Request, delivery_number: str) -> Response:
        """Read an export: what it is, how far it is, why it ended."""
        return Response(self.shown(DeliveryOut, delivery_for(self.person, delivery_number)))


class CancelDelivery(Door):
    """Cancelling."""

    @extend_schema(
        operation_id="cancelDelivery", tags=["deliveries"], parameters=[ACTING], request=None, responses={200: DeliveryOut, **PROBLEMS}
    )
    def post(self, request: Request, delivery_number: str) -> Response:
        """Cancel an export: the next piece does not leave, and its rows are removed."""
        found = delivery_for(self.person, delivery_number)
        return Response(self.shown(DeliveryOut, actions.cancel(found, acting_user=self.person, department=self.department)))


def delivery_for(person: Any, number: str) -> Delivery:
    """The export, if the person may see it. Raises NoSuchExport."""
    found = Delivery.objects.visible_to(person).filter(number=number).first()
    if found is None:
        raise NoSuchExport(_("There is no such export, or it is not yours to see."))
    return found
