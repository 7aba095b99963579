"""`/api/v1/people/{id}`: one person's deputies, appointments, history and end of service; the quarterly confirmation."""

from __future__ import annotations

import uuid
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from catalog.models import Dataset
from exchange.accounts import actions, open_work, shapes
from exchange.accounts.acting import STEWARD, acting_as, departments_as
from exchange.accounts.actions.confirming import due_for, may_confirm
from exchange.accounts.api import caller_of, department_of, parsed, person_of
from exchange.accounts.confirming import Due
from exchange.accounts.errors import RoleNeeded, UnknownPerson
from exchange.accounts.models import DatasetUserObjectPermission, Deputyship, Membership, Person, Role

HISTORY = 200


class OnePerson(APIView):
    """One person whom the caller may see."""

    @extend_schema(operation_id="onePerson", tags=["people"], responses=shapes.OnePersonOut)
    def get(self, request: Request, person_id: uuid.UUID) -> Response:
        """Roles, deputies, stewardships and history of one person."""
        person = person_of(request, person_id)
        deputyships = Deputyship.objects.visible_to(request.user).filter(Q(holder=person) | Q(deputy=person))
        told = {**shapes.PersonOut(person).data, "stewardships": _stewardships(person)}
        told["roles"] = shapes.RoleOut(Membership.objects.visible_to(request.user).filter(person=person), many=True).data
        told["deputyships"] = shapes.DeputyshipOut(deputyships, many=True).data
        return Response({**told, "history": shapes.ChangeOut(person.changes.all()[:HISTORY], many=True).data})


class Deputies(APIView):
    """Naming deputies."""

    @extend_schema(operation_id="nameDeputy", tags=["people"], request=shapes.DeputyshipIn, responses={201: shapes.DeputyshipOut})
    def post(self, request: Request, person_id: uuid.UUID) -> Response:
        """Let a colleague stand in for this person, yourself or as an administrator, for a time."""
        holder, data = person_of(request, person_id), parsed(shapes.DeputyshipIn, request)
        deputy = Person.objects.filter(pk=data["deputy"], memberships__department=data["department"]).first()
        if deputy is None:
            raise UnknownPerson(_("There is no such colleague in this department."))
        span = {"valid_from": data["valid_from"], "valid_until": data["valid_until"]}
        made = actions.name_deputy(
            holder, deputy=deputy, department=department_of(data["department"]), **span, acting_user=caller_of(request)
        )
        return Response(shapes.DeputyshipOut(made).data, status=201)


class OneDeputy(APIView):
    """Ending a deputyship."""

    @extend_schema(operation_id="endDeputy", tags=["people"], responses={204: None})
    def delete(self, request: Request, person_id: uuid.UUID, deputyship_id: int) -> Response:
        """End it now."""
        rows = Deputyship.objects.visible_to(request.user).select_related("holder", "deputy", "department")
        found = rows.filter(pk=deputyship_id, holder=person_id).first()
        if found is None:
            raise UnknownPerson(_("There is no such deputyship, or it is not yours to end."))
        actions.end_deputyship(found, acting_user=caller_of(request))
        return Response(status=204)


class Stewardship(APIView):
    """Being steward of a dataset."""

    @extend_schema(operation_id="appointSteward", tags=["people"], request=None, responses={204: None})
    def put(self, request: Request, person_id: uuid.UUID, code: str) -> Response:
        """Make the person steward of the dataset."""
        actions.appoint_steward(_dataset(code), person=person_of(request, person_id), acting_user=caller_of(request))
        return Response(status=204)

    @extend_schema(operation_id="dismissSteward", tags=["people"], responses={204: None})
    def delete(self, request: Request, person_id: uuid.UUID, code: str) -> Response:
        """End the stewardship."""
        actions.dismiss_steward(_dataset(code), person=person_of(request, person_id), acting_user=caller_of(request))
        return Response(status=204)


class EndOfService(APIView):
    """The end of a person's service for a department."""

    @extend_schema(
        operation_id="openWork",
        tags=["people"],
        parameters=[OpenApiParameter("department", required=True, description="Code of the department.")],
        responses=shapes.OpenWorkOut(many=True),
    )
    def get(self, request: Request, person_id: uuid.UUID) -> Response:
        """What hangs on the person in the department, before it ends."""
        person, department = person_of(request, person_id), department_of(request.query_params.get("department", ""))
        acting_as(request.user, department, Role.ADMINISTRATOR)
        works = open_work.works_of(person, department)
        told = [{"kind": str(work.title), "pieces": [piece.about for piece in pieces]} for work, pieces in works]
        return Response(shapes.OpenWorkOut(told, many=True).data)

    @extend_schema(operation_id="endService", tags=["people"], request=shapes.LeavingIn, responses=shapes.LeftOut)
    def post(self, request: Request, person_id: uuid.UUID) -> Response:
        """End sessions, roles, appointments and deputyships at once; open work goes to `to`."""
        person, data = person_of(request, person_id), parsed(shapes.LeavingIn, request)
        to = person_of(request, data["to"]) if data["to"] else None
        left = actions.end_service(person, department=department_of(data["department"]), to=to, acting_user=caller_of(request))
        return Response(shapes.LeftOut(left).data)


class Confirmations(APIView):
    """The quarterly confirmation of roles."""

    @extend_schema(operation_id="rolesToConfirm", tags=["people"], responses=shapes.DueRoleOut(many=True))
    def get(self, request: Request) -> Response:
        """The roles that wait to be confirmed and that you may confirm."""
        return Response(shapes.DueRoleOut(_due(request), many=True).data)

    @extend_schema(operation_id="confirmRoles", tags=["people"], request=shapes.ConfirmationIn, responses=shapes.ConfirmationOut)
    def post(self, request: Request) -> Response:
        """Keep or end roles; all of it or nothing."""
        data = parsed(shapes.ConfirmationIn, request)
        if not departments_as(request.user, Role.ADMINISTRATOR):
            raise RoleNeeded(_("Roles are confirmed by administrators."))
        keep, end = (_roles(request, data[name]) for name in ("keep", "end"))
        return Response({"done": actions.confirm_roles(keep=keep, end=end, acting_user=caller_of(request))})


def _due(request: Request) -> list[Membership]:
    now = timezone.now()
    rows = Membership.objects.visible_to(request.user).not_ended(now).select_related("person", "department")
    due = [row for row in rows.order_by("department", "id") if due_for(row, now=now) is not Due.NOTHING]
    return [row for row in due if may_confirm(row, caller_of(request))]


def _roles(request: Request, keys: list[int]) -> list[Membership]:
    rows: Any = Membership.objects.visible_to(request.user).not_ended(timezone.now()).select_related("person", "department")
    found = list(rows.filter(pk__in=keys))
    if len(found) != len(set(keys)):
        raise UnknownPerson(_("There is no such role, or it is not yours to confirm."))
    return found


def _dataset(code: str) -> Dataset:
    found = Dataset.objects.select_related("provider").filter(code=code).first()
    if found is None:
        raise UnknownPerson(_("There is no such dataset."))
    return found


def _stewardships(person: Person) -> list[str]:
    rows = DatasetUserObjectPermission.objects.filter(user=person, permission__codename=STEWARD)
    return sorted(rows.values_list("content_object__code", flat=True))
