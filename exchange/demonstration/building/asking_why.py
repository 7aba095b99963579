"""Two citizens have asked an office why it looked them up: one has read the answer, one waits for it."""

from __future__ import annotations

from django.utils import translation

from exchange.accounts.demonstration import resident_account
from exchange.affairs.applicants import Applicant, applicant_of
from exchange.demonstration.building import staff
from exchange.demonstration.building.plans.plan import in_both
from exchange.demonstration.building.roll import ASKER
from exchange.oversight import actions
from exchange.oversight.access_records import Filters, Group, access_records
from exchange.oversight.models import Question

_OFFICE = "CAB"
_LANGUAGE = "zh-hans"
_ANSWERED = "young_man_with_care_allowance"
_WAITING = "holder_of_expired_certificate"
_WORDS = in_both("我没有带任何证明，你们怎么知道我的等级？", "I brought no paper. How did you know my grade?")
_ANSWER = in_both(
    "您请我们替您去查，我们只向残疾人联合会核实了几个问题，用于残疾人两项补贴。",
    "You asked us to find out. We asked the federation a few questions only, for your allowance.",
)
_STILL_OPEN = in_both("为什么又查了我的证件？", "Why was my certificate looked up again?")


def ask() -> None:
    """Both questions and the one answer, where they are not there yet. The lines must stand in the index."""
    answered = _asked(_ANSWERED, _WORDS)
    if answered is not None and answered.state == "OPEN":
        actions.answer_question(answered, answer=_ANSWER, acting_user=staff.of(_OFFICE, ASKER))
    _asked(_WAITING, _STILL_OPEN)


def _asked(resident: str, words: str) -> Question | None:
    """The resident's question; None where no office of that name stands in the resident's lines."""
    applicant = applicant_of(resident_account(resident))
    found = Question.objects.of(applicant.subject).first()
    return found or _ask(applicant, words)


def _ask(applicant: Applicant, words: str) -> Question | None:
    lines = access_records(applicant.subject, filters=Filters(asked_by=_OFFICE, group=Group.OFFICES)).lines
    if not lines:
        return None
    with translation.override(_LANGUAGE):
        return actions.ask_why(lines[0].entry, words=words, applicant=applicant)
