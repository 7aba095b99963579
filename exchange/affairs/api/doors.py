"""What every door of this API does first: whose services they are. Always those of whoever signed in, never of one who is named."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.permissions import AllowAny
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from exchange.affairs.applicants import Applicant, applicant_of
from exchange.affairs.models import Case
from exchange.affairs.models.cases import Channel
from exchange.affairs.reading import case_for
from exchange.sharing.api.shapes import ProblemOut

PROBLEM = "application/problem+json"
PROBLEMS: dict[Any, Any] = dict.fromkeys([(code, PROBLEM) for code in (400, 401, 403, 404, 409, 422)], ProblemOut)
READ_PROBLEMS: dict[Any, Any] = dict.fromkeys([(code, PROBLEM) for code in (401, 403, 404)], ProblemOut)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key gives the same application again, and begins no second one."
)
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous` of the page before.")


class NewestFirst(CursorPagination):
    """Pages of 50 by cursor, the newest first."""

    page_size = 50
    ordering = ("-started_at", "-id")


class Door(APIView):
    """A view about the person who signed in. Raises NotBound (403) where the hub does not know who that is to the registers."""

    parser_classes: Any = (JSONParser,)

    @property
    def applicant(self) -> Applicant:
        """For whom everything here is done."""
        return applicant_of(self.request.user, channel=Channel.API)

    def case(self, number: str) -> Case:
        """The applicant's own case. Raises NoSuchCase, for somebody else's too."""
        return case_for(number, applicant=self.applicant)

    def parsed(self, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The body, checked by its shape."""
        serializer = shape(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        data: dict[str, Any] = serializer.validated_data
        return data


class OpenDoor(APIView):
    """What everybody may read: which services there are, whether a licence holds."""

    permission_classes = (AllowAny,)
    parser_classes = (JSONParser,)


def listed(view: APIView, rows: Any, show: Any) -> Response:
    """One page of a list, each row as `show` tells it."""
    pages = NewestFirst()
    found: Any = pages.paginate_queryset(rows, view.request, view=view)
    return pages.get_paginated_response([show(row) for row in found])
