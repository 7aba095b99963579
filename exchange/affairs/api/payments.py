"""`/api/v1/affairs/payments`: what the paying department orders the treasury to pay, and the treasury's answer."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.errors import Fault, Invalid
from exchange.affairs.api.doors import CURSOR, PROBLEMS, READ_PROBLEMS
from exchange.affairs.licences import treasury
from exchange.affairs.licences.lifecycle import PaymentState
from exchange.affairs.models import PaymentOrder

STATE = OpenApiParameter("state", str, enum=[state.value for state in PaymentState], description="Only those in this state.")


class PaymentOrderOut(serializers.Serializer[Any]):
    """One order: for which case and month, in which attempt, and where it stands. To which account stands in its document."""

    id = serializers.UUIDField()
    case = serializers.CharField(source="case.number")
    matter = serializers.CharField(source="case.version.matter_id")
    payer = serializers.CharField()
    month = serializers.CharField()
    attempt = serializers.IntegerField()
    state = serializers.ChoiceField(PaymentState.choices())
    pay_by = serializers.DateField()
    ordered_at = serializers.DateTimeField()
    answered_at = serializers.DateTimeField(allow_null=True)
    returned_because = serializers.ChoiceField(PaymentOrder.Returned.choices, allow_blank=True)


class PaymentOrderPage(serializers.Serializer[Any]):
    """One page of orders."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = PaymentOrderOut(many=True)


class SignedOrderOut(PaymentOrderOut):
    """One order with its document, and the signature over it (kind `payment-order`)."""

    document = serializers.JSONField()
    signature = serializers.JSONField()


class ReturnedIn(serializers.Serializer[Any]):
    """Why the money came back."""

    because = serializers.ChoiceField(PaymentOrder.Returned.choices)


class _SoonestFirst(CursorPagination):
    page_size = 50
    ordering = ("pay_by", "id")


class PaymentOrders(APIView):
    """Orders of the caller's departments."""

    @extend_schema(
        operation_id="listPayments", tags=["affairs"], parameters=[STATE, CURSOR], responses={200: PaymentOrderPage, **READ_PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List the orders of the departments whose officer you are, the most urgent first."""
        rows = treasury.orders_for(request.user)
        if state := request.query_params.get("state"):
            rows = rows.filter(state=_known(state))
        pages = _SoonestFirst()
        found: Any = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(PaymentOrderOut(found, many=True).data)


class OnePaymentOrder(APIView):
    """One order, whole."""

    @extend_schema(operation_id="getPayment", tags=["affairs"], responses={200: SignedOrderOut, **READ_PROBLEMS})
    def get(self, request: Request, order_id: uuid.UUID) -> Response:
        """Read one order with its document. The citizen reads that you did."""
        order = treasury.order_for(order_id, acting_user=request.user)
        document, signature = treasury.open_order(order, acting_user=request.user)
        return Response({**PaymentOrderOut(order).data, "document": document, "signature": signature})


class PaidView(APIView):
    """The treasury's yes."""

    @extend_schema(operation_id="markPaid", tags=["affairs"], request=None, responses={200: PaymentOrderOut, **PROBLEMS})
    def post(self, request: Request, order_id: uuid.UUID) -> Response:
        """Say that an order was paid."""
        order = treasury.order_for(order_id, acting_user=request.user)
        return Response(PaymentOrderOut(treasury.mark_paid(order, acting_user=request.user)).data)


class ReturnedView(APIView):
    """The bank's no."""

    parser_classes = (JSONParser,)

    @extend_schema(operation_id="markReturned", tags=["affairs"], request=ReturnedIn, responses={200: PaymentOrderOut, **PROBLEMS})
    def post(self, request: Request, order_id: uuid.UUID) -> Response:
        """Say that the money came back, and why. The citizen reads it, and may name another account."""
        order = treasury.order_for(order_id, acting_user=request.user)
        body = ReturnedIn(data=request.data)
        body.is_valid(raise_exception=True)
        order = treasury.mark_returned(order, because=body.validated_data["because"], acting_user=request.user)
        return Response(PaymentOrderOut(order).data)


def _known(state: str) -> str:
    if state not in {known.value for known in PaymentState}:
        raise Invalid(faults=[Fault("state", "UNKNOWN", _("There is no such state."))])
    return state
