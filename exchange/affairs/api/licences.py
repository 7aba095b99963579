"""`/api/v1/affairs/licences/{id}/status`: whether a licence holds. Open to everybody, and leaves no trace of who asked."""

from __future__ import annotations

from dataclasses import asdict

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.affairs.api import shapes
from exchange.affairs.api.doors import OpenDoor
from exchange.affairs.licences.checking import check


class LicenceStatusView(OpenDoor):
    """Where a licence stands."""

    @extend_schema(operation_id="getLicenceStatus", tags=["affairs"], responses=shapes.LicenceStatusOut)
    def get(self, request: Request, licence_id: str) -> Response:
        """Say whether a licence is valid, ended, changed, revoked or unknown. Never whose it is."""
        return Response(asdict(check(licence_id)))
