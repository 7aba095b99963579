"""Publish descriptions, restrict items, take datasets offline: for publishers of the owner, checked by the actions."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import Serializer
from rest_framework.views import APIView

from catalog import actions
from catalog.api import answers, shapes
from catalog.api.datasets import visible_dataset
from catalog.errors import NoSuchThing
from catalog.models import Department


def valid(shape: type[Serializer[Any]], request: Request) -> dict[str, Any]:
    """The checked members of a request's body."""
    read = shape(data=request.data)
    read.is_valid(raise_exception=True)
    return dict(read.validated_data)


class PublicationList(APIView):
    """Publish a description."""

    @extend_schema(operation_id="catalog_publish", request=shapes.Publication, responses={201: shapes.Version})
    def post(self, request: Request, department: str) -> Response:
        """Sign and publish a dataset version in the name of a department."""
        owner = Department.objects.filter(code=department).first()
        if owner is None:
            raise NoSuchThing(_("There is no department of this code."))
        document = valid(shapes.Publication, request)["document"]
        row = actions.publish_version(owner, document=document, acting_user=request.user)
        return Response(answers.version(row), status=status.HTTP_201_CREATED)


class RestrictionView(APIView):
    """Restrict an item, or lift the restriction."""

    @extend_schema(operation_id="catalog_restrict", request=shapes.Reason, responses=shapes.DatasetDetail)
    def post(self, request: Request, code: str, item: str) -> Response:
        """Stop sharing an item at once, by a signed act."""
        dataset = visible_dataset(request.user, code)
        actions.restrict_item(dataset, item=item, reason=valid(shapes.Reason, request)["reason"], acting_user=request.user)
        return Response(answers.detail(visible_dataset(request.user, code)))

    @extend_schema(operation_id="catalog_unrestrict", request=shapes.Reason, responses={200: shapes.DatasetDetail})
    def delete(self, request: Request, code: str, item: str) -> Response:
        """Share an item again, by a signed act."""
        dataset = visible_dataset(request.user, code)
        actions.unrestrict_item(dataset, item=item, reason=valid(shapes.Reason, request)["reason"], acting_user=request.user)
        return Response(answers.detail(visible_dataset(request.user, code)))


class AvailabilityView(APIView):
    """Take a dataset offline, or bring it back."""

    @extend_schema(operation_id="catalog_take_offline", request=shapes.Reason, responses=shapes.DatasetEntry)
    def post(self, request: Request, code: str) -> Response:
        """Stop answering: exchanges get PROVIDER_DOWN."""
        dataset = visible_dataset(request.user, code)
        actions.take_offline(dataset, reason=valid(shapes.Reason, request)["reason"], acting_user=request.user)
        return Response(answers.entry(dataset))

    @extend_schema(operation_id="catalog_bring_online", request=None, responses={200: shapes.DatasetEntry})
    def delete(self, request: Request, code: str) -> Response:
        """Answer again."""
        return Response(answers.entry(actions.bring_online(visible_dataset(request.user, code), acting_user=request.user)))
