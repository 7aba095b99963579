"""Moves states: one conditional UPDATE per event of the tables in `lifecycle`. No row moved means refused."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.errors import LoadNotReady
from catalog.lifecycle import LOAD, LoadEvent
from catalog.models import Load


def move_load(load: Load, event: LoadEvent, **changes: Any) -> None:
    """Move a load by an event, writing `changes` in the same statement; raises LoadNotReady when it is elsewhere."""
    sources, target = LOAD[event]
    moved = Load.objects.filter(pk=load.pk, state__in=sources).update(state=target, changed_at=timezone.now(), **changes)
    if not moved:
        raise LoadNotReady(_("This file has already taken another step. Look at it again."), state=Load.objects.get(pk=load.pk).state)
    load.refresh_from_db()
