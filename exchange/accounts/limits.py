"""Slows down whoever guesses: counted in the database, so that every web host counts together.

What is counted is the same for everybody and says nothing about what is true. Windows are fixed spans of time.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.accounts.columns import keyed_hash
from exchange.accounts.errors import TooManyTries
from exchange.accounts.models import RateCount


def take(what: str, who: str, *, limit: int, window: timedelta) -> None:
    """Count one attempt at `what` by `who`; raises TooManyTries when `limit` was reached in this window.

    Has its own transaction: call it outside any other, so that a later refusal does not take the count back.
    """
    start, ends_at = _window(timezone.now(), window)
    bucket = keyed_hash("hub.rate", f"{what}:{start}:{who}")
    with transaction.atomic():
        RateCount.objects.filter(ends_at__lt=timezone.now()).delete()
        RateCount.objects.bulk_create([RateCount(bucket=bucket, ends_at=ends_at)], ignore_conflicts=True)
        taken = RateCount.objects.filter(bucket=bucket, count__lt=limit).update(count=F("count") + 1)
    if not taken:
        minutes = max(1, round((ends_at - timezone.now()).total_seconds() / 60))
        raise TooManyTries(_("That was tried too often. Try again in %(minutes)d minutes.") % {"minutes": minutes}, minutes=minutes)


def address_of(request: HttpRequest) -> str:
    """Where a request comes from; behind our own proxy, what that proxy added last. Only ever kept as a keyed hash."""
    relayed = str(request.META.get("HTTP_X_FORWARDED_FOR", "")).rpartition(",")[2].strip()
    is_behind_ours = settings.SECURE_PROXY_SSL_HEADER is not None
    return relayed if is_behind_ours and relayed else str(request.META.get("REMOTE_ADDR", ""))


def _window(now: datetime, window: timedelta) -> tuple[int, datetime]:
    seconds = int(window.total_seconds())
    start = int(now.timestamp()) // seconds * seconds
    return start, datetime.fromtimestamp(start + seconds, tz=UTC)
