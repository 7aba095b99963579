"""`/api/v1/disputes`: open one, talk, propose, settle, hand it to the authority, rule."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.sharing.api import watched_shapes as shapes
from exchange.sharing.api.corrections import CorrectionDoor
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS
from exchange.sharing.disputes import actions
from exchange.sharing.disputes.actions import Decision
from exchange.sharing.disputes.sides import Thing
from exchange.sharing.errors import NoSuchRequest
from exchange.sharing.models import Dispute


class DisputeDoor(CorrectionDoor):
    """A door to one dispute."""

    def dispute(self, number: str) -> Dispute:
        """The dispute, if the caller may see it. Raises NoSuchRequest."""
        rows = Dispute.objects.visible_to(self.person).select_related("dataset", "part__request", "correction__agreement", "agreement")
        found = rows.filter(number=number).first()
        if found is None:
            raise NoSuchRequest(_("There is no such dispute, or it is not yours to see."))
        return found

    def thing(self, data: dict[str, Any]) -> Thing:
        """What a new dispute is about. Raises NoSuchRequest."""
        if data["correction"]:
            return self.correction(data["correction"])
        return self.agreement(data["agreement"]) if data["agreement"] else self.part(data["request"], data["dataset"])

    def told(self, dispute: Dispute, status: int = 200) -> Response:
        """The dispute as it is now."""
        return Response(self.shown(shapes.DisputeOut, dispute), status=status)


class Disputes(DisputeDoor):
    """All disputes that the caller may see; opening one."""

    @extend_schema(
        operation_id="listDisputes", tags=["disputes"], parameters=[ACTING, CURSOR], responses={200: shapes.DisputePage, **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List disputes of your departments, what is due first on top."""
        return self.page(shapes.DisputeSummary, Dispute.objects.visible_to(self.person).select_related("dataset"))

    @extend_schema(
        operation_id="openDispute",
        tags=["disputes"],
        parameters=[ACTING],
        request=shapes.DisputeIn,
        responses={201: shapes.DisputeOut, **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Open a dispute about a refusal, an overdue answer, the answer to a correction, or misuse."""
        data = self.parsed(shapes.DisputeIn)
        made = actions.open_dispute(self.thing(data), about=data["about"], reason=data["reason"], **self.acting)
        return self.told(made, 201)


class OneDispute(DisputeDoor):
    """One dispute."""

    @extend_schema(operation_id="getDispute", tags=["disputes"], parameters=[ACTING], responses={200: shapes.DisputeOut, **PROBLEMS})
    def get(self, request: Request, number: str) -> Response:
        """Read a dispute with everything that was said in it."""
        return self.told(self.dispute(number))


class SayInDispute(DisputeDoor):
    """Talking."""

    @extend_schema(
        operation_id="sayInDispute",
        tags=["disputes"],
        parameters=[ACTING],
        request=shapes.SayIn,
        responses={200: shapes.DisputeOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Response:
        """Write to the other side; a proposal can be accepted by it."""
        found, data = self.dispute(number), self.parsed(shapes.SayIn)
        actions.say(found, text=data["text"], is_proposal=data["proposal"], **self.acting)
        return self.told(found)


class SettleDispute(DisputeDoor):
    """Agreeing."""

    @extend_schema(
        operation_id="settleDispute", tags=["disputes"], parameters=[ACTING], request=None, responses={200: shapes.DisputeOut, **PROBLEMS}
    )
    def post(self, request: Request, number: str) -> Response:
        """Accept the other side's newest proposal."""
        found = self.dispute(number)
        actions.settle(found, **self.acting)
        return self.told(found)


class HandOverDispute(DisputeDoor):
    """To the authority."""

    @extend_schema(
        operation_id="handOverDispute",
        tags=["disputes"],
        parameters=[ACTING],
        request=shapes.HandOverIn,
        responses={200: shapes.DisputeOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Response:
        """The talks have failed: the authority is to rule."""
        found = self.dispute(number)
        actions.hand_over(found, **self.parsed(shapes.HandOverIn), **self.acting)
        return self.told(found)


class RuleDispute(DisputeDoor):
    """The ruling."""

    @extend_schema(
        operation_id="ruleDispute",
        tags=["disputes"],
        parameters=[ACTING],
        request=shapes.RulingIn,
        responses={200: shapes.DisputeOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Response:
        """The authority rules, with a coded ground and a reason; it signs for nobody."""
        found = self.dispute(number)
        actions.rule(found, decision=Decision(**self.parsed(shapes.RulingIn)), **self.acting)
        return self.told(found)


class TakeBackDispute(DisputeDoor):
    """Taking back."""

    @extend_schema(
        operation_id="takeBackDispute", tags=["disputes"], parameters=[ACTING], request=None, responses={200: shapes.DisputeOut, **PROBLEMS}
    )
    def post(self, request: Request, number: str) -> Response:
        """The side that opened it wants no ruling any more."""
        found = self.dispute(number)
        actions.take_back(found, **self.acting)
        return self.told(found)
