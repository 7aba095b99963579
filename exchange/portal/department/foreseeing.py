"""The check before sending in words: for each part what will come back, why, by when, and where to mend it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext_lazy

from exchange.sharing.foreseeing import Foreseen, Way
from exchange.sharing.models import SharingRequest
from exchange.sharing.prospects import foreseen

_WORDS: dict[Way, tuple[str, Any]] = {
    Way.GRANTED_AT_ONCE: ("found", gettext_lazy("Granted when the check passes")),
    Way.TO_AUTHORITY_THEN_OWNER: ("waiting", gettext_lazy("The authority checks, then the owner decides")),
    Way.WOULD_BE_RETURNED: ("attention", gettext_lazy("Would come back: mend it first")),
}


@dataclass(frozen=True)
class ShownForeseen:
    """One part's way with its tone and word, and the page on which its faults are mended."""

    way: Foreseen
    tone: str
    word: Any
    faults: list[tuple[str, str]]


def shown_foreseen(request: SharingRequest) -> dict[str, ShownForeseen]:
    """By dataset."""
    return {found.dataset: _shown(request, found) for found in foreseen(request)}


def _shown(request: SharingRequest, found: Foreseen) -> ShownForeseen:
    tone, word = _WORDS[found.way]
    faults = [(str(fault.message), _page(request, found.dataset, fault.where)) for fault in found.faults]
    return ShownForeseen(found, tone, word, faults)


def _page(request: SharingRequest, dataset: str, where: str) -> str:
    if where.startswith("request."):
        return reverse("console_about", args=[request.number])
    return reverse("console_edit", args=[request.number, dataset])
