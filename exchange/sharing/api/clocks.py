"""`/api/v1/requests/…/clock`: read a part's clock, ask for more days, answer that, stop it and let it go on."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.sharing.api import watched_shapes as shapes
from exchange.sharing.api.doors import ACTING, PROBLEMS, Door
from exchange.sharing.clocks import actions
from exchange.sharing.clocks.parts import read_clock
from exchange.sharing.models import RequestPart


class _ClockDoor(Door):
    """A door to the clock of one part."""

    @property
    def acting(self) -> dict[str, Any]:
        """Who acts, as the actions name it."""
        return {"acting_user": self.person, "department": self.department}

    def clock(self, part: RequestPart) -> Response:
        """The clock as it is now."""
        part.refresh_from_db()
        found = read_clock(part)
        due, limit = found.due, found.limit
        shown = {
            "due_on": due.on if due else None,
            "days_left": found.days_left,
            "days_over": found.days_over,
            "is_paused": found.is_paused,
            "is_provisional": bool(due and due.is_provisional),
            "is_verified": limit.verified_on is not None,
            "rule": limit.rule,
            "profile": limit.profile,
            "article": limit.article,
            "source": limit.source,
            "pauses": found.pauses,
            "extension": found.extension,
            "steps": actions.clock_steps(self.person, self.department, part),
        }
        return Response(shapes.PartClockOut(shown).data)


class PartClockDoor(_ClockDoor):
    """The clock itself."""

    @extend_schema(operation_id="getPartClock", tags=["clocks"], parameters=[ACTING], responses={200: shapes.PartClockOut, **PROBLEMS})
    def get(self, request: Request, number: str, dataset: str) -> Response:
        """By when the part must be answered, by which article, and whether its clock stands."""
        return self.clock(self.part(number, dataset))


class AskExtension(_ClockDoor):
    """More days."""

    @extend_schema(
        operation_id="askExtension",
        tags=["clocks"],
        parameters=[ACTING],
        request=shapes.AskExtensionIn,
        responses={200: shapes.PartClockOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """The owner asks for more days, once, before the day has passed."""
        part, data = self.part(number, dataset), self.parsed(shapes.AskExtensionIn)
        actions.ask_extension(part, reason=data["reason"], days=data.get("days"), **self.acting)
        return self.clock(part)


class AnswerExtension(_ClockDoor):
    """The authority's consent."""

    @extend_schema(
        operation_id="answerExtension",
        tags=["clocks"],
        parameters=[ACTING],
        request=shapes.AnswerExtensionIn,
        responses={200: shapes.PartClockOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """The authority consents or refuses; the date moves at once."""
        part, data = self.part(number, dataset), self.parsed(shapes.AnswerExtensionIn)
        actions.answer_extension(part, is_granted=data["granted"], answer=data["answer"], **self.acting)
        return self.clock(part)


class PauseClock(_ClockDoor):
    """Stopping."""

    @extend_schema(
        operation_id="pauseClock",
        tags=["clocks"],
        parameters=[ACTING],
        request=shapes.PauseIn,
        responses={200: shapes.PartClockOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """The authority stops the clock for a coded reason."""
        part = self.part(number, dataset)
        actions.pause_part(part, **self.parsed(shapes.PauseIn), **self.acting)
        return self.clock(part)


class ResumeClock(_ClockDoor):
    """Going on."""

    @extend_schema(
        operation_id="resumeClock",
        tags=["clocks"],
        parameters=[ACTING],
        request=shapes.PauseEndIn,
        responses={200: shapes.PartClockOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str, dataset: str) -> Response:
        """The authority lets the clock go on."""
        part = self.part(number, dataset)
        actions.resume_part(part, **self.parsed(shapes.PauseEndIn), **self.acting)
        return self.clock(part)
