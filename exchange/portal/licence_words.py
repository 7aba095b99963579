"""The words of a checked licence: one icon, one word and one sentence for each standing, and the claims that were shown."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from catalog.identifiers import kinds
from exchange.affairs.licences.checking import Shown, Standing
from exchange.portal.templatetags.look_text import bilingual, current_language, when
from exchange.portal.tones import Face, Tone


@dataclass(frozen=True)
class LicenceFace:
    """How a standing is shown: its face, and a sentence that says what it means."""

    face: Face
    text: Any


def _face(tone: Tone, icon: str, word: Any, text: Any) -> LicenceFace:
    return LicenceFace(Face(tone, icon, word), text)


FACES = {
    Standing.VALID: _face(Tone.FOUND, "check", lazy("Valid"), lazy("This licence is real and holds today.")),
    Standing.ENDED: _face(Tone.STOPPED, "stop", lazy("Expired"), lazy("This licence is real. Its time is over.")),
    Standing.CHANGED: _face(Tone.ATTENTION, "alert", lazy("Changed"), lazy("A newer licence took its place. Ask the holder for that one.")),
    Standing.REVOKED: _face(Tone.STOPPED, "stop", lazy("Revoked"), lazy("The office took this licence back. It does not hold.")),
    Standing.UNKNOWN: _face(
        Tone.NEUTRAL, "question", lazy("Unknown"), lazy("We know no licence of this number. Check that you read all of it.")
    ),
    Standing.ALTERED: _face(
        Tone.ATTENTION,
        "alert",
        lazy("Not confirmed"),
        lazy("This is not a licence of ours, or somebody changed it. Do not rely on it."),
    ),
}


@dataclass(frozen=True)
class Row:
    """One claim, as a reader knows it."""

    title: str
    text: Any


def rows_of(shown: Shown) -> list[Row]:
    """What the licence says openly, and what the holder chose to show; nothing else."""
    claims: dict[str, Any] = dict(shown.claims)
    if not claims:
        return []
    rows = [
        Row(_("Licence"), bilingual(claims.get("title"))),
        Row(_("What is granted"), _listed([bilingual(benefit) for benefit in claims["benefits"]])),
        Row(_("Office"), bilingual(claims.get("issuer"))),
        Row(_("Valid from"), _day(claims["from"])),
        Row(_("Until"), _day(claims["until"]) if "until" in claims else _("no end")),
    ]
    return rows + [Row(shown_title(name), _text(name, claims)) for name in shown.shown if name in CLAIMS]


CLAIMS: dict[str, Any] = {
    "holder_name": lazy("Name of the holder"),
    "identifier_last_four": lazy("Last four characters of the holder's number"),
    "identifier_kind": lazy("Kind of number"),
    "identifier": lazy("Whole number of the holder"),
    "amounts": lazy("Amounts"),
}
"""What a holder may show, in the order in which it is offered."""


def shown_title(name: str) -> str:
    """A claim's name in the reader's language."""
    return str(CLAIMS[name])


def _day(day: str) -> Any:
    return when(date.fromisoformat(day), "date")


def _listed(texts: list[str]) -> str:
    return ("、" if current_language() == "zh-hans" else ", ").join(texts)


def _text(name: str, claims: dict[str, Any]) -> str:
    if name == "amounts":
        return _listed(amounts_of(claims))
    if name == "identifier_kind":
        return kind_word(str(claims[name]))
    return str(claims[name])


def amounts_of(claims: dict[str, Any]) -> list[str]:
    """What is paid, one line a benefit; none where a licence grants no money."""
    each, paid = {"month": _("each month")}, claims.get("amounts", {})
    granted = [(benefit, paid[benefit["code"]]) for benefit in claims.get("benefits", []) if benefit["code"] in paid]
    return [
        f"{bilingual(benefit)} {money['amount']} {money['currency']} {each.get(money['per'], '')}".strip() for benefit, money in granted
    ]


def kind_word(kind: str) -> str:
    """What people call an identifier of this kind."""
    return next((bilingual(entry["title"]) for entry in kinds().data if entry["kind"] == kind), kind)
