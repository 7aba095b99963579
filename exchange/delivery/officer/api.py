"""`/api/v1/officer-questions`: the queue of a register that a person answers for. Whom a question is about is only in bodies."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext as _
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.pagination import CursorPagination
from rest_framework.request import Request
from rest_framework.response import Response

from exchange.delivery.models import OfficerQuestion
from exchange.delivery.officer import actions
from exchange.delivery.officer.actions import Asked
from exchange.delivery.officer.answers import subject_items
from exchange.delivery.officer.errors import NoSuchQuestion
from exchange.delivery.officer.lifecycle import CannotAnswer, OfficerState
from exchange.sharing.api.doors import ACTING, CURSOR, PROBLEMS, Door

TAGS = ["officer questions"]


class OfficerQuestionOut(serializers.Serializer[Any]):
    """One question in the queue; whom it is about is told by `look` alone."""

    id = serializers.CharField(source="errand_id")
    provider = serializers.CharField(source="provider_id")
    requester = serializers.CharField(source="requester_id")
    dataset = serializers.CharField()
    state = serializers.ChoiceField(OfficerState.choices())
    reason = serializers.CharField(help_text="Why it ended without an answer; else empty.")
    created_at = serializers.DateTimeField()
    due_on = serializers.DateField()
    due_is_provisional = serializers.BooleanField()
    is_mine = serializers.SerializerMethodField(help_text="Whether you have claimed it.")
    escalated_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)

    def get_is_mine(self, question: OfficerQuestion) -> bool:
        """Whether the caller has claimed it."""
        return bool(question.claimed_by_id == self.context["person"].pk)


class OfficerQuestionPage(serializers.Serializer[Any]):
    """A page of the queue."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = OfficerQuestionOut(many=True)


class SubjectOut(serializers.Serializer[Any]):
    """Somebody or something that is asked about."""

    kind = serializers.CharField()
    id = serializers.CharField()


class AskedItemOut(serializers.Serializer[Any]):
    """One item of each record."""

    name = serializers.CharField()
    type = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField())
    always = serializers.BooleanField(help_text="Whether every record has it.")
    codes = serializers.ListField(child=serializers.CharField(), help_text="What may be written; empty for items without a code list.")
    is_subject = serializers.BooleanField(help_text="Names the subject itself: repeat its id.")


class LookOut(serializers.Serializer[Any]):
    """What is asked, opened for the officer who claimed it."""

    subjects = SubjectOut(many=True)
    items = AskedItemOut(many=True)
    purpose = serializers.CharField()
    case = serializers.CharField()


class SubjectAnswerIn(serializers.Serializer[Any]):
    """The records of one subject; an empty list says that there is no record."""

    records = serializers.ListField(child=serializers.DictField(), max_length=100)


class OfficerAnswerIn(serializers.Serializer[Any]):
    """For each subject, in the order of `look`, its records."""

    answers = SubjectAnswerIn(many=True)


class OutcomeOut(serializers.Serializer[Any]):
    """What became of the answer: REFUSED where the agreement does not allow it any more; then it was dropped."""

    outcome = serializers.ChoiceField([("ANSWERED", "ANSWERED"), ("REFUSED", "REFUSED"), ("FAILED", "FAILED")])


class DeclineIn(serializers.Serializer[Any]):
    """Why it cannot be answered."""

    reason = serializers.ChoiceField([(reason.value, reason.value) for reason in CannotAnswer])


class DueFirst(CursorPagination):
    """Pages of 50 by cursor, what is due first stands first."""

    page_size = 50
    ordering = ("due_on", "errand_id")


class QuestionDoor(Door):
    """A door to one question."""

    def question(self, question_id: str) -> OfficerQuestion:
        """The question, if the caller may see it. Raises NoSuchQuestion."""
        found = OfficerQuestion.objects.visible_to(self.person).filter(pk=question_id).first()
        if found is None:
            raise NoSuchQuestion(_("There is no such question, or it is not yours to see."))
        return found

    def told(self, question: OfficerQuestion) -> Response:
        """The question as it is now."""
        question.refresh_from_db()
        return Response(self.shown(OfficerQuestionOut, question))


class OfficerQuestions(Door):
    """The queue."""

    pagination: ClassVar[type[CursorPagination]] = DueFirst

    @extend_schema(
        operation_id="listOfficerQuestions", tags=TAGS, parameters=[ACTING, CURSOR], responses={200: OfficerQuestionPage, **PROBLEMS}
    )
    def get(self, request: Request) -> Response:
        """List the open questions of your departments, what is due first on top."""
        return self.page(OfficerQuestionOut, OfficerQuestion.objects.visible_to(self.person).open())


class OneOfficerQuestion(QuestionDoor):
    """One question."""

    @extend_schema(operation_id="getOfficerQuestion", tags=TAGS, parameters=[ACTING], responses={200: OfficerQuestionOut, **PROBLEMS})
    def get(self, request: Request, question_id: str) -> Response:
        """Read whose question it is, about which register, and by when it is due."""
        return self.told(self.question(question_id))


class ClaimOfficerQuestion(QuestionDoor):
    """Claiming."""

    @extend_schema(
        operation_id="claimOfficerQuestion",
        tags=TAGS,
        parameters=[ACTING],
        request=None,
        responses={200: OfficerQuestionOut, **PROBLEMS},
    )
    def post(self, request: Request, question_id: str) -> Response:
        """Take the question from the queue; from now on it is opened for you alone."""
        found = self.question(question_id)
        actions.claim(found, acting_user=self.person)
        return self.told(found)


class ReleaseOfficerQuestion(QuestionDoor):
    """Putting back."""

    @extend_schema(
        operation_id="releaseOfficerQuestion",
        tags=TAGS,
        parameters=[ACTING],
        request=None,
        responses={200: OfficerQuestionOut, **PROBLEMS},
    )
    def post(self, request: Request, question_id: str) -> Response:
        """Put the question back into the queue."""
        found = self.question(question_id)
        actions.release(found, acting_user=self.person)
        return self.told(found)


class LookAtOfficerQuestion(QuestionDoor):
    """Looking."""

    @extend_schema(operation_id="lookAtOfficerQuestion", tags=TAGS, parameters=[ACTING], request=None, responses={200: LookOut, **PROBLEMS})
    def post(self, request: Request, question_id: str) -> Response:
        """Open whom and what the question is about. Every look is recorded, and the person reads it."""
        found = self.question(question_id)
        return Response(LookOut(_look(actions.look(found, acting_user=self.person))).data)


class AnswerOfficerQuestion(QuestionDoor):
    """Answering."""

    @extend_schema(
        operation_id="answerOfficerQuestion",
        tags=TAGS,
        parameters=[ACTING],
        request=OfficerAnswerIn,
        responses={200: OutcomeOut, **PROBLEMS},
    )
    def post(self, request: Request, question_id: str) -> Response:
        """Answer. Decimals, dates and times are texts; 422 lists every fault at once."""
        found = self.question(question_id)
        given = [answer["records"] for answer in self.parsed(OfficerAnswerIn)["answers"]]
        return Response({"outcome": actions.answer(found, answers=given, acting_user=self.person)})


class DeclineOfficerQuestion(QuestionDoor):
    """Saying that it cannot be answered."""

    @extend_schema(
        operation_id="declineOfficerQuestion",
        tags=TAGS,
        parameters=[ACTING],
        request=DeclineIn,
        responses={200: OfficerQuestionOut, **PROBLEMS},
    )
    def post(self, request: Request, question_id: str) -> Response:
        """End the question without an answer, for a coded reason that the caller reads."""
        found = self.question(question_id)
        actions.cannot_answer(found, reason=CannotAnswer(self.parsed(DeclineIn)["reason"]), acting_user=self.person)
        return self.told(found)


def _look(asked: Asked) -> dict[str, Any]:
    question = asked.question
    declared = {item["name"]: item for item in question.document["items"]}
    codes = question.document["code_lists"]
    naming = {name for kind, _identifier in question.subjects for name in subject_items(question, kind)}
    items = [
        {
            "name": name,
            "type": declared[name]["type"],
            "title": declared[name]["title"],
            "always": bool(declared[name].get("required")),
            "codes": [entry["code"] for entry in codes.get(declared[name].get("code_list", ""), ())],
            "is_subject": name in naming,
        }
        for name in question.items
    ]
    subjects = [{"kind": kind, "id": identifier} for kind, identifier in question.subjects]
    return {"subjects": subjects, "items": items, "purpose": asked.purpose, "case": asked.case}
