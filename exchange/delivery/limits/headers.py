"""What is left of each limit, as the header fields `RateLimit-Policy` and `RateLimit` (draft-ietf-httpapi-ratelimit-headers-10).

They inform and are not signed: what counts is the refusal, which is. Quotas count subjects (rows of a list), so their unit
(`qu`) is "subjects"; refusals count requests, the draft's default unit.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

from exchange.delivery import counting
from exchange.delivery.calls import Work
from exchange.delivery.limits import closer
from exchange.delivery.limits.windows import MINUTE_MS, end_ms, seconds_of
from exchange.delivery.refusal_rate import REFUSALS_A_MINUTE
from exchange.sharing.policy import Policy

Headers = tuple[tuple[bytes, bytes], ...]
RETRY_S = 60
_Shown = tuple[str, str, int, int]


@dataclass(frozen=True, slots=True)
class Left:
    """One limit: `most` in `window_s` seconds, `remaining` of it, for `ends_s` seconds more."""

    name: str
    most: int
    remaining: int
    window_s: int
    ends_s: int
    unit: str = "subjects"


def headers_of(work: Work, at_ms: int, batch: dict[str, Headers] | None = None) -> Headers:
    """The fields of an answer or refusal, with `Retry-After` on 429. `batch` keeps what is alike for an agreement's answers."""
    if work.refusal is None and not work.closer:
        told = {} if batch is None else batch
        if work.call.agreement not in told:
            told[work.call.agreement] = headers_of_policy(work.policy, at_ms)
        return told[work.call.agreement]
    lefts = [*(_lefts(counting.shown(work.policy, at_ms), at_ms) if work.policy else ()), *_closer(work, at_ms), *_refusals(work, at_ms)]
    ground = work.refusal
    if ground is None or ground.status != 429:
        return written(lefts)
    ends = ground.data.get("ends")
    wait = RETRY_S if ends is None else max(1, int(datetime.fromisoformat(ends).timestamp()) - at_ms // 1000)
    return (*written(lefts), (b"retry-after", b"%d" % wait))


def headers_of_policy(policy: Policy | None, at_ms: int) -> Headers:
    """The fields of an answer that no call of its own stands behind: an export's state, a result that is collected."""
    return _usual(tuple(counting.shown(policy, at_ms)), at_ms // 1000) if policy is not None else ()


@lru_cache(maxsize=1024)
def _usual(shown: tuple[_Shown, ...], at_s: int) -> Headers:
    return written(_lefts(shown, at_s * 1000))


def written(lefts: Iterable[Left]) -> Headers:
    """The two fields; none where nothing is limited."""
    told = list(lefts)
    if not told:
        return ()
    policies = ", ".join(f'"{one.name}";q={one.most};w={one.window_s}{_unit(one)}' for one in told)
    states = ", ".join(f'"{one.name}";r={one.remaining};t={one.ends_s}' for one in told)
    return ((b"ratelimit-policy", policies.encode("ascii")), (b"ratelimit", states.encode("ascii")))


def _unit(left: Left) -> str:
    return f';qu="{left.unit}"' if left.unit != "requests" else ""


def _lefts(shown: Iterable[_Shown], at_ms: int) -> list[Left]:
    return [_left(name, limit, used, window, at_ms) for name, window, limit, used in shown]


def _closer(work: Work, at_ms: int) -> list[Left]:
    if work.policy is None:
        return []
    return [_left(name, closer.limit_of(work.policy, name), used, window, at_ms) for name, (used, window) in work.closer.items()]


def _refusals(work: Work, at_ms: int) -> list[Left]:
    """How many refusals the key has left in this minute, where it was refused."""
    if work.refusal is None or not work.refusals:
        return []
    ends = (at_ms // MINUTE_MS + 1) * MINUTE_MS
    return [
        Left("refusals", REFUSALS_A_MINUTE, max(0, REFUSALS_A_MINUTE - work.refusals), MINUTE_MS // 1000, _until(ends, at_ms), "requests")
    ]


def _left(name: str, most: int, used: int, window: str, at_ms: int) -> Left:
    return Left(name, most, max(0, most - used), seconds_of(window), _until(end_ms(window, at_ms), at_ms))


def _until(ends_ms: int, at_ms: int) -> int:
    return max(0, -(-(ends_ms - at_ms) // 1000))
