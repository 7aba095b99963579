"""`…/evidence`, `…/preview`, `…/items`: what was found, what the citizen says of it, and other ways for what was not found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import StreamingHttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from audit.proof.canonical import sha256_text
from exchange.affairs import actions
from exchange.affairs.api import shapes, told
from exchange.affairs.api.doors import PROBLEMS, READ_PROBLEMS, Door
from exchange.affairs.api.stream import EventStream, events_of
from exchange.affairs.applicants import Applicant
from exchange.affairs.models import Case

IF_NONE_MATCH = OpenApiParameter(
    "If-None-Match", str, OpenApiParameter.HEADER, description="The ETag that you have: 304 while nothing is new."
)
_NOTHING_NEW = OpenApiResponse(description="Nothing is new.")


class EvidenceView(Door):
    """What was found."""

    @extend_schema(
        operation_id="getEvidence",
        tags=["affairs"],
        parameters=[IF_NONE_MATCH],
        responses={200: shapes.EvidenceOut, 304: _NOTHING_NEW, **READ_PROBLEMS},
    )
    def get(self, request: Request, number: str) -> Response:
        """Read what was found for each requirement. Poll with If-None-Match, or listen to `evidence/stream`."""
        found = told.evidence(self.case(number))
        tag = f'"{sha256_text(JSONRenderer().render(found)).removeprefix("sha256:")[:32]}"'
        headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
        if request.headers.get("If-None-Match", "").strip() == tag:
            return Response(status=304, headers=headers)
        return Response(found, headers=headers)


class EvidenceStream(Door):
    """The same as events."""

    renderer_classes = (EventStream, JSONRenderer)

    @extend_schema(
        operation_id="streamEvidence",
        tags=["affairs"],
        responses={(200, "text/event-stream"): OpenApiTypes.STR, **READ_PROBLEMS},
    )
    def get(self, request: Request, number: str) -> StreamingHttpResponse:
        """Listen while the offices are asked (server-sent events).

        `evidence` whenever a state changes, with the states of all pieces; `end` when there is nothing more to wait for;
        after a minute `later`: connect again. States only: read `evidence` for the answers.
        """
        return events_of(self.case(number), last_seen=request.headers.get("Last-Event-ID", ""))


class PreviewView(Door):
    """What the citizen says of it."""

    @extend_schema(
        operation_id="answerPreview", tags=["affairs"], request=shapes.PreviewIn, responses={200: shapes.EvidenceOut, **PROBLEMS}
    )
    def post(self, request: Request, number: str) -> Response:
        """Accept, dispute ("this is wrong", with words) or decline each piece. May be said again until it is handed in."""
        data = self.parsed(shapes.PreviewIn)
        found = actions.answer_preview(self.case(number), **data, applicant=self.applicant)
        return Response(told.evidence(found))


class Item(Door):
    """Another way for one piece."""

    parser_classes: Any = (JSONParser, MultiPartParser)

    @extend_schema(
        operation_id="answerItem",
        tags=["affairs"],
        request={"application/json": shapes.ItemIn, "multipart/form-data": shapes.ItemIn},
        responses={200: shapes.EvidenceOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, requirement: str) -> Response:
        """Ask once more, let an officer answer, promise, hand in a file, or fill in what no register holds."""
        found, data = self.case(number), self.parsed(shapes.ItemIn)
        _STEPS[data["do"]](found, requirement, data, self.applicant)
        return Response(told.evidence(self.case(number)))


def _fall_back(case: Case, requirement: str, data: dict[str, Any], applicant: Applicant) -> None:
    actions.fall_back(case, requirement=requirement, how=data["do"], applicant=applicant)


def _provide(case: Case, requirement: str, data: dict[str, Any], applicant: Applicant) -> None:
    actions.provide(case, requirement=requirement, value=data["value"], applicant=applicant)


def _upload(case: Case, requirement: str, data: dict[str, Any], applicant: Applicant) -> None:
    actions.upload(case, requirement=requirement, file=data["file"], applicant=applicant)


_STEPS: dict[str, Callable[[Case, str, dict[str, Any], Applicant], None]] = {
    "retry": _fall_back,
    "officer": _fall_back,
    "commitment": _fall_back,
    "provide": _provide,
    "upload": _upload,
}
