"""Refusals of this room; their HTTP face comes from the classes above them."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing, NotAllowed, Unavailable


class NoSuchCase(Missing):
    """There is no such case, or it is somebody else's: both look the same."""

    code = "NO_SUCH_CASE"
    title = _("No such application")


class NoSuchMatter(Missing):
    """No matter of this name is open for applications."""

    code = "NO_SUCH_MATTER"
    title = _("No such service")


class CaseMoved(Conflict):
    """The case has moved on since the page was shown."""

    code = "CASE_MOVED"
    title = _("Your application has moved on")


class AnswerIncomplete(Invalid):
    """Something that the step needs is missing; every fault is listed at once."""

    code = "ANSWER_INCOMPLETE"
    title = _("Something is still missing")


class MatterInvalid(Invalid):
    """A matter's file cannot be loaded; every fault has its line."""

    code = "MATTER_INVALID"
    title = _("The matter file cannot be loaded")


class NotThisOfficer(NotAllowed):
    """The officer has nothing to do with this case."""

    code = "NOT_THIS_OFFICER"
    title = _("Not your case")


class TooLate(Conflict):
    """The days for this step are over."""

    code = "TOO_LATE"
    title = _("The days for this are over")


class Altered(Unavailable):
    """A row was changed by somebody who may write to the database and not to this: nothing is shown, nothing decided."""

    code = "ALTERED"
    title = _("We stopped here")

    def __init__(self) -> None:
        super().__init__(_("Something kept here was changed from outside. The operators of this site must look at it first."))


class KeyUsed(Conflict):
    """An Idempotency-Key was sent again for something else."""

    code = "IDEMPOTENCY_KEY_USED"
    title = _("This key was used before")
