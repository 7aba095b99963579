"""Where a licence's status stands in the public lists: a place drawn by chance, so that no order of issuing shows."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db.models import Max

from audit.proof.status_list import SIZE
from exchange.affairs.models import Licence

_DRAWS = 6


def free_place() -> tuple[int, int]:
    """(list, index) that no licence has. A list counts as full once several draws in a row meet others.

    Two that draw the same place at once meet in the table's constraint; that is one case in billions, and runs again.
    """
    number = Licence.objects.aggregate(newest=Max("status_list"))["newest"] or 1
    for _ in range(_DRAWS):
        index = secrets.randbelow(SIZE)
        if not Licence.objects.filter(status_list=number, status_index=index).exists():
            return number, index
    return number + 1, secrets.randbelow(SIZE)


def hub_address() -> str:
    """Where the hub is reached from outside: the issuer's name in every licence."""
    return str(settings.PUBLIC_URLS[0])


def list_address(number: int) -> str:
    """Where anybody fetches a whole list."""
    return f"{hub_address()}/v/status/{number}"


def licence_address(licence_id: str) -> str:
    """What the QR code of a licence opens."""
    return f"{hub_address()}/v/{licence_id}"
