"""What the hub says in messages, by name of the text. Nothing personal but a code or the number of an application.

A text message has at most 70 characters in either language (one unit of GSM 03.38 in UCS-2), and no text holds a link: who
is used to links in messages about money is easily robbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from django.utils import translation
from django.utils.translation import gettext_lazy as _

from exchange.accounts.models import Channel

SMS_CHARACTERS = 70


@dataclass(frozen=True)
class MessageText:
    """A text with `{places}`, how long it is of use, and how it travels unless the sender says otherwise."""

    text: Any
    good_for: timedelta
    channel: Channel = Channel.PORTAL


_A_YEAR = timedelta(days=365)

TEXTS: Mapping[str, MessageText] = {
    "code": MessageText(_("Mianzheng code: {code}. Valid for 10 minutes. Tell it to nobody."), timedelta(minutes=10), Channel.SMS),
    "invitation": MessageText(
        _("You are invited to Mianzheng as {username}. Choose “Accept an invitation” at “Sign in” and type the code {code} within 3 days."),
        timedelta(days=3),
        Channel.MAIL,
    ),
    "bound": MessageText(_("Your account now opens your own records. Was it not you? Go to a counter."), _A_YEAR),
    "binding_moved": MessageText(
        _("Another account proved to be you, so this one no longer opens your records. Was it not you? Go to a counter with your card."),
        _A_YEAR,
    ),
    "case_decided": MessageText(
        _("Your application {number} was decided. Read the answer and the reasons under “My applications”."), _A_YEAR
    ),
    "case_missing": MessageText(_("Something is still missing for your application {number}. Look under “My applications”."), _A_YEAR),
    "case_value_corrected": MessageText(
        _("An office corrected its register. Your application {number} is asking again. Look under “My applications”."), _A_YEAR
    ),
    "case_decided_on_old_value": MessageText(
        _("A register was corrected after application {number} was decided. An officer looks. You may also ask for another look."), _A_YEAR
    ),
    "appeal_settled": MessageText(_("The second look at your application {number} is finished. Read it under “My applications”."), _A_YEAR),
    "objection_settled": MessageText(_("An office answered what you said is wrong. Read the answer under “Who looked me up”."), _A_YEAR),
    "question_answered": MessageText(_("An office answered your question. Read the answer under “Who looked me up”."), _A_YEAR),
    "offer_made": MessageText(_("An office offers you an allowance without an application. Look under “Offers for me”."), _A_YEAR),
    # What departments' people are reminded of: which day, never whose request or which person.
    "officer_question_overdue": MessageText(
        _("A question to your department has waited beyond its last day ({day}). Look at your console."), _A_YEAR
    ),
    "alarm_raised": MessageText(_("An alarm was raised: {number}. Look under “Audit”, “Alarms”."), _A_YEAR),
    "remind_alarm_raised": MessageText(
        _("Somebody looks up persons in numbers that nobody foresaw ({day}). Look at your console."), _A_YEAR
    ),
    "remind_agreement_ends": MessageText(_("An agreement of your department ends soon ({day}). Look at your console."), _A_YEAR),
    "remind_correction_due": MessageText(_("A correction request waits for your department ({day}). Look at your console."), _A_YEAR),
    "remind_correction_escalated": MessageText(
        _("A department has not answered a correction request ({day}). Look at your console."), _A_YEAR
    ),
    "remind_correction_overdue": MessageText(
        _("Your department owes the answer to a correction request ({day}). Look at your console."), _A_YEAR
    ),
    "remind_dispute_due": MessageText(_("A dispute waits for your department ({day}). Look at your console."), _A_YEAR),
    "remind_dispute_escalated": MessageText(_("A dispute has been left lying ({day}). Look at your console."), _A_YEAR),
    "remind_dispute_overdue": MessageText(_("A dispute is overdue ({day}). Look at your console."), _A_YEAR),
    "remind_request_due": MessageText(_("A data request waits for your department ({day}). Look at your console."), _A_YEAR),
    "remind_request_escalated": MessageText(_("A department has not answered a data request ({day}). Look at your console."), _A_YEAR),
    "remind_request_overdue": MessageText(_("Your department owes the answer to a data request ({day}). Look at your console."), _A_YEAR),
    "remind_roles_unconfirmed": MessageText(_("Roles in your department wait to be confirmed ({day}). Look at your console."), _A_YEAR),
}


def written(template: str, context: Mapping[str, str], language: str) -> str:
    """The text in a language with its places filled. Raises KeyError for an unknown text or an empty place."""
    with translation.override(language):
        return str(TEXTS[template].text).format_map(context)
