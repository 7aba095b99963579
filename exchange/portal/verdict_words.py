"""How each finding about a receipt is said on the page: tone, headline, and what to do."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from exchange.portal.receipts import Found


@dataclass(frozen=True)
class Words:
    """One finding in words."""

    tone: str
    title: str | Promise
    text: str | Promise


WORDS: dict[Found, Words] = {
    Found.IN_LOG: Words(
        "found", _("This receipt is genuine"), _("The hub signed it, and its entry stands in the log under a signed root.")
    ),
    Found.PROMISED: Words(
        "waiting",
        _("This receipt is genuine; its entry is on its way into the log"),
        _("The hub signed it and keeps the entry. Look again in a few seconds."),
    ),
    Found.NOT_JSON: Words(
        "attention", _("This is no JSON"), _("Copy the whole answer or receipt, from the first brace to the last, and paste it again.")
    ),
    Found.TOO_LARGE: Words(
        "attention", _("This is too large"), _("At most one megabyte is read here. Paste the receipt alone, or use the command hub verify.")
    ),
    Found.NO_RECEIPT: Words("attention", _("There is no receipt in it"), _("Paste a receipt, or a whole answer that holds one.")),
    Found.OTHER_HUB: Words(
        "attention", _("This receipt is of another hub"), _("Only the hub whose log it names can say whether it holds.")
    ),
    Found.UNKNOWN_KEY: Words(
        "stopped",
        _("This receipt is not signed by this hub"),
        _("The key that it names is none with which this hub signed receipts at that time."),
    ),
    Found.BAD_SIGNATURE: Words(
        "stopped", _("The signature does not hold"), _("It is not the hub's signature over this receipt: it was changed, or it is forged.")
    ),
    Found.CHANGED: Words(
        "stopped", _("This receipt was changed"), _("The hub signed something else: at least one member is not what it was.")
    ),
    Found.OTHER_ANSWER: Words(
        "stopped",
        _("The answer is not the one that the receipt is about"),
        _("The receipt is genuine. The answer beside it was changed, or belongs to another receipt."),
    ),
    Found.NOT_IN_LOG: Words(
        "attention",
        _("The log does not hold its entry"),
        _("The hub signed it, but the log has no such entry now. Keep the receipt and look again after its time."),
    ),
    Found.PROMISE_BROKEN: Words(
        "stopped",
        _("The hub broke its promise"),
        _(
            "The hub signed that this entry would be in its log by now, and it is not. "
            "Keep the receipt: it is evidence. Tell the sharing authority."
        ),
    ),
    Found.UNAVAILABLE: Words(
        "waiting", _("It cannot be checked now"), _("The hub's own record does not verify at the moment, so it judges nothing.")
    ),
}
