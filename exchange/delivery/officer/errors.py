"""What can go wrong in the officers' queue, each with what to do about it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing, NotAllowed


class NoSuchQuestion(Missing):
    """There is none, or it is another department's."""

    title = _("No such question")


class NotYourQuestion(NotAllowed):
    """This person may not claim, see or answer it."""

    code = "NOT_YOUR_QUESTION"
    title = _("This question is not yours to answer")


class QuestionMoved(Conflict):
    """A colleague was quicker, or its time is over."""

    code = "QUESTION_MOVED"
    title = _("This question has moved on")


class AnswerUnfit(Invalid):
    """The answer is not what was asked; every fault is listed at once."""

    code = "ANSWER_UNFIT"
    title = _("The answer needs correcting")
