"""Do the work of citizens' cases and figures that waits, as the worker of a running hub does. Messages wait for that worker."""

from __future__ import annotations

from django.utils import timezone

from audit import trail
from catalog import work
from catalog.models import Work
from exchange.demonstration.building import sequencing

_ROOMS = r"^(affairs|oversight)\."
_MOST_PENDING = 500


class WorkFailed(Exception):
    """A piece of work did not come to its end: a fault of the program; its name says which."""


def do_all() -> None:
    """Everything that is due, and what follows from it. Raises WorkFailed at the first that fails."""
    while (waiting := Work.objects.due(timezone.now()).filter(name__regex=_ROOMS).order_by("pk").first()) is not None:
        if not work.run(waiting.pk):
            raise WorkFailed(waiting.name)
        if trail.backlog().count > _MOST_PENDING:
            sequencing.sequence_all()
