"""How states of corrections and disputes look, and what they mean for whom, in words."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from exchange.portal.tones import Face, Tone

CORRECTIONS: Mapping[str, Face] = {
    "OPEN": Face(Tone.WAITING, "clock", _("Waits for the provider")),
    "ACCEPTED": Face(Tone.WAITING, "clock", _("Wrong; the next revision puts it right")),
    "PUBLISHED": Face(Tone.FOUND, "check", _("Put right")),
    "CONFIRMED": Face(Tone.NEUTRAL, "check", _("Confirmed as right")),
    "UNDECIDED": Face(Tone.ATTENTION, "question", _("The provider cannot decide")),
    "WITHDRAWN": Face(Tone.NEUTRAL, "stop", _("Taken back")),
}
DISPUTES: Mapping[str, Face] = {
    "TALKS": Face(Tone.WAITING, "clock", _("The two sides talk")),
    "WITH_AUTHORITY": Face(Tone.ATTENTION, "clock", _("With the sharing authority")),
    "SETTLED": Face(Tone.FOUND, "check", _("Settled between the two")),
    "RULED": Face(Tone.NEUTRAL, "check", pgettext_lazy("dispute", "Ruled")),
    "WITHDRAWN": Face(Tone.NEUTRAL, "stop", _("Taken back")),
}
