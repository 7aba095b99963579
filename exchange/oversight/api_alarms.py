"""`/api/v1/alarms`: what the watch over questions and public doors has noticed; the authority lifts one with a reason."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from audit.errors import NotAllowed
from exchange.oversight.errors import NoSuchAlarm
from exchange.oversight.harvesting import alarms
from exchange.oversight.harvesting.actors import may_read
from exchange.oversight.lifecycle import AlarmState
from exchange.oversight.models import Alarm
from exchange.sharing.api.doors import CURSOR, PROBLEMS, Door


class AlarmOut(serializers.ModelSerializer[Alarm]):
    """One alarm. About a caller: `department`, and `system` unless it is all of them; or about a public `door`."""

    department = serializers.CharField(source="department_id", allow_null=True)
    state = serializers.ChoiceField([state.value for state in AlarmState])
    counted = serializers.DictField(help_text="The figures by name, as they stood when it was raised.")
    stops = serializers.BooleanField(help_text="Whether calls are refused (HELD) until it is lifted.")

    class Meta:
        model = Alarm
        fields = ("number", "rule", "department", "system", "door", "counted", "stops", "state", "raised_at", "lifted_at", "reason")


class AlarmPage(serializers.Serializer[Any]):
    """One page of alarms."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = AlarmOut(many=True)


class LiftIn(serializers.Serializer[Any]):
    """Why it may be lifted. Name no person."""

    reason = serializers.CharField(max_length=2000)


class NewestRaised(CursorPagination):
    """Pages of 50 by cursor, the newest first."""

    page_size = 50
    ordering = ("-raised_at", "-id")


class AlarmDoor(Door):
    """A door for auditors and the authority's people."""

    pagination = NewestRaised

    def alarms(self) -> QuerySet[Alarm]:
        """All alarms, for whoever may read them. Raises NotAllowed."""
        if not may_read(self.person):
            raise NotAllowed(_("Only auditors may read this. Ask the sharing authority for the role."), code="AUDITORS_ONLY")
        return Alarm.objects.all()

    def alarm(self, number: str) -> Alarm:
        """One of them. Raises NotAllowed, NoSuchAlarm."""
        found = self.alarms().filter(number=number).first()
        if found is None:
            raise NoSuchAlarm(_("There is no alarm of this number."))
        return found


class Alarms(AlarmDoor):
    """All alarms."""

    @extend_schema(operation_id="listAlarms", tags=["oversight"], parameters=[CURSOR], responses={200: AlarmPage, **PROBLEMS})
    def get(self, request: Request) -> Response:
        """List alarms, the newest first."""
        return self.page(AlarmOut, self.alarms())


class OneAlarm(AlarmDoor):
    """One alarm."""

    @extend_schema(operation_id="getAlarm", tags=["oversight"], responses={200: AlarmOut, **PROBLEMS})
    def get(self, request: Request, number: str) -> Response:
        """Show an alarm with what was counted."""
        return Response(self.shown(AlarmOut, self.alarm(number)))


class LiftAlarm(AlarmDoor):
    """The end of an alarm."""

    @extend_schema(operation_id="liftAlarm", tags=["oversight"], request=LiftIn, responses={200: AlarmOut, **PROBLEMS})
    def post(self, request: Request, number: str) -> Response:
        """End an alarm and its hold, for the sharing authority, with a reason."""
        found = self.alarm(number)
        return Response(self.shown(AlarmOut, alarms.lift(found, reason=self.parsed(LiftIn)["reason"], acting_user=self.person)))
