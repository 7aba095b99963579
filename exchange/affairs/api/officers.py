"""`/api/v1/people/{id}/matters/{code}`: which services' cases a person decides. It stands here because matters do."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from exchange.accounts.errors import UnknownPerson
from exchange.accounts.models import Person
from exchange.affairs.actions import appoint_officer, dismiss_officer
from exchange.affairs.models import Matter


class OfficerOfMatter(APIView):
    """Deciding the cases of a service."""

    @extend_schema(operation_id="appointOfficer", tags=["people"], request=None, responses={204: None})
    def put(self, request: Request, person_id: uuid.UUID, matter: str) -> Response:
        """Let the person decide the cases of the service."""
        appoint_officer(_matter(matter), **_who(request, person_id))
        return Response(status=204)

    @extend_schema(operation_id="dismissOfficer", tags=["people"], responses={204: None})
    def delete(self, request: Request, person_id: uuid.UUID, matter: str) -> Response:
        """End that."""
        dismiss_officer(_matter(matter), **_who(request, person_id))
        return Response(status=204)


def _who(request: Request, person_id: uuid.UUID) -> dict[str, Any]:
    person = Person.objects.visible_to(request.user).filter(pk=person_id).first()
    if person is None:
        raise UnknownPerson(_("There is no such person, or not one of your departments."))
    return {"person": person, "acting_user": request.user}


def _matter(code: str) -> Matter:
    found = Matter.objects.select_related("lead").filter(code=code).first()
    if found is None:
        raise UnknownPerson(_("There is no such service."))
    return found
