"""Load files into a dataset: upload, watch, publish. Each sees the loads of the departments for which they publish."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from audit.errors import Invalid
from catalog import actions
from catalog.api import answers, shapes
from catalog.api.datasets import visible_dataset
from catalog.api.publishing import valid
from catalog.errors import NoSuchThing
from catalog.models import Load

PAGE = 50
IDEMPOTENCY_KEY = OpenApiParameter("Idempotency-Key", str, OpenApiParameter.HEADER, description="The same key gives the same load again")


def visible_load(person: Any, load_id: uuid.UUID) -> Load:
    """A load of a department for which this person publishes; raises NoSuchThing."""
    row = Load.objects.visible_to(person).select_related("dataset__provider", "version").filter(pk=load_id).first()
    if row is None:
        raise NoSuchThing(_("There is no such load."))
    return row


class DatasetLoads(APIView):
    """The files of one dataset."""

    parser_classes = (MultiPartParser,)

    @extend_schema(
        operation_id="catalog_upload",
        parameters=[IDEMPOTENCY_KEY],
        request={"multipart/form-data": shapes.Upload},
        responses={202: shapes.LoadStatus},
    )
    def post(self, request: Request, code: str) -> Response:
        """Upload a CSV or XLSX file; it is checked in the background."""
        dataset = visible_dataset(request.user, code)
        sent = valid(shapes.Upload, request)
        load = actions.receive_file(
            dataset,
            fileobj=sent["file"],
            filename=sent["file"].name or "",
            acting_user=request.user,
            as_of=sent.get("as_of"),
            load_id=_load_id(request, code),
        )
        return Response(answers.load(load), status=status.HTTP_202_ACCEPTED)


def _load_id(request: Request, code: str) -> uuid.UUID | None:
    """With an Idempotency-Key the id follows from person, dataset and key, so a repetition finds the first load."""
    key = request.headers.get("Idempotency-Key")
    return uuid.uuid5(uuid.NAMESPACE_OID, f"{request.user.pk}\n{code}\n{key}") if key else None


class LoadList(APIView):
    """The files of my departments."""

    @extend_schema(operation_id="catalog_loads", parameters=[OpenApiParameter("cursor", str)], responses=shapes.LoadPage)
    def get(self, request: Request) -> Response:
        """Loads, the newest first."""
        rows = Load.objects.visible_to(request.user).select_related("dataset").order_by("-created_at", "-id")
        cursor = request.query_params.get("cursor")
        if cursor:
            rows = rows.filter(created_at__lt=visible_load(request.user, _uuid(cursor)).created_at)
        found = list(rows[: PAGE + 1])
        following = str(found[PAGE - 1].pk) if len(found) > PAGE else None
        return Response({"loads": [answers.load(row) for row in found[:PAGE]], "next_cursor": following})


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Invalid(_("This list cannot be continued from there. Start again."), code="BAD_CURSOR") from None


class LoadView(APIView):
    """One file."""

    @extend_schema(operation_id="catalog_load", responses=shapes.LoadStatus)
    def get(self, request: Request, load_id: uuid.UUID) -> Response:
        """Its state, its progress and its report."""
        return Response(answers.load(visible_load(request.user, load_id)))


class LoadPublication(APIView):
    """Publish a checked file."""

    @extend_schema(operation_id="catalog_publish_load", request=None, responses=shapes.LoadStatus)
    def post(self, request: Request, load_id: uuid.UUID) -> Response:
        """Make it the current revision, by a signed act."""
        load = visible_load(request.user, load_id)
        actions.publish_revision(load, acting_user=request.user)
        return Response(answers.load(load))
