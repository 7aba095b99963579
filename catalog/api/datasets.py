"""Find datasets and read about them. Open to everybody: descriptions are public, rows are not."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.api import answers, shapes
from catalog.errors import NoSuchThing
from catalog.models import Dataset, Department, Purpose
from catalog.search import FACETS, search

OTHER_PARAMETERS = ("q", "cursor")


def visible_dataset(person: Any, code: str) -> Dataset:
    """A dataset that this person may see; raises NoSuchThing."""
    row = Dataset.objects.visible_to(person).with_details().filter(code=code).first()
    if row is None:
        raise NoSuchThing(_("There is no dataset of this code in the catalogue."))
    return row


class DatasetList(APIView):
    """Search the catalogue."""

    permission_classes = (AllowAny,)

    @extend_schema(
        operation_id="catalog_search",
        parameters=[
            OpenApiParameter("q", str, description="Words or Chinese characters, all of which must be found"),
            OpenApiParameter("cursor", str, description="`next_cursor` of the page before"),
            *[OpenApiParameter(name, str, many=True, description="Any of these values") for name in FACETS],
        ],
        responses=shapes.DatasetPage,
    )
    def get(self, request: Request) -> Response:
        """Datasets that hold every word of `q`, titles first, with counts by facet."""
        given = request.query_params
        filters = {name: given.getlist(name) for name in given if name not in OTHER_PARAMETERS}
        return Response(answers.page(search(given.get("q", ""), filters=filters, cursor=given.get("cursor"))))


class DatasetView(APIView):
    """One dataset."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="catalog_dataset", responses=shapes.DatasetDetail)
    def get(self, request: Request, code: str) -> Response:
        """What it holds, how it is shared, a sample, how fresh and how complete it is."""
        return Response(answers.detail(visible_dataset(request.user, code)))


class VersionList(APIView):
    """The versions of a dataset."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="catalog_versions", responses=shapes.Version(many=True))
    def get(self, request: Request, code: str) -> Response:
        """Every published version with its signed document, the newest first; addresses of stores only for who is signed in."""
        rows = visible_dataset(request.user, code).versions.newest_first()[:50]
        return Response([answers.version(row, is_known=request.user.is_authenticated) for row in rows])


class DepartmentList(APIView):
    """The departments."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="catalog_departments", responses=shapes.NamedCode(many=True))
    def get(self, request: Request) -> Response:
        """Code and name of every department."""
        return Response([answers.department(row) for row in Department.objects.all()])


class PurposeList(APIView):
    """The purposes that a request may name."""

    permission_classes = (AllowAny,)

    @extend_schema(operation_id="catalog_purposes", responses=shapes.NamedCode(many=True))
    def get(self, request: Request) -> Response:
        """Code and title of every purpose."""
        return Response([{"code": row.code, "name": answers.text(row.title_en, row.title_zh)} for row in Purpose.objects.all()])
