"""Why a call was refused, in the reader's language: the same words that the caller was given."""

from __future__ import annotations

from django.utils.translation import gettext as _

from exchange.portal.templatetags.look_text import current_language
from exchange.sharing.grounds_of_refusal import codes, refusal


def reason_text(code: str) -> str:
    """The sentence of a refusal code; a code that is not known is shown as it is."""
    if code not in codes():
        return code or _("no reason was recorded.")
    found = refusal(code)
    return found.zh if current_language() == "zh-hans" else found.en


def reason_codes() -> tuple[str, ...]:
    """Every reason that a call can be refused for."""
    return codes()
