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
from exchange.accounts.invitations import code_of, path_of
from exchange.accounts.models import Invitation, Membership, Person, Role, Way

__all__ = ["ActingDepartment", "InvitationOfPerson", "Me", "OneRole", "People", "Roles", "openapi"]


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
        """Act for another of your departments, or in somebody's place, from now on (in this session)."""
        data = parsed(shapes.DepartmentIn, request)
        choose_acting_department(request, data["department"], deputy_of=data["deputy_of"])
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
        """Invite an officer with roles; hand link or code over by another way."""
        data = parsed(shapes.PersonIn, request)
        roles = tuple(Role(role) for role in dict.fromkeys([data["role"], *data["more_roles"]]))
        made = actions.invite_person(
            data["username"],
            names={"en": data["name_en"], "zh": data["name_zh"]},
            department=department_of(data["department"]),
            terms=actions.InvitationTerms(roles, data["valid_until"], Way(data["way"]), data["address"]),
            acting_user=caller_of(request),
        )
        return _invitation(made)


class InvitationOfPerson(APIView):
    """A new invitation."""

    @extend_schema(operation_id="inviteAgain", tags=["people"], request=shapes.AgainIn, responses={201: shapes.InvitationOut})
    def post(self, request: Request, person_id: uuid.UUID) -> Response:
        """Take the password away and invite again: for a lost invitation or a forgotten password."""
        person, data = person_of(request, person_id), parsed(shapes.AgainIn, request)
        return _invitation(actions.invite_again(person, acting_user=caller_of(request), way=Way(data["way"]), address=data["address"]))

    @extend_schema(operation_id="withdrawInvitation", tags=["people"], responses={204: None})
    def delete(self, request: Request, person_id: uuid.UUID) -> Response:
        """Take back an invitation that was not accepted, with the roles that it came with."""
        actions.withdraw_invitation(person_of(request, person_id), acting_user=caller_of(request))
        return Response(status=204)


class Roles(APIView):
    """Giving roles."""

    @extend_schema(operation_id="grantRole", tags=["people"], request=shapes.RoleIn, responses={201: shapes.PersonOut})
    def post(self, request: Request, person_id: uuid.UUID) -> Response:
        """Give a person a role from now on."""
        person, data = person_of(request, person_id), parsed(shapes.RoleIn, request)
        what: dict[str, Any] = {"role": Role(data["role"]), "valid_until": data["valid_until"]}
        actions.grant_role(person, department=department_of(data["department"]), **what, acting_user=caller_of(request))
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
        actions.end_role(membership, acting_user=caller_of(request))
        return Response(status=204)


def parsed(shape: type[Any], request: Request) -> dict[str, Any]:
    serializer = shape(data=request.data)
    serializer.is_valid(raise_exception=True)
    data: dict[str, Any] = serializer.validated_data
    return data


def caller_of(request: Request) -> Person:
    return request.user  # type: ignore[return-value]


def _me(request: Request) -> Response:
    person, department = caller_of(request), acting_department(request)
    return Response({**shapes.PersonOut(person).data, "acting_department": department.code if department else None})


def person_of(request: Request, person_id: uuid.UUID) -> Person:
    person: Person | None = Person.objects.visible_to(request.user).filter(pk=person_id).first()
    if person is None:
        raise UnknownPerson(_("There is no such person, or not one of your departments."))
    return person


def department_of(code: str) -> Department:
    department = Department.objects.filter(code=code).first()
    if department is None:
        raise UnknownPerson(_("There is no such department."))
    return department


def _invitation(made: Invitation) -> Response:
    by_link, by_code = made.way == Way.LINK, made.way == Way.PRINTED
    told = {"invitation": path_of(made) if by_link else None, "code": code_of(made) if by_code else None}
    return Response({"person": made.person_id, **told, "expires_at": made.expires_at}, status=201)
