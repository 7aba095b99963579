"""What the public reads about emergencies: how many, what was used under them, and every review as it was published."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from exchange.sharing.models import StandingOffer
from exchange.sharing.offers.reviewing import public_count

SHOWN = 20


def emergencies_context() -> dict[str, Any]:
    """Figures of all emergencies, and the newest ones with their reasons and reviews; no person stands in any of it."""
    now = timezone.now()
    rows = StandingOffer.objects.emergencies().select_related("dataset", "provider", "review").order_by("-act_seq")[:SHOWN]
    return {"emergencies": public_count(now), "emergency_rows": [(row, row.state_at(now).value) for row in rows]}
