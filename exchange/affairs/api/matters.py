"""`/api/v1/affairs/matters`: which services there are, and what is asked for each. Open to everybody."""

from __future__ import annotations

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.affairs.api import shapes, told
from exchange.affairs.api.doors import READ_PROBLEMS, OpenDoor
from exchange.affairs.matters import matter_by_slug, open_matters


class Matters(OpenDoor):
    """All services."""

    @extend_schema(operation_id="listMatters", tags=["affairs"], responses=shapes.MatterPage)
    def get(self, request: Request) -> Response:
        """List the services that may be applied for."""
        return Response({"results": [told.matter_summary(matter) for matter in open_matters()]})


class OneMatter(OpenDoor):
    """One service."""

    @extend_schema(operation_id="getMatter", tags=["affairs"], responses={200: shapes.MatterOut, **READ_PROBLEMS})
    def get(self, request: Request, slug: str) -> Response:
        """Read a service: what it gives, what will be asked of whom and why, what nobody needs to bring any more."""
        return Response(told.matter(matter_by_slug(slug)))
