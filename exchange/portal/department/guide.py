"""Where somebody is in a guided request: about it, each dataset, then the check before sending."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from exchange.portal.templatetags.look_parts import Step
from exchange.sharing.models import SharingRequest


@dataclass(frozen=True)
class Place:
    """One step: a dataset, the last one, or (neither) the first."""

    dataset: str = ""
    is_last: bool = False


def next_place(request: SharingRequest, place: Place) -> Place:
    """The step after `place`."""
    order = _order(request)
    return order[min(order.index(place) + 1, len(order) - 1)] if place in order else order[-1]


def guide_steps(request: SharingRequest | None, place: Place) -> list[Step]:
    """The steps as a list for the page, with the current one."""
    order = _order(request) if request else [Place(), Place("?"), Place(is_last=True)]
    here = order.index(place) if place in order else 0
    return [Step(_title(step), _face(number, here)) for number, step in enumerate(order)]


def _order(request: SharingRequest) -> list[Place]:
    unsent = request.parts.filter(state__in=("DRAFT", "RETURNED")).select_related("dataset").order_by("pk")
    return [Place(), *(Place(part.dataset.code) for part in unsent), Place(is_last=True)]


def _title(place: Place) -> str:
    if place.is_last:
        return _("Check and send")
    if place.dataset == "?":
        return _("What is asked of each dataset")
    return _("What is asked of %(dataset)s") % {"dataset": place.dataset} if place.dataset else _("What the data are for")


def _face(number: int, here: int) -> str:
    if number == here:
        return "current"
    return "done" if number < here else "coming"
