"""Public doors at which somebody may guess: wrong guesses are counted by address and for the whole hub together.

Whoever has a good link is served, however many others guess: only a wrong guess is answered with "too often". At a door with
short codes (`enter`), who has guessed wrong is turned away before the next guess is looked at, at once where the whole hub
is guessed at. Addresses are kept as keyed hashes alone.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog import work
from exchange.accounts.columns import keyed_hash
from exchange.accounts.errors import TooManyTries
from exchange.accounts.models import RateCount
from exchange.jurisdictions.yaml_text import read_yaml

WORK = "oversight.alarm_about_door"
MINUTES = 10
_WINDOW = timedelta(minutes=MINUTES)
OF_ONE_ADDRESS = 30


@cache
def limit_of(door: str) -> int:
    """How many wrong guesses of all addresses together a door bears in MINUTES (the jurisdiction's `harvesting.yaml`)."""
    return int(read_yaml(settings.JURISDICTION_DIR / "harvesting.yaml")["doors"][door])


def enter(door: str, address: str) -> None:
    """Before a guess at a short code is looked at. Raises TooManyTries for an address that has guessed wrong too often.

    While the hub as a whole is guessed at, one wrong guess is too often.
    """
    own = _count(door, address)
    if own >= OF_ONE_ADDRESS or (own and is_besieged(door)):
        raise _refused()


def missed(door: str, address: str) -> None:
    """The guess was wrong: count it. Raises TooManyTries instead of a plain "no" past the limit of the address or of the hub.

    Has its own transaction: call it outside any other.
    """
    start = _start(timezone.now())
    ends_at = datetime.fromtimestamp(start, tz=UTC) + _WINDOW
    with transaction.atomic():
        RateCount.objects.filter(ends_at__lt=timezone.now()).delete()
        for who in sorted({address, ""}):
            bucket = _bucket(door, who, start)
            RateCount.objects.bulk_create([RateCount(bucket=bucket, ends_at=ends_at)], ignore_conflicts=True)
            RateCount.objects.filter(bucket=bucket).update(count=F("count") + 1)
        own, whole = _count(door, address), _count(door, "")
        if whole == limit_of(door):
            work.enqueue(WORK, door)
    if whole > limit_of(door) or own > OF_ONE_ADDRESS:
        raise _refused()


def is_besieged(door: str) -> bool:
    """Whether all addresses together have guessed wrong as often as the door bears in this window."""
    return _count(door, "") >= limit_of(door)


def _count(door: str, who: str) -> int:
    found = RateCount.objects.filter(bucket=_bucket(door, who, _start(timezone.now()))).values_list("count", flat=True).first()
    return found or 0


def _bucket(door: str, who: str, start: int) -> bytes:
    return keyed_hash("hub.door", f"{door}:{start}:{who}")


def _start(now: datetime) -> int:
    seconds = int(_WINDOW.total_seconds())
    return int(now.timestamp()) // seconds * seconds


def _refused() -> TooManyTries:
    return TooManyTries(_("That was tried too often. Try again in %(minutes)d minutes.") % {"minutes": MINUTES}, minutes=MINUTES)
