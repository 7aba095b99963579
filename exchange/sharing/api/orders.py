"""`/api/v1/orders`: what a department's own machine signs. The number is the way in; the department's key is what counts."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.sharing.api import offer_shapes
from exchange.sharing.api.doors import PROBLEMS
from exchange.sharing.offers import handing


class NumberedDoor(APIView):
    """Open to whoever knows the number: no session, because the machine that signs has none."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    parser_classes = (JSONParser,)


class OneOrder(NumberedDoor):
    """An order that waits."""

    @extend_schema(operation_id="getWaitingOrder", tags=["orders"], auth=[], responses={200: offer_shapes.WaitingOrderOut, **PROBLEMS})
    def get(self, request: Request, number: str) -> Response:
        """Read the order that a person prepared, and what its names mean."""
        return Response(offer_shapes.WaitingOrderOut(handing.shown(handing.waiting_order(number))).data)


class HandInSignature(NumberedDoor):
    """The signature."""

    @extend_schema(
        operation_id="handInSignature",
        tags=["orders"],
        auth=[],
        request=offer_shapes.SignatureIn,
        responses={200: offer_shapes.HandedInOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Response:
        """Hand in the signature by the department's key: the step is taken as the person who prepared it."""
        shape = offer_shapes.SignatureIn(data=request.data)
        shape.is_valid(raise_exception=True)
        done = handing.hand_in(handing.waiting_order(number), signature=shape.validated_data["signature"])
        return Response(offer_shapes.HandedInOut(done).data)
