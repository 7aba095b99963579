"""What every door of this API does first: who calls, for which department, and what may be seen at all."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from drf_spectacular.utils import OpenApiParameter
from rest_framework.pagination import CursorPagination
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer
from rest_framework.views import APIView

from audit.errors import HubError
from catalog.models import Department
from exchange.accounts.acting import HEADER, acting_department, require_acting_department
from exchange.accounts.models import Person
from exchange.sharing.api.shapes import ProblemOut
from exchange.sharing.errors import NoSuchRequest
from exchange.sharing.models import Agreement, RequestPart, SharingRequest

PROBLEMS = dict.fromkeys([(code, "application/problem+json") for code in (400, 401, 403, 404, 409, 422)], ProblemOut)
EDIT_PROBLEMS = PROBLEMS | dict.fromkeys([(code, "application/problem+json") for code in (412, 428)], ProblemOut)
ACTING = OpenApiParameter(
    HEADER, str, OpenApiParameter.HEADER, description="Code of the department for which you act, when you have several."
)


IF_MATCH = OpenApiParameter(
    "If-Match", str, OpenApiParameter.HEADER, required=True, description='Edition that you read, as its ETag said: "3".'
)
IDEMPOTENCY_KEY = OpenApiParameter(
    "Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key gives the same request again."
)
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous` of the page before.")


class EditionNeeded(HubError):
    """An edit must say which edition it changes."""

    code = "EDITION_NEEDED"
    status = 428
    title: ClassVar[Any] = gettext_lazy("Say which edition you change")


class NewestFirst(CursorPagination):
    """Pages of 50 by cursor, the newest first."""

    page_size = 50
    ordering = ("-created_at", "-id")


class Door(APIView):
    """A view of this room; `person` and `department` are the caller and for whom the caller acts."""

    pagination: ClassVar[type[CursorPagination]] = NewestFirst
    parser_classes = (JSONParser,)

    @property
    def person(self) -> Person:
        """The caller."""
        return self.request.user  # type: ignore[return-value]

    @property
    def department(self) -> Department:
        """The department for which the caller acts. Raises NotAllowed that says how to choose."""
        return require_acting_department(self.request)

    def parsed(self, shape: type[BaseSerializer[Any]]) -> dict[str, Any]:
        """The body, checked by its shape."""
        serializer = shape(data=self.request.data)
        serializer.is_valid(raise_exception=True)
        data: dict[str, Any] = serializer.validated_data
        return data

    def shown(self, shape: type[BaseSerializer[Any]], thing: Any, **more: Any) -> Any:
        """The answer's body."""
        department = acting_department(self.request) or Department()
        context = {"person": self.person, "department": department, "now": timezone.now()}
        return shape(thing, context=context, **more).data

    def page(self, shape: type[BaseSerializer[Any]], rows: Any) -> Response:
        """One page of a list."""
        pages = self.pagination()
        found: Any = pages.paginate_queryset(rows, self.request, view=self)
        return pages.get_paginated_response(self.shown(shape, found, many=True))

    def sharing_request(self, number: str) -> SharingRequest:
        """The request, if the caller may see it. Raises NoSuchRequest."""
        found = SharingRequest.objects.visible_to(self.person).filter(number=number).first()
        if found is None:
            raise NoSuchRequest(_("There is no such request, or it is not yours to see."))
        return found

    def part(self, number: str, dataset: str) -> RequestPart:
        """The part, if the caller may see it. Raises NoSuchRequest."""
        rows = RequestPart.objects.visible_to(self.person).select_related("request__requester", "dataset__provider")
        found = rows.filter(request__number=number, dataset__code=dataset).first()
        if found is None:
            raise NoSuchRequest(_("There is no such request, or it is not yours to see."))
        return found

    def agreement(self, agreement_id: str) -> Agreement:
        """The agreement, if the caller may see it. Raises NoSuchRequest."""
        rows = Agreement.objects.visible_to(self.person).select_related("dataset", "part__request", "provider", "requester")
        found = rows.filter(agreement_id=agreement_id).first()
        if found is None:
            raise NoSuchRequest(_("There is no such agreement, or it is not yours to see."))
        return found


def edition_of(request: Request) -> int:
    """The edition in If-Match, `"3"`. Raises EditionNeeded."""
    text = request.headers.get("If-Match", "").strip().removeprefix("W/").strip('"')
    if not (text.isascii() and text.isdigit() and len(text) < 10):
        raise EditionNeeded(_('Send the header If-Match with the edition that you read: If-Match: "3".'))
    return int(text)
