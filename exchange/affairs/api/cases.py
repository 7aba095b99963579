"""`/api/v1/affairs/cases`: begin, ask the offices, look, hand in, take back, ask for another look. The pages' own actions."""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError
from django.utils.translation import gettext as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.affairs import actions
from exchange.affairs.api import shapes, told
from exchange.affairs.api.doors import CURSOR, IDEMPOTENCY_KEY, PROBLEMS, READ_PROBLEMS, Door, listed
from exchange.affairs.errors import NoSuchCase
from exchange.affairs.matters import matter_by_slug
from exchange.affairs.models import Case
from exchange.affairs.reading import decision_of


class Cases(Door):
    """The caller's applications."""

    @extend_schema(operation_id="listCases", tags=["affairs"], parameters=[CURSOR], responses={200: shapes.CasePage, **READ_PROBLEMS})
    def get(self, request: Request) -> Response:
        """List your applications, the newest first."""
        rows = Case.objects.of(self.applicant.subject).select_related("version")
        return listed(self, rows, told.case_summary)

    @extend_schema(
        operation_id="startCase",
        tags=["affairs"],
        parameters=[IDEMPOTENCY_KEY],
        request=shapes.CaseIn,
        responses={201: shapes.CaseOut, **PROBLEMS},
        examples=[
            OpenApiExample("Begin", request_only=True, value={"matter": "disability-allowances", "language": "zh-hans"}),
        ],
    )
    def post(self, request: Request) -> Response:
        """Begin an application. Nobody is asked anything before you request it."""
        data, applicant = self.parsed(shapes.CaseIn), self.applicant
        wanted: dict[str, Any] = {"applicant": applicant, "language": data["language"]}
        wanted["idempotency_key"] = request.headers.get("Idempotency-Key", "")
        matter = matter_by_slug(data["matter"])
        try:
            begun = actions.start_case(matter, **wanted)
        except IntegrityError:  # the same key twice at the same moment: the other one began it
            begun = actions.start_case(matter, **wanted)
        return Response(told.case(begun), status=201)


class OneCase(Door):
    """One application."""

    @extend_schema(operation_id="getCase", tags=["affairs"], responses={200: shapes.CaseOut, **READ_PROBLEMS})
    def get(self, request: Request, number: str) -> Response:
        """Read an application: where it stands, its clock, and the steps that it may take now."""
        return Response(told.case(self.case(number)))


class ExplicitRequest(Door):
    """ "Ask these offices for me"."""

    @extend_schema(operation_id="requestEvidence", tags=["affairs"], request=None, responses={202: shapes.CaseOut, **PROBLEMS})
    def post(self, request: Request, number: str) -> Response:
        """Ask the offices for everything that the service lists. Watch `evidence` until the state is no longer GATHERING."""
        return Response(told.case(actions.ask_offices(self.case(number), applicant=self.applicant)), status=202)


class Submit(Door):
    """Handing in."""

    @extend_schema(operation_id="submitCase", tags=["affairs"], request=None, responses={200: shapes.CaseOut, **PROBLEMS})
    def post(self, request: Request, number: str) -> Response:
        """Hand in what was shown: decided at once, or by an officer until the day in `clock`. 422 lists what is still open."""
        return Response(told.case(actions.submit(self.case(number), applicant=self.applicant)))


class Withdrawal(Door):
    """Taking back."""

    @extend_schema(operation_id="withdrawCase", tags=["affairs"], request=None, responses={200: shapes.CaseOut, **PROBLEMS})
    def post(self, request: Request, number: str) -> Response:
        """Take the application back before it is decided. Nothing more is asked."""
        return Response(told.case(actions.withdraw(self.case(number), applicant=self.applicant)))


class Appeals(Door):
    """ "Let a person look"."""

    @extend_schema(operation_id="appealCase", tags=["affairs"], request=shapes.WordsIn, responses={200: shapes.CaseOut, **PROBLEMS})
    def post(self, request: Request, number: str) -> Response:
        """Ask for another look at the decision. Another officer answers until the day in `appeal`."""
        found, words = self.case(number), self.parsed(shapes.WordsIn)["words"]
        actions.appeal(found, words=words, applicant=self.applicant)
        return Response(told.case(self.case(number)))


class NoticeAnswer(Door):
    """The answer to an officer's list of what is missing."""

    @extend_schema(operation_id="answerNotice", tags=["affairs"], request=None, responses={200: shapes.CaseOut, **PROBLEMS})
    def post(self, request: Request, number: str) -> Response:
        """Say that everything in `missing` was handed in, or that there is no more. The clock goes on."""
        return Response(told.case(actions.answer_notice(self.case(number), applicant=self.applicant)))


class DecisionView(Door):
    """The decision."""

    @extend_schema(operation_id="getDecision", tags=["affairs"], responses={200: shapes.DecisionOut, **READ_PROBLEMS})
    def get(self, request: Request, number: str) -> Response:
        """Read the decision with its trace: each condition, its answer, its source, its article, and what would change it."""
        found = self.case(number)
        decision = decision_of(found)
        if decision is None:
            raise NoSuchCase(_("It is not decided yet."), code="NOT_DECIDED")
        return Response(told.decision(found, decision))
