"""Refusals of this room; their HTTP face comes from the classes above them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing


class AlreadyAsked(Conflict):
    """One question about a line is open at a time."""

    code = "ALREADY_ASKED"
    title = _("You have asked already")


class NobodyToAsk(Invalid):
    """No office stands behind the line."""

    code = "NOBODY_TO_ASK"
    title = _("There is no office to ask")


class AlarmMoved(Conflict):
    """The alarm was lifted meanwhile."""

    code = "ALARM_MOVED"
    title = _("The alarm has moved on")


class NoSuchAlarm(Missing):
    """There is no such alarm."""

    code = "NO_SUCH_ALARM"
    title = _("No such alarm")


class NoSuchQuestion(Missing):
    """There is no such question, or it is somebody else's: both look the same."""

    code = "NO_SUCH_QUESTION"
    title = _("No such question")


class QuestionMoved(Conflict):
    """The question was answered or taken back meanwhile."""

    code = "QUESTION_MOVED"
    title = _("The question has moved on")


class WordsMissing(Invalid):
    """A question or an answer without words."""

    code = "WORDS_MISSING"
    title = _("Words are missing")
