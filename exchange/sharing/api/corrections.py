"""`/api/v1/corrections`: say that a received value looks wrong, answer, take back; and notices of corrected values."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.sharing.api import watched_shapes as shapes
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS, Door, NewestFirst
from exchange.sharing.corrections import actions
from exchange.sharing.corrections.actions import Claim
from exchange.sharing.corrections.received import entry_of
from exchange.sharing.errors import NoSuchRequest
from exchange.sharing.models import CorrectionNotice, CorrectionRequest


class MostUrgentFirst(NewestFirst):
    """Pages of 50 by cursor, what is due first on top."""

    ordering = ("due_on", "id")


class NewestToldFirst(NewestFirst):
    """Pages of 50 by cursor, the newest notice on top."""

    ordering = ("-told_at", "-id")


class CorrectionDoor(Door):
    """A door to one correction."""

    pagination: ClassVar[type[CursorPagination]] = MostUrgentFirst

    @property
    def acting(self) -> dict[str, Any]:
        """Who acts, as the actions name it."""
        return {"acting_user": self.person, "department": self.department}

    def correction(self, number: str) -> CorrectionRequest:
        """The correction, if the caller may see it. Raises NoSuchRequest."""
        rows = CorrectionRequest.objects.visible_to(self.person).select_related("agreement__dataset", "dataset", "revision")
        found = rows.filter(number=number).first()
        if found is None:
            raise NoSuchRequest(_("There is no such correction request, or it is not yours to see."))
        return found

    def answer(self, correction: CorrectionRequest, status: int = 200) -> Response:
        """The correction as it is now."""
        return Response(self.shown(shapes.CorrectionOut, correction), status=status)


class Corrections(CorrectionDoor):
    """All corrections that the caller may see; asking for one."""

    @extend_schema(
        operation_id="listCorrections",
        tags=["corrections"],
        parameters=[ACTING, CURSOR],
        responses={200: shapes.CorrectionPage, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List corrections that your departments asked for or must answer, what is due first on top."""
        return self.page(shapes.CorrectionSummary, CorrectionRequest.objects.visible_to(self.person).select_related("agreement", "dataset"))

    @extend_schema(
        operation_id="askCorrection",
        tags=["corrections"],
        parameters=[ACTING],
        request=shapes.CorrectionIn,
        responses={201: shapes.CorrectionOut, **PROBLEMS},
    )
    def post(self, request: Request) -> Response:
        """Say that a value you received under an agreement looks wrong. The log must show that you received it."""
        data = self.parsed(shapes.CorrectionIn)
        agreement = self.agreement(data.pop("agreement"))
        claim = Claim(**{**data, "entry": entry_of(data["entry"])})
        return self.answer(actions.ask_correction(agreement, claim=claim, **self.acting), 201)


class OneCorrection(CorrectionDoor):
    """One correction."""

    @extend_schema(
        operation_id="getCorrection", tags=["corrections"], parameters=[ACTING], responses={200: shapes.CorrectionOut, **PROBLEMS}
    )
    def get(self, request: Request, number: str) -> Response:
        """Read a correction; its words are for the two departments."""
        return self.answer(self.correction(number))


class AnswerCorrection(CorrectionDoor):
    """The provider's answer."""

    @extend_schema(
        operation_id="answerCorrection",
        tags=["corrections"],
        parameters=[ACTING],
        request=shapes.CorrectionAnswerIn,
        responses={200: shapes.CorrectionOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Response:
        """Say that it was wrong and the next revision puts it right, that it is right, or that you cannot decide."""
        found = self.correction(number)
        return self.answer(actions.answer_correction(found, **self.parsed(shapes.CorrectionAnswerIn), **self.acting))


class TakeBackCorrection(CorrectionDoor):
    """Taking back."""

    @extend_schema(
        operation_id="takeBackCorrection",
        tags=["corrections"],
        parameters=[ACTING],
        request=None,
        responses={200: shapes.CorrectionOut, **PROBLEMS},
    )
    def post(self, request: Request, number: str) -> Response:
        """Take back what was asked while it has no answer."""
        found = self.correction(number)
        actions.take_back(found, **self.acting)
        return self.answer(found)


class CorrectionNotices(CorrectionDoor):
    """Notices of corrected values."""

    pagination: ClassVar[type[CursorPagination]] = NewestToldFirst

    @extend_schema(
        operation_id="listCorrectionNotices",
        tags=["corrections"],
        parameters=[ACTING, CURSOR],
        responses={200: shapes.NoticePage, **PROBLEMS},
    )
    def get(self, request: Request) -> Response:
        """List corrected values that your departments had received before, with your own entries that brought them."""
        return self.page(shapes.NoticeOut, CorrectionNotice.objects.visible_to(self.person).select_related("correction__dataset"))


class SeenNotice(CorrectionDoor):
    """Marking as done."""

    @extend_schema(
        operation_id="markCorrectionNotice",
        tags=["corrections"],
        parameters=[ACTING],
        request=None,
        responses={200: shapes.NoticeOut, **PROBLEMS},
    )
    def post(self, request: Request, notice_id: int) -> Response:
        """Say that your department has looked again at what it did with the old value."""
        found = CorrectionNotice.objects.visible_to(self.person).select_related("correction__dataset").filter(pk=notice_id).first()
        if found is None:
            raise NoSuchRequest(_("There is no such notice, or it is not yours to see."))
        actions.mark_seen(found, **self.acting)
        return Response(self.shown(shapes.NoticeOut, found))
