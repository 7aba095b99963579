"""Restrict an item: the next answer, sample, download, search and feed are without it. Lifting needs an act too."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from audit import acts
from catalog import orders, permission, projection
from catalog.errors import AlreadyThere, NoSuchThing
from catalog.models import DataItem, Dataset


def restrict_item(dataset: Dataset, *, item: str, reason: str, acting_user: Any) -> DataItem:
    """Stop sharing an item at once, by a signed act; raises AlreadyThere when it is restricted."""
    return _set(dataset, "restrict", (item, reason), acting_user)


def unrestrict_item(dataset: Dataset, *, item: str, reason: str, acting_user: Any) -> DataItem:
    """Share an item again, by a signed act; raises AlreadyThere when it is not restricted."""
    return _set(dataset, "unrestrict", (item, reason), acting_user)


@transaction.atomic
def _set(dataset: Dataset, order_type: str, what: tuple[str, str], acting_user: Any) -> DataItem:
    item, reason = what
    permission.require(acting_user, dataset.provider, permission.PUBLISHER)
    row = DataItem.objects.filter(version_id=dataset.current_version_id, name=item).first()
    if row is None:
        raise NoSuchThing(_("This dataset has no item of that name."))
    if ((dataset.code, item) in acts.standing().restricted) == (order_type == "restrict"):
        raise AlreadyThere(_("Nothing to do: the item is so already."))
    signed = orders.order(order_type, dataset=dataset.code, item=item, reason=reason)
    orders.append_signed(signed, department=dataset.provider, acting_user=acting_user)
    projection.project_restricted(acts.standing().restricted, dataset.code)
    row.refresh_from_db()
    return row
