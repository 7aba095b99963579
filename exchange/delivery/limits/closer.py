"""Limits by officer and by subject, where an agreement sets them: counted in the batch's own transaction, shared by all hosts.

Whom a row is about stands in it only as an HMAC, the officer's and the subject's each under a key of its own. Every row of
the batch is locked in one sorted order before any is judged, so that two hosts never wait for each other in a ring.
"""

from __future__ import annotations

import hmac
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from django.conf import settings

from audit.proof.envelope import blind
from exchange.delivery.calls import Work
from exchange.delivery.limits.windows import day_and_minute, end_text, span
from exchange.sharing.grounds_of_refusal import refusal
from exchange.sharing.policy import Policy

OFFICER, SUBJECT = "officer", "subject"
AUTOMATIC = "automatic"
_ROWS_AT_ONCE = 256
_REMEMBERED = 500_000
Key = tuple[str, str, bytes, str]
"""Agreement, which limit, HMAC of whom, window."""


def spend(cursor: Any, works: Sequence[Work], now_ms: int, floors: dict[Key, int]) -> None:
    """Count every allowed work; one that does not fit is refused whole and counts nothing here. No statement without such limits."""
    asked = [(work, uses) for work in works if (uses := _looked_at(work, now_ms))]
    if not asked:
        return
    used = _locked(cursor, sorted({key for _, uses in asked for key in uses}), floors)
    changed: set[Key] = set()
    for work, uses in asked:
        if work.is_counted:
            _judge(work, uses, used, now_ms)
        if work.is_counted:
            for key, count in uses.items():
                used[key] += count
            changed |= uses.keys()
        work.closer = _told(uses, used)
    _write(cursor, {key: used[key] for key in sorted(changed)})


def note(works: Iterable[Work], now_ms: int, floors: dict[Key, int]) -> None:
    """After the commit: what this process has counted itself is the least that is used."""
    for work in works:
        if work.is_counted:
            for key, count in uses_of(work, now_ms).items():
                floors[key] = floors.get(key, 0) + count
    while len(floors) > _REMEMBERED:
        floors.pop(next(iter(floors)))


def uses_of(work: Work, now_ms: int) -> Counter[Key]:
    """What a call counts: its subjects (or rows) for its officer, and once for each subject that it names."""
    policy, uses = work.policy, Counter[Key]()
    if policy is None:
        return uses
    if policy.per_officer_day is not None:
        uses[policy.agreement, OFFICER, _officer(work), day_and_minute(now_ms)[0]] = work.count
    if policy.per_subject is not None:
        window = span(policy.per_subject[1], now_ms)
        uses.update((policy.agreement, SUBJECT, _subject(one.kind, one.identifier), window) for one in work.subjects)
    return uses


def limit_of(policy: Policy, name: str) -> int:
    """The number that the agreement sets for one of the two limits."""
    return (policy.per_officer_day or 0) if name == OFFICER else (policy.per_subject or (0, 0))[0]


def _looked_at(work: Work, now_ms: int) -> Counter[Key]:
    """Also a refused call under such a limit is told what is left; an outcome is not: it was counted when it began."""
    policy = work.policy
    if policy is None or work.completion is not None or (policy.per_officer_day is None and policy.per_subject is None):
        return Counter()
    return uses_of(work, now_ms)


def _judge(work: Work, uses: Mapping[Key, int], used: Mapping[Key, int], now_ms: int) -> None:
    """Refuse what goes over; the answer says which limit and until when, never whom it is about."""
    assert work.policy is not None  # noqa: S101 - it has a limit
    for key, count in uses.items():
        if used[key] + count > limit_of(work.policy, key[1]):
            work.refuse(refusal("QUOTA", limit=key[1], ends=end_text(key[3], now_ms)))
            return


def _told(uses: Iterable[Key], used: Mapping[Key, int]) -> dict[str, tuple[int, str]]:
    """By limit: how much is used of it, and its window; of several subjects the one with the least left."""
    told: dict[str, tuple[int, str]] = {}
    for key in uses:
        told[key[1]] = max(told.get(key[1], (0, key[3])), (used[key], key[3]))
    return told


def _locked(cursor: Any, keys: Sequence[Key], floors: Mapping[Key, int]) -> dict[Key, int]:
    """Every counter, locked in this order until the transaction ends; never less than what this process has counted."""
    found: dict[Key, int] = {}
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        chunk = keys[start : start + _ROWS_AT_ONCE]
        values = [value for key in chunk for value in (*key, floors.get(key, 0))]
        cursor.execute(
            f"INSERT INTO delivery_closeuse (agreement, kind, who, period, used) VALUES {_rows(len(chunk))} "  # noqa: S608 - placeholders
            "ON CONFLICT (agreement, kind, who, period) DO UPDATE SET used = "
            "CASE WHEN delivery_closeuse.used < excluded.used THEN excluded.used ELSE delivery_closeuse.used END "
            "RETURNING agreement, kind, who, period, used",
            values,
        )
        found.update({(agreement, kind, bytes(who), period): used for agreement, kind, who, period, used in cursor.fetchall()})
    return found


def _write(cursor: Any, used: Mapping[Key, int]) -> None:
    keys = list(used)
    for start in range(0, len(keys), _ROWS_AT_ONCE):
        chunk = keys[start : start + _ROWS_AT_ONCE]
        cursor.execute(
            f"INSERT INTO delivery_closeuse (agreement, kind, who, period, used) VALUES {_rows(len(chunk))} "  # noqa: S608 - placeholders
            "ON CONFLICT (agreement, kind, who, period) DO UPDATE SET used = excluded.used",
            [value for key in chunk for value in (*key, used[key])],
        )


def _rows(count: int) -> str:
    return ", ".join(["(%s, %s, %s, %s, %s)"] * count)


def _officer(work: Work) -> bytes:
    """The officer that a call names. All calls of one system that name none, or are automatic, count as one officer of its own."""
    sent = (work.body.officer if work.body else None) or AUTOMATIC
    name = " ".join(unicodedata.normalize("NFKC", sent).casefold().split())
    if name == AUTOMATIC:
        return blind(_key(OFFICER), "system", work.call.caller.system)
    return blind(_key(OFFICER), "officer", name)


def _subject(kind: str, identifier: str) -> bytes:
    return blind(_key(SUBJECT), kind, identifier)


@lru_cache(maxsize=4)
def _key(name: str) -> bytes:
    """A key of its own for each: the counters' pseudonyms lead neither to the log's blinds nor to each other."""
    return hmac.digest(settings.SECRET_KEY.encode(), f"closer-limit-{name}".encode(), "sha256")
