"""Take a dataset offline and bring it back: exchanges then answer PROVIDER_DOWN. Offline narrows; it is a row, no act."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Conflict
from catalog import permission
from catalog.models import Dataset


def take_offline(dataset: Dataset, *, reason: str, acting_user: Any) -> Dataset:
    """Stop answering from a dataset until it is brought back; raises Conflict when it is offline."""
    return _switch(dataset, offline=True, reason=reason, acting_user=acting_user)


def bring_online(dataset: Dataset, *, acting_user: Any) -> Dataset:
    """Answer from a dataset again; raises Conflict when it is online."""
    return _switch(dataset, offline=False, reason="", acting_user=acting_user)


@transaction.atomic
def _switch(dataset: Dataset, *, offline: bool, reason: str, acting_user: Any) -> Dataset:
    permission.require(acting_user, dataset.provider, permission.PUBLISHER)
    waiting = Dataset.objects.filter(pk=dataset.pk, offline=not offline)
    if not waiting.update(offline=offline, offline_reason=reason[:500], changed_at=timezone.now()):
        raise Conflict(_("The dataset is already so. Look at it again."), code="NOTHING_TO_DO")
    event = "TAKE_OFFLINE" if offline else "BRING_ONLINE"
    trail.record(
        {
            "type": "dataset",
            "event": event,
            "provider": dataset.provider_id,
            "dataset": dataset.code,
            "acting": str(acting_user.pk),
            "count": 1,
        }
    )
    dataset.refresh_from_db()
    return dataset
