"""A decision item by item: granted, masked, or refused on a coded ground. Pure checks: every fault at once, each at its place."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from audit.errors import Fault
from audit.proof.acts.masks import MASKABLE
from audit.proof.acts.shape import MOST_KEPT
from catalog.description.trees import items_of
from exchange.sharing.lifecycle import RefusalGround
from exchange.sharing.models import Wish


@dataclass(frozen=True)
class Verdict:
    """What is decided about one wish. A refusal has a ground and a reason; a mask says what stays readable."""

    decision: str = Wish.GRANTED
    ground: str = ""
    reason: str = ""
    keep_first: int | None = None
    keep_last: int | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """As it stands in the row of an item."""
        masked = self.decision == Wish.MASKED
        keeps = {"keep_first": self.keep_first if masked else None, "keep_last": self.keep_last if masked else None}
        return {"decision": self.decision, "ground": self.ground if self.decision == Wish.REFUSED else "", "reason": self.reason, **keeps}


GRANTED = Verdict()
Verdicts = Mapping[str, Verdict]
"""Wish (`items.grade`, `facts.valid`) → verdict; what is not named is granted."""


@dataclass(frozen=True)
class Review:
    """What is decided about: the wishes that were asked, the dataset as it is described now, and the items that the rows are chosen by."""

    asked: Sequence[str]
    document: Mapping[str, Any]
    row_filter: Sequence[str] = field(default=())


def verdict_faults(verdicts: Verdicts, review: Review) -> list[Fault]:
    """Every fault of a decision; none means that it holds."""
    known = set(review.asked)
    return [
        *(Fault(wish, "unknown", _("This was not asked for.")) for wish in verdicts if wish not in known),
        *(fault for wish, verdict in verdicts.items() if wish in known for fault in _faults(wish, verdict, review)),
        *_around(verdicts, review),
    ]


def _faults(wish: str, verdict: Verdict, review: Review) -> Iterator[Fault]:
    if verdict.decision == Wish.REFUSED:
        if not verdict.reason.strip():
            yield Fault(f"{wish}.reason", "required", _("Write why it is refused."))
        if verdict.ground not in {ground.value for ground in RefusalGround}:
            yield Fault(f"{wish}.ground", "unknown", _("Choose the legal ground on which it is refused."))
    elif verdict.decision == Wish.MASKED:
        yield from _mask_faults(wish, verdict, review)
    elif verdict.decision != Wish.GRANTED:
        yield Fault(wish, "unknown", _("Grant it, mask it or refuse it."))


def _mask_faults(wish: str, verdict: Verdict, review: Review) -> Iterator[Fault]:
    kind, name = wish.split(".", 1)
    types = {item["name"]: item["type"] for item in review.document["items"]}
    if kind != "items" or types.get(name) not in MASKABLE:
        yield Fault(wish, "unmaskable", _("Only texts, codes and identifiers can be masked: grant it or refuse it."))
    for end, kept in (("keep_first", verdict.keep_first), ("keep_last", verdict.keep_last)):
        if kept is None or not 0 <= kept <= MOST_KEPT:
            yield Fault(f"{wish}.{end}", "range", _("Say how many characters stay readable: 0 to %(most)s.") % {"most": MOST_KEPT})


def _around(verdicts: Verdicts, review: Review) -> Iterator[Fault]:
    """Nothing that is granted may tell what a mask hides."""
    masked = {wish.removeprefix("items.") for wish, verdict in verdicts.items() if verdict.decision == Wish.MASKED}
    for name in sorted(masked & set(review.row_filter)):
        yield Fault(f"items.{name}", "mask_around", _("The rows are chosen by this item: masked, it would still be told."))
    for fact in review.document["facts"]:
        wish = f"facts.{fact['name']}"
        granted = wish in review.asked and verdicts.get(wish, GRANTED).decision == Wish.GRANTED
        if granted and masked & {item for _operator, item in items_of(fact["expression"])}:
            text = _("This fact reads an item that you mask: refuse the fact, or give the item whole.")
            yield Fault(wish, "mask_around", text)
