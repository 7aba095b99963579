"""The words of a payment: where it stands, and when it came back, why and what its holder can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from exchange.affairs.licences.lifecycle import PaymentState
from exchange.affairs.models import PaymentOrder
from exchange.portal.templatetags.look_text import MONTHS, current_language
from exchange.portal.tones import Face, Tone

Returned = PaymentOrder.Returned

PAYMENT_FACES = {
    PaymentState.ORDERED: Face(Tone.WAITING, "clock", _("On its way")),
    PaymentState.PAID: Face(Tone.FOUND, "check", _("Paid")),
    PaymentState.RETURNED: Face(Tone.ATTENTION, "alert", _("The bank sent it back")),
    PaymentState.STOPPED: Face(Tone.STOPPED, "stop", _("Stopped")),
}


def month_word(month: str) -> str:
    """`2026-11` as people say it."""
    year, _separator, number = month.partition("-")
    return f"{year}年{int(number)}月" if current_language() == "zh-hans" else f"{MONTHS[int(number) - 1]} {year}"


@dataclass(frozen=True)
class ReturnedWords:
    """Why money came back, and the next step."""

    why: Any
    what: Any


_NAME_ANOTHER = _("Name another account in your own name here.")

RETURNED_WORDS: dict[str, ReturnedWords] = {
    Returned.ACCOUNT_CLOSED: ReturnedWords(_("The account is closed."), _NAME_ANOTHER),
    Returned.ACCOUNT_UNKNOWN: ReturnedWords(_("The bank does not know this account."), _NAME_ANOTHER),
    Returned.NAME_DIFFERS: ReturnedWords(_("The account is in another name than yours."), _NAME_ANOTHER),
    Returned.CARD_NOT_ACTIVE: ReturnedWords(
        _("Your card has not been activated."), _("Activate it at the bank and call us, or name another account here.")
    ),
    Returned.NO_ACCOUNT: ReturnedWords(_("We do not know an account of yours."), _NAME_ANOTHER),
}
