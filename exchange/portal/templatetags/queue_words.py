"""Words of the officers' queue: why a question ended without an answer, and the title of a register by its code."""

from __future__ import annotations

from collections.abc import Mapping

from django import template
from django.utils.translation import gettext_lazy

from exchange.delivery.officer.lifecycle import CannotAnswer
from exchange.portal.department.queue_form import REASONS

register = template.Library()

_OTHERS = {
    "ABANDONED": gettext_lazy("nobody answered in time"),
    "DESCRIPTION_CHANGED": gettext_lazy("the description of the register has changed meanwhile"),
}


@register.simple_tag
def queue_reason(code: str) -> str:
    """Why it ended, in the reader's language."""
    known = {reason.value: text for reason, text in REASONS.items() if reason in CannotAnswer}
    return str(known.get(code) or _OTHERS.get(code) or gettext_lazy("the agreement does not allow it any more"))


@register.filter
def named(titles: Mapping[str, str], code: str) -> str:
    """The title of a register, or its code."""
    return titles.get(code, code)
