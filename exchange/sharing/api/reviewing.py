"""`/api/v1/requests/…`: the check before sending, the second signature, the thread, precedents, answering together."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from audit import acts
from exchange.accounts.acting import require_acting_department
from exchange.sharing import actions, precedents, prospects
from exchange.sharing.api import reviewing_shapes as shapes
from exchange.sharing.api.doors import ACTING, PROBLEMS, Door
from exchange.sharing.api.requests import answered
from exchange.sharing.api.shapes import NoteIn, RequestOut
from exchange.sharing.errors import NotAskable, NotThatSide
from exchange.sharing.least import the_least
from exchange.sharing.lifecycle import Side
from exchange.sharing.sides import part_sides, require_thread

PURPOSE = OpenApiParameter("purpose", str, required=True, description="Code of the purpose.")


class Least(Door):
    """The least that a purpose needs."""

    @extend_schema(
        operation_id="getLeast", tags=["requests"], parameters=[ACTING, PURPOSE], responses={200: shapes.ProposalOut(many=True), **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """What is proposed for a purpose, dataset by dataset. Each item or fact beyond it must be justified."""
        require_acting_department(request)
        found = the_least(request.query_params.get("purpose", ""), acts.standing())
        return Response(self.shown(shapes.ProposalOut, [found[code] for code in sorted(found)], many=True))


class ForeseenRequest(Door):
    """The check before sending."""

    @extend_schema(
        operation_id="foreseeRequest", tags=["requests"], parameters=[ACTING], responses={200: shapes.ForeseenOut(many=True), **PROBLEMS}
    )
    def get(self, request: Request, number: str) -> Response:
        """What will come back for each part that is not sent yet, and why. Only the requester sees it."""
        found = self.sharing_request(number)
        if found.requester_id != self.department.code:
            raise NotThatSide(_("Only the requester looks at a request before it is sent."), step="foresee")
        return Response(self.shown(shapes.ForeseenOut, prospects.foreseen(found), many=True))


class ConfirmPart(Door):
    """The second signature."""

    @extend_schema(
        operation_id="confirmPart", tags=["requests"], parameters=[ACTING], request=NoteIn, responses={200: RequestOut, **PROBLEMS}
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Confirm what a colleague approved: the text of the agreement is fixed and signed for your department."""
        part, note = self.part(number, dataset), self.parsed(NoteIn)["note"]
        actions.confirm(part, acting_user=self.person, department=self.department, note=note)
        return answered(self, self.sharing_request(number))


class SendBackPart(Door):
    """Not so."""

    @extend_schema(
        operation_id="sendBackPart",
        tags=["requests"],
        parameters=[ACTING],
        request=shapes.SendBackIn,
        responses={200: RequestOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Send what a colleague approved back to be decided anew, with your reason."""
        part, reason = self.part(number, dataset), self.parsed(shapes.SendBackIn)["reason"]
        actions.send_back(part, reason=reason, acting_user=self.person, department=self.department)
        return answered(self, self.sharing_request(number))


class Messages(Door):
    """The thread of a part."""

    @extend_schema(
        operation_id="listPartMessages", tags=["requests"], parameters=[ACTING], responses={200: shapes.MessageOut(many=True), **PROBLEMS}
    )
    def get(self, request: Request, number: str, dataset: str) -> Response:
        """Read what the parties wrote to each other, the oldest first. Only the parties read it."""
        part = self.part(number, dataset)
        require_thread(self.person, part)
        return Response(self.shown(shapes.MessageOut, part.messages.select_related("person"), many=True))

    @extend_schema(
        operation_id="sayOnPart",
        tags=["requests"],
        parameters=[ACTING],
        request=shapes.MessageIn,
        responses={201: shapes.MessageOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """Write to the other parties. It stays with them; the log learns a digest."""
        part, text = self.part(number, dataset), self.parsed(shapes.MessageIn)["text"]
        said = actions.say(part, text, acting_user=self.person, department=self.department)
        return Response(self.shown(shapes.MessageOut, said), status=201)


class Precedents(Door):
    """What stands beside a decision."""

    @extend_schema(operation_id="getPrecedents", tags=["requests"], parameters=[ACTING], responses={200: shapes.PrecedentsOut, **PROBLEMS})
    def get(self, request: Request, number: str, dataset: str) -> Response:
        """How the same was decided before, and which open requests are alike. For the owner and the authority."""
        part = self.part(number, dataset)
        if not part_sides(self.person, self.department, part) & {Side.PROVIDER, Side.AUTHORITY}:
            raise NotThatSide(_("Only the owner and the authority compare requests."), step="precedents")
        found = {"decided": precedents.decided_before(part), "similar": precedents.similar_open(part)}
        return Response(self.shown(shapes.PrecedentsOut, found))


class AnswerTogether(Door):
    """One decision for several parts."""

    @extend_schema(
        operation_id="answerTogether",
        tags=["requests"],
        parameters=[ACTING],
        request=shapes.TogetherIn,
        responses={200: RequestOut(many=True), **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Approve or refuse similar parts together: all of them or none; 422 lists the faults part by part."""
        who: dict[str, Any] = {"acting_user": self.person, "department": self.department}
        data = self.parsed(shapes.TogetherIn)
        parts = [self.part(row["number"], row["dataset"]) for row in data["parts"]]
        if ("verdicts" in data) == ("refuse" in data):
            raise NotAskable(_("Send either verdicts or a refusal."), code="ONE_DECISION")
        if "verdicts" in data:
            actions.approve_together(parts, verdicts=shapes.verdicts_of(data["verdicts"]), note=data["note"], **who)
        else:
            refusal = data["refuse"]
            actions.refuse_together(parts, reason=refusal.get("reason", ""), ground=refusal.get("ground", ""), **who)
        return Response(self.shown(RequestOut, [self.sharing_request(part.request.number) for part in parts], many=True))
