"""`/api/v1/affairs/access`: who looked me up, for programs. Whose lines is never asked of the caller: those of whoever signed in."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.utils import translation
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.affairs import actions as affairs_actions
from exchange.affairs.api.doors import PROBLEMS, READ_PROBLEMS, Door
from exchange.affairs.api.shapes import Shape, TextOut, WordsIn
from exchange.oversight import actions
from exchange.oversight.access_records import AccessKind, AccessRecord, access_record, access_records
from exchange.oversight.slips import make_slip

CURSOR = OpenApiParameter("cursor", str, description="From `older` or `newer` of the page before.")


class AskedOut(Shape):
    """One thing that was asked. `answer` is empty where nothing was answered, or it was no question."""

    name = serializers.CharField()
    title = serializers.CharField(allow_blank=True)
    answer = serializers.CharField(allow_blank=True)


class LineOfLogOut(Shape):
    """One line: who asked whom about me, when, for what, and what was answered. `sentence` says it in plain words."""

    entry = serializers.IntegerField(help_text="Number of its entry in the log.")
    at = serializers.DateTimeField()
    access = serializers.ChoiceField([kind.value for kind in AccessKind])
    sentence = TextOut()
    requester = serializers.CharField(allow_blank=True)
    provider = serializers.CharField(allow_blank=True)
    dataset = serializers.CharField(allow_blank=True)
    purpose = serializers.CharField(allow_blank=True)
    result = serializers.CharField(allow_blank=True)
    case = serializers.CharField(allow_blank=True)
    asked = AskedOut(many=True)
    is_automatic = serializers.BooleanField()
    is_answerable = serializers.BooleanField(help_text="Whether an office stands behind it that can say why.")


class AccessPage(Shape):
    """One page, the newest first. Everything up to `complete_until` is in the list."""

    results = LineOfLogOut(many=True)
    older = serializers.CharField(allow_blank=True)
    newer = serializers.CharField(allow_blank=True)
    complete_until = serializers.DateTimeField()
    is_behind = serializers.BooleanField()


class QuestionOut(Shape):
    """A question to the office behind a line, and by when it answers."""

    department = serializers.CharField()
    due_on = serializers.DateField()


class AccessLines(Door):
    """Every line about the caller."""

    @extend_schema(operation_id="listAccess", tags=["affairs"], parameters=[CURSOR], responses={200: AccessPage, **READ_PROBLEMS})
    def get(self, request: Request) -> Response:
        """List who looked you up, refused attempts too, the newest first."""
        page = access_records(self.applicant.subject, cursor=request.query_params.get("cursor", ""))
        told = {"older": page.older, "newer": page.newer, "is_behind": page.is_behind, "complete_until": _time(page.complete_until_ms)}
        return Response({"results": [_line(line) for line in page.lines], **told})


class AccessLine(Door):
    """One line."""

    @extend_schema(operation_id="getAccess", tags=["affairs"], responses={200: LineOfLogOut, **READ_PROBLEMS})
    def get(self, request: Request, entry: int) -> Response:
        """Read one line about you."""
        return Response(_line(access_record(self.applicant.subject, entry)))


class AccessSlip(Door):
    """A line's proof slip."""

    @extend_schema(operation_id="getAccessSlip", tags=["affairs"], responses={200: OpenApiTypes.OBJECT, **READ_PROBLEMS})
    def get(self, request: Request, entry: int) -> Response:
        """Read the proof slip of one line: anybody checks it without this hub (`/verify`, or the file of the verifier)."""
        return Response(make_slip(self.applicant.subject, entry))


class AccessQuestion(Door):
    """ "Ask why"."""

    @extend_schema(operation_id="askWhy", tags=["affairs"], request=WordsIn, responses={201: QuestionOut, **PROBLEMS})
    def post(self, request: Request, entry: int) -> Response:
        """Ask the office behind a line why it looked you up. It answers until `due_on`."""
        question = actions.ask_why(entry, words=self.parsed(WordsIn)["words"], applicant=self.applicant)
        return Response({"department": question.department_id, "due_on": question.due_on}, status=201)


class AccessObjection(Door):
    """ "This is wrong"."""

    @extend_schema(operation_id="objectToAccess", tags=["affairs"], request=WordsIn, responses={201: QuestionOut, **PROBLEMS})
    def post(self, request: Request, entry: int) -> Response:
        """Say that what an office holds about you is wrong. It answers until `due_on`."""
        applicant, words = self.applicant, self.parsed(WordsIn)["words"]
        line = access_record(applicant.subject, entry)
        made = affairs_actions.object_to(entry=entry, provider=line.provider, dataset=line.dataset, words=words, applicant=applicant)
        return Response({"department": made.provider, "due_on": made.due_on}, status=201)


def _line(line: AccessRecord) -> dict[str, Any]:
    return {
        "entry": line.entry,
        "at": _time(line.at_ms),
        "access": line.kind.value,
        "sentence": {"en": _in("en", line), "zh": _in("zh-hans", line)},
        "requester": line.requester,
        "provider": line.provider,
        "dataset": line.dataset,
        "purpose": line.purpose,
        "result": line.outcome,
        "case": line.case,
        "asked": [{"name": asked.name, "title": asked.title, "answer": asked.answer} for asked in line.asked],
        "is_automatic": line.is_automatic,
        "is_answerable": line.is_answerable,
    }


def _in(language: str, line: AccessRecord) -> str:
    with translation.override(language):
        return line.sentence


def _time(milliseconds: int) -> datetime:
    return datetime.fromtimestamp(milliseconds / 1000, tz=UTC)
