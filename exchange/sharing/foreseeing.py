"""What will come back if the request is sent as it stands, and why: the check before sending. Pure, but for the words.

It asks the very functions that then decide: what it says and what happens cannot drift apart (tests/sharing/test_requests_foreseen.py).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from audit.errors import Fault
from audit.proof.acts import Standing
from catalog.clocks import Due
from exchange.sharing.askable import touched_sensitivity
from exchange.sharing.terms import Offered, beyond_offer, offers_for

TWO_SIGNATURES_FROM = 4
"""Sensitivity from which two officers of the owner approve."""
Text = Mapping[str, Any]
# What audit.proof.acts.scope.require_within says, for readers of either language.
_BEYOND: dict[str, Any] = {
    "the offer has ended": gettext_lazy("the offer has ended"),
    "the dataset is another": gettext_lazy("the dataset is another"),
    "the requester is not named": gettext_lazy("the requester is not named"),
    "a method is not offered": gettext_lazy("a method is not offered"),
    "an item is not offered": gettext_lazy("an item is not offered"),
    "a fact is not offered": gettext_lazy("a fact is not offered"),
    "rows outside the offer's filter": gettext_lazy("rows outside the offer's filter"),
    "a purpose is not offered": gettext_lazy("a purpose is not offered"),
    "an item is masked less than offered": gettext_lazy("an item is masked less than offered"),
    "the quota is larger": gettext_lazy("the quota is larger"),
    "the period goes beyond the offer": gettext_lazy("the period goes beyond the offer"),
}


class Way(StrEnum):
    """Which way a part will go."""

    GRANTED_AT_ONCE = "GRANTED_AT_ONCE"
    TO_AUTHORITY_THEN_OWNER = "TO_AUTHORITY_THEN_OWNER"
    WOULD_BE_RETURNED = "WOULD_BE_RETURNED"


@dataclass(frozen=True)
class Prospect:
    """One part before it is sent: what stands against it, the text that it would become, and when an answer would be due."""

    dataset: str
    faults: Sequence[Fault]
    text: Callable[[Offered], dict[str, Any]]
    due: Due
    items: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()


@dataclass(frozen=True)
class Foreseen:
    """The way of one part, its reasons in the reader's words, what to mend first, and the day of the answer (None: not sent)."""

    dataset: str
    way: Way
    why: tuple[str, ...]
    due_on: date | None = None
    faults: tuple[Fault, ...] = ()


def foresee(prospects: Sequence[Prospect], standing: Standing, *, at: str) -> list[Foreseen]:
    """The way of each part if it is sent at `at` (UTC text)."""
    return [_foreseen(prospect, standing, at) for prospect in prospects]


def fitting_offer(standing: Standing, dataset: str, text: Callable[[Offered], dict[str, Any]], *, at: str) -> tuple[Offered | None, str]:
    """The owner's standing offer inside which the text stays; else None, with the reason why none does (empty: there is none)."""
    reasons = []
    for offered in offers_for(standing, dataset):
        beyond = beyond_offer(offered, text(offered), at=at)
        if not beyond:
            return offered, ""
        reasons.append(beyond)
    return None, reasons[0] if reasons else ""


def needs_two(document: Text, items: Sequence[str], facts: Sequence[str], row_filter: Sequence[str] = ()) -> bool:
    """Whether two officers of the owner approve: something that is given, or by which rows are chosen, has sensitivity 4."""
    return touched_sensitivity(document, (*items, *row_filter), tuple(facts)) >= TWO_SIGNATURES_FROM


def _foreseen(prospect: Prospect, standing: Standing, at: str) -> Foreseen:
    if prospect.faults:
        why = (_("As it stands it cannot be handed in: mend what is listed."),)
        return Foreseen(prospect.dataset, Way.WOULD_BE_RETURNED, why, faults=tuple(prospect.faults))
    offered, beyond = fitting_offer(standing, prospect.dataset, prospect.text, at=at)
    if offered is not None:
        text = _("It stays inside the owner's standing offer: when the authority's formal check passes, the agreement is ready to sign.")
        return Foreseen(prospect.dataset, Way.GRANTED_AT_ONCE, (text,), prospect.due.on)
    return Foreseen(prospect.dataset, Way.TO_AUTHORITY_THEN_OWNER, tuple(_reasons(prospect, standing, beyond)), prospect.due.on)


def _reasons(prospect: Prospect, standing: Standing, beyond: str) -> list[str]:
    document = standing.versions[prospect.dataset].version
    said = [_("The authority checks the form, then the owner decides item by item.")]
    if beyond:
        why = beyond.rpartition(": ")[2]
        said.append(_("It goes beyond the owner's standing offer (%(why)s).") % {"why": _BEYOND.get(why, why)})
    if needs_two(document, prospect.items, prospect.facts):
        said.append(_("Something of it is sensitive personal data (class 4): two officers of the owner approve."))
    return said
