"""Words of the catalogue that its pages need and its models do not have."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy

register = template.Library()

_TYPES = {
    "identifier": gettext_lazy("identifier"),
    "text": gettext_lazy("text"),
    "integer": gettext_lazy("whole number"),
    "decimal": gettext_lazy("decimal number"),
    "boolean": gettext_lazy("yes or no"),
    "date": gettext_lazy("date"),
    "datetime": gettext_lazy("date and time"),
    "code": gettext_lazy("code from a list"),
}


@register.simple_tag
def item_type(name: str) -> str:
    """The type of a data item in the reader's language."""
    return str(_TYPES.get(name, name))
