"""Nonces, quotas and fact limits: counted in the batch's own transaction, in raw SQL, in one sorted order.

A row here may refuse, never allow: each process remembers what it has itself counted (``Floors``), so that a counter
that was turned back, or a nonce that was deleted, opens nothing.
"""

from __future__ import annotations

import hmac
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from audit.models import EntryIndex
from audit.proof.envelope import blind
from exchange.delivery.calls import Work
from exchange.delivery.limits.windows import day_and_minute, end_text, seconds_of, span
from exchange.delivery.models import QuotaUse
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Policy

NONCES_KEPT_S = 300
_SEEN_KEPT_S = 180
_FACT_KINDS = "fact-limit"
_ROWS_AT_ONCE = 128
_MINUTE_S = 60


@dataclass
class Floors:
    """What this process has counted itself. The database may say more, never less."""

    quotas: dict[tuple[str, str], int] = field(default_factory=dict)
    facts: dict[tuple[str, str, bytes, str], int] = field(default_factory=dict)
    seen: dict[int, set[int]] = field(default_factory=dict)
    closer: dict[tuple[str, str, bytes, str], int] = field(default_factory=dict)
    # What the database said last, for the headers alone: it allows and refuses nothing.
    shown: dict[tuple[str, str], int] = field(default_factory=dict)
    unconfirmed: set[tuple[str, str]] = field(default_factory=set)
    started_s: int = field(default_factory=lambda: int(time.time()))

    def has_seen(self, keyid: str, nonce: str, created: int) -> bool:
        """Whether this process has let the nonce pass before, whatever the table says now."""
        return hash((keyid, nonce)) in self.seen.get(created // 60, ())

    def note_seen(self, keyid: str, nonce: str, created: int) -> None:
        """Remember a nonce for as long as its request could be fresh."""
        minute = created // 60
        if minute not in self.seen:
            oldest = int(time.time() - _SEEN_KEPT_S) // 60
            for past in [known for known in self.seen if known < oldest]:
                del self.seen[past]
        self.seen.setdefault(minute, set()).add(hash((keyid, nonce)))


FLOORS = Floors()


def spend_nonces(cursor: Any, works: Sequence[Work], floors: Floors = FLOORS) -> None:
    """Insert every nonce; a work whose nonce was seen before is marked as replayed."""
    fresh: dict[tuple[str, str], Work] = {}
    for work in (work for work in works if work.completion is None):  # an errand's was spent when it began
        caller = work.call.caller
        pair = (caller.keyid, caller.nonce)
        if pair in fresh or floors.has_seen(*pair, caller.created):
            work.replayed = True
        else:
            fresh[pair] = work
    if not fresh:
        return
    values = [value for (keyid, nonce), work in sorted(fresh.items()) for value in (keyid, nonce, work.call.caller.created)]
    cursor.execute(
        f"INSERT INTO delivery_nonce (keyid, nonce, created) VALUES {_rows(len(fresh), 3)} "  # noqa: S608 - placeholders
        "ON CONFLICT (keyid, nonce) DO NOTHING RETURNING keyid, nonce",
        values,
    )
    inserted = {(keyid, nonce) for keyid, nonce in cursor.fetchall()}
    for pair, work in fresh.items():
        work.replayed = pair not in inserted


def note_nonces(works: Iterable[Work], floors: Floors = FLOORS) -> None:
    """After the commit: remember what passed."""
    for work in works:
        if not work.replayed and work.completion is None:
            floors.note_seen(work.call.caller.keyid, work.call.caller.nonce, work.call.caller.created)


def _rows(count: int, width: int) -> str:
    return ", ".join(["(" + ", ".join(["%s"] * width) + ")"] * count)


def nonce_mark(cursor: Any) -> int:
    """Nothing created before this second is accepted: its nonce may have been purged."""
    cursor.execute("SELECT created FROM delivery_noncemark WHERE id = 1")
    row = cursor.fetchone()
    return int(row[0]) if row else 0


def purge_nonces(now_s: int) -> int:
    """Delete nonces older than 300 s after moving the mark; returns how many went."""
    until = now_s - NONCES_KEPT_S
    with transaction.atomic(durable=True), transaction.get_connection().cursor() as cursor:
        cursor.execute(
            "INSERT INTO delivery_noncemark (id, created) VALUES (1, %s) ON CONFLICT (id) DO UPDATE "
            "SET created = excluded.created WHERE delivery_noncemark.created < excluded.created",
            [until],
        )
        cursor.execute("DELETE FROM delivery_nonce WHERE created < %s", [until])
        return int(cursor.rowcount)


# --- Quotas ---------------------------------------------------------------------------------------------------


def windows(policy: Policy, now_ms: int) -> list[tuple[str, int]]:
    """The windows that a call of this policy counts in, each with its limit: the local day, and the minute."""
    day, minute = day_and_minute(now_ms)
    limits = [(day, policy.per_day), (minute, policy.per_minute)]
    return [(window, limit) for window, limit in limits if limit is not None]


def spend_quotas(cursor: Any, works: Sequence[Work], now_ms: int, floors: Floors = FLOORS) -> None:
    """Count the subjects of every allowed work; where a whole agreement does not fit, its calls are taken in order."""
    by_agreement: dict[str, list[Work]] = {}
    for work in works:
        if work.policy is not None and work.is_counted:
            by_agreement.setdefault(work.policy.agreement, []).append(work)
    for agreement in sorted(by_agreement):
        group = by_agreement[agreement]
        if _spend(cursor, group, sum(work.count for work in group), now_ms, floors):
            for work in group:
                if over := _spend(cursor, [work], work.count, now_ms, floors):
                    work.refuse(refusal("QUOTA", limit="day" if seconds_of(over) > _MINUTE_S else "minute", ends=end_text(over, now_ms)))


def _spend(cursor: Any, group: list[Work], count: int, now_ms: int, floors: Floors) -> str:
    """Count in every window or in none; the window in which it did not fit, the longest of several, or nothing."""
    policy = group[0].policy
    assert policy is not None  # noqa: S101 - grouped by its agreement
    limits = dict(windows(policy, now_ms))
    if not limits:
        return ""
    starts = {window: _floor(policy.agreement, window, floors) + count for window in limits}
    if over := [window for window, limit in limits.items() if starts[window] > limit]:
        return min(over, key=len)
    counted = _add(cursor, policy.agreement, starts, limits, count)
    if len(counted) == len(limits):
        floors.shown.update({(policy.agreement, window): used for window, used in counted.items()})
        return ""
    for window in counted:
        _take_back(cursor, policy.agreement, window, count)
    return min(limits.keys() - counted.keys(), key=len)


def shown(policy: Policy, now_ms: int, floors: Floors = FLOORS) -> list[tuple[str, str, int, int]]:
    """Name, window, limit and use of each window as this process knows them; another host may have counted since."""
    windows_now = [("day", policy.per_day), ("minute", policy.per_minute)]
    return [
        (name, window, limit, _shown(policy.agreement, window, floors))
        for (name, limit), window in zip(windows_now, day_and_minute(now_ms), strict=True)
        if limit is not None
    ]


def _shown(agreement: str, window: str, floors: Floors) -> int:
    key = (agreement, window)
    if key not in floors.shown:
        found = QuotaUse.objects.filter(agreement=agreement, period=window).values_list("used", flat=True).first()
        floors.shown[key] = found or 0
    return floors.shown[key]


def _floor(agreement: str, window: str, floors: Floors) -> int:
    """What this process has counted itself, or found counted in the log when it first looked."""
    key = (agreement, window)
    if key not in floors.quotas:
        floors.quotas[key] = _counted_before(agreement, window)
    return floors.quotas[key]


def _add(cursor: Any, agreement: str, starts: Mapping[str, int], limits: Mapping[str, int], count: int) -> dict[str, int]:
    """Count in all windows by one statement; how much is used where it fitted. None ends below `starts`: floor and count."""
    rows = [value for window, start in sorted(starts.items()) for value in (agreement, window, start)]
    allowed = [value for window, limit in sorted(limits.items()) for value in (window, limit)]
    cursor.execute(
        f"INSERT INTO delivery_quotause (agreement, period, used) VALUES {_rows(len(starts), 3)} "  # noqa: S608 - placeholders
        "ON CONFLICT (agreement, period) DO UPDATE SET used = "
        "CASE WHEN delivery_quotause.used + %s < excluded.used THEN excluded.used ELSE delivery_quotause.used + %s END "
        "WHERE CASE WHEN delivery_quotause.used + %s < excluded.used THEN excluded.used ELSE delivery_quotause.used + %s END "
        f"<= CASE delivery_quotause.period {'WHEN %s THEN %s ' * len(limits)}END RETURNING period, used",
        [*rows, count, count, count, count, *allowed],
    )
    return dict(cursor.fetchall())


def _take_back(cursor: Any, agreement: str, window: str, count: int) -> None:
    cursor.execute("UPDATE delivery_quotause SET used = used - %s WHERE agreement = %s AND period = %s", [count, agreement, window])


def _counted_before(agreement: str, window: str) -> int:
    """What the log's index says was answered in a day before this process began: a turned-back row is noticed."""
    if len(window) != len("2026-11-20"):
        return 0
    zone = ZoneInfo(settings.TIME_ZONE)
    begin = datetime.fromisoformat(window).replace(tzinfo=zone).timestamp() * 1000
    counted = Q(type="intent") | (Q(outcome="ANSWERED") & ~Q(type="outcome"))  # an errand counts when it begins
    rows = EntryIndex.objects.filter(counted, agreement=agreement, time_ms__gte=int(begin))
    return sum(rows.values_list("count", flat=True))


def forget_unconfirmed(floors: Floors = FLOORS) -> None:
    """After a rollback: windows that were opened in it have no row, so they are opened again by the next call."""
    for key in floors.unconfirmed:
        floors.quotas.pop(key, None)
    floors.unconfirmed.clear()


def note_quotas(works: Iterable[Work], now_ms: int, floors: Floors = FLOORS) -> None:
    """After the commit: raise the floors by what was counted, and forget past windows."""
    floors.unconfirmed.clear()
    for work in works:
        if work.policy is not None and work.is_counted:
            for window, _ in windows(work.policy, now_ms):
                key = (work.policy.agreement, window)
                floors.quotas[key] = floors.quotas.get(key, 0) + work.count
    if len(floors.quotas) > 20_000:
        today = max((window for _, window in floors.quotas), default="")[:10]
        floors.quotas = {key: used for key, used in floors.quotas.items() if key[1].startswith(today)}
        floors.shown.clear()


# --- Fact limits -----------------------------------------------------------------------------------------------

FactKey = tuple[str, str, bytes, str]


def spend_facts(cursor: Any, works: Sequence[Work], now_ms: int, floors: Floors = FLOORS) -> None:
    """Count every fact about every subject; a call with one fact over its limit is refused whole, and counts nothing."""
    asked = [(work, uses) for work in works if work.is_counted and (uses := fact_uses(work, now_ms))]
    if not asked:
        return
    together: Counter[FactKey] = Counter()
    limits: dict[FactKey, int] = {}
    for work, uses in asked:
        together.update(uses)
        limits.update(dict.fromkeys(uses, _limit(work)))
    if _all_within(cursor, together, limits, floors):
        return
    for work, uses in asked:
        if not _all_within(cursor, uses, dict.fromkeys(uses, _limit(work)), floors):
            assert work.policy is not None  # noqa: S101 - it has uses
            work.refuse(refusal("FACT_LIMIT", ends=end_text(span(work.policy.fact_days, now_ms), now_ms)))


def _limit(work: Work) -> int:
    return work.policy.fact_answers if work.policy else 0


def fact_uses(work: Work, now_ms: int) -> Counter[FactKey]:
    """(agreement, fact, HMAC of the subject, window) → how often this call asks for it."""
    policy = work.policy
    if policy is None or not work.facts:
        return Counter()
    window = span(policy.fact_days, now_ms)
    subjects = [_pseudonym(subject.kind, subject.identifier) for subject in work.subjects]
    return Counter((policy.agreement, fact.name, subject, window) for subject in subjects for fact in work.facts)


def _pseudonym(kind: str, identifier: str) -> bytes:
    return blind(_limit_key(), kind, identifier)


@lru_cache(maxsize=1)
def _limit_key() -> bytes:
    """A key of its own: the counters' pseudonyms must not lead to the log's search blinds."""
    return hmac.digest(settings.SECRET_KEY.encode(), _FACT_KINDS.encode(), "sha256")


def _all_within(cursor: Any, uses: Counter[FactKey], limits: dict[FactKey, int], floors: Floors) -> bool:
    """Count them all, or (savepoint) none of them."""
    try:
        with transaction.atomic():
            alike: dict[tuple[int, int], list[FactKey]] = {}
            for key, count in sorted(uses.items()):
                alike.setdefault((limits[key], count), []).append(key)
            for (limit, count), keys in sorted(alike.items()):
                _count_alike(cursor, keys, count, limit, floors)
    except _OverLimit:
        return False
    return True


def _count_alike(cursor: Any, keys: Sequence[FactKey], count: int, limit: int, floors: Floors) -> None:
    """Count `count` more answers for each of these different keys, many in one statement; raises _OverLimit."""
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        chunk = keys[start : start + _ROWS_AT_ONCE]
        starts = [floors.facts.get(key, 0) + count for key in chunk]
        if max(starts) > limit:
            raise _OverLimit
        values = [value for key, first in zip(chunk, starts, strict=True) for value in (*key, first)]
        cursor.execute(
            f"INSERT INTO delivery_factuse (agreement, fact, subject, period, used) VALUES {_rows(len(chunk), 5)} "  # noqa: S608
            "ON CONFLICT (agreement, fact, subject, period) DO UPDATE SET used = "
            "CASE WHEN delivery_factuse.used + %s < excluded.used THEN excluded.used ELSE delivery_factuse.used + %s END "
            "WHERE delivery_factuse.used + %s <= %s RETURNING 1",
            [*values, count, count, count, limit],
        )
        if len(cursor.fetchall()) != len(chunk):
            raise _OverLimit


class _OverLimit(Exception):
    """Undo the savepoint."""


def note_facts(works: Iterable[Work], now_ms: int, floors: Floors = FLOORS) -> None:
    """After the commit: raise the floors of the facts that were answered."""
    for work in works:
        if work.is_counted:
            for key, count in fact_uses(work, now_ms).items():
                floors.facts[key] = floors.facts.get(key, 0) + count
    while len(floors.facts) > 500_000:
        floors.facts.pop(next(iter(floors.facts)))
