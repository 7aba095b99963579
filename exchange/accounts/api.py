"""`/api/v1/me` and `/api/v1/people`: who am I, whom do I administer."""

from __future__ import annotations

import uuid
from typing import Any

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Department
from exchange.accounts import actions, openapi, shapes
from exchange.accounts.acting import acting_department, choose_acting_department
from exchange.accounts.errors import UnknownPerson
from exchange.accounts.invitations import invitation_path
from exchange.accounts.models import Membership, Person, Role

__all__ = ["ActingDepartment", "Invitation", "Me", "OneRole", "People", "Roles", "openapi"]


class ByName(CursorPagination):
    """Pages of 50 by cursor, in order of sign-in name."""

    page_size = 50
    ordering = ("username", "id")


class Me(APIView):
    """The caller."""

    @extend_schema(operation_id="me", tags=["people"], responses=shapes.MeOut)
    def get(self, request: Request) -> Response:
        """Who you are, which roles you have, and for which department you act."""
        return _me(request)


class ActingDepartment(APIView):
    """For whom the caller acts."""

    @extend_schema(operation_id="chooseDepartment", tags=["people"], request=shapes.DepartmentIn, responses=shapes.MeOut)
    def post(self, request: Request) -> Response:
        """Act for another of your departments from now on (in this session)."""
        choose_acting_department(request, _parsed(shapes.DepartmentIn, request)["department"])
        return _me(request)


class People(APIView):
    """Those whom the caller administers."""

    @extend_schema(operation_id="listPeople", tags=["people"], responses=shapes.PersonPage)
    def get(self, request: Request) -> Response:
        """List the people of the departments that you administer."""
        pages = ByName()
        rows = Person.objects.visible_to(request.user).prefetch_related("memberships")
        found: Any = pages.paginate_queryset(rows, request, view=self)
        return pages.get_paginated_response(shapes.PersonOut(found, many=True).data)

    @extend_schema(operation_id="invitePerson", tags=["people"], request=shapes.PersonIn, responses={201: shapes.InvitationOut})
    def post(self, request: Request) -> Response:
        """Invite an officer with a first role; hand the link over by another way."""
        data = _parsed(shapes.PersonIn, request)
        person = actions.add_person(
            data["username"],
            names={"en": data["name_en"], "zh": data["name_zh"]},
            department=_department(data["department"]),
            role=Role(data["role"]),
            acting_user=_caller(request),
        )
        return _invitation(person)


class Invitation(APIView):
    """A new invitation."""

    @extend_schema(operation_id="inviteAgain", tags=["people"], request=None, responses={201: shapes.InvitationOut})
    def post(self, request: Request, person_id: uuid.UUID) -> Response:
        """Take the password away and invite again: for a forgotten password."""
        person = _person(request, person_id)
        actions.invite_again(person, acting_user=_caller(request))
        return _invitation(person)


class Roles(APIView):
    """Giving roles."""

    @extend_schema(operation_id="grantRole", tags=["people"], request=shapes.RoleIn, responses={201: shapes.PersonOut})
    def post(self, request: Request, person_id: uuid.UUID) -> Response:
        """Give a person a role from now on."""
        person, data = _person(request, person_id), _parsed(shapes.RoleIn, request)
        what: dict[str, Any] = {"role": Role(data["role"]), "valid_until": data["valid_until"]}
        actions.grant_role(person, department=_department(data["department"]), **what, acting_user=_caller(request))
        return Response(shapes.PersonOut(person).data, status=201)


class OneRole(APIView):
    """Ending a role."""

    @extend_schema(operation_id="endRole", tags=["people"], responses={204: None})
    def delete(self, request: Request, person_id: uuid.UUID, membership_id: int) -> Response:
        """End a role now. It stays visible as history."""
        rows = Membership.objects.visible_to(request.user).select_related("department", "person")
        membership = rows.filter(pk=membership_id, person=person_id).first()
        if membership is None:
            raise UnknownPerson(_("There is no such role, or it is not yours to end."))
        actions.end_role(membership, acting_user=_caller(request))
        return Response(status=204)


def _parsed(shape: type[Any], request: Request) -> dict[str, Any]:
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def _caller(request: Request) -> Person:
    return request.user  # type: ignore[return-value]


def _me(request: Request) -> Response:
    person, department = _caller(request), acting_department(request)
    return Response({**shapes.PersonOut(person).data, "acting_department": department.code if department else None})


def _person(request: Request, person_id: uuid.UUID) -> Person:
    person: Person | None = Person.objects.visible_to(request.user).filter(pk=person_id).first()
    if person is None:
        raise UnknownPerson(_("There is no such person, or not one of your departments."))
    return person


def _department(code: str) -> Department:
    department = Department.objects.filter(code=code).first()
    if department is None:
        raise UnknownPerson(_("There is no such department."))
    return department


def _invitation(person: Person) -> Response:
    return Response({"person": person.pk, "invitation": invitation_path(person)}, status=201)
