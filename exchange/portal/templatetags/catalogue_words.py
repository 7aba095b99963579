"""Words of the catalogue that its pages need and its models do not have."""

from __future__ import annotations

from django import template
from django.utils.translation import gettext_lazy, ngettext

from catalog.models import Dataset

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
_STORES = {
    "http": gettext_lazy("The department's own service answers"),
    "sql": gettext_lazy("Answered from the department's own database"),
}


@register.simple_tag
def item_type(name: str) -> str:
    """The type of a data item in the reader's language."""
    return str(_TYPES.get(name, name))


@register.simple_tag
def store_words(dataset: Dataset) -> str:
    """Who answers questions to this dataset, as a sentence; empty for hosted data."""
    store = dataset.store
    if store.get("kind") == "officer":
        days = int(store["working_days"])
        return ngettext("An officer answers within %(count)d working day", "An officer answers within %(count)d working days", days) % {
            "count": days
        }
    return str(_STORES.get(store.get("kind", ""), ""))
