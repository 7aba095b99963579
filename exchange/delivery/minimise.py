"""From records that were read to the answer that may leave: agreed items, agreed rows, agreed facts. Pure.

The reader may have read for several agreements at once; only what the policy names passes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from exchange.sharing.policy import Mask, Policy
from exchange.sharing.row_filter import passes

MAX_RECORDS = 100
HIDDEN = "***"
"""What stands for everything that a mask hides: always as long, so that nobody can count the characters."""
Record = Mapping[str, Any]


def in_scope(policy: Policy, records: Sequence[Record], today: date) -> list[Record]:
    """The records inside the agreement's row filter on the hub's local day; a record without a filtered value is outside."""
    if not policy.row_filter:
        return list(records)
    return [record for record in records if passes(policy.row_filter, record, today)]


def agreed_items(policy: Policy, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Each record with the agreed items and nothing else, at most 100 records."""
    return [{item: record.get(item) for item in policy.items} for record in records[:MAX_RECORDS]]


def masked_records(policy: Policy, records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """The same records as they may leave: what the agreement masks is hidden but for the agreed ends."""
    if not policy.masks:
        return list(records)
    return [{item: masked(policy, item, value) for item, value in record.items()} for record in records]


def masked(policy: Policy, item: str, value: Any) -> Any:
    """One value as it may leave the hub, by any method. What is absent stays absent; a value too short to hide anything is hidden whole."""
    mask = policy.masks.get(item)
    return value if mask is None or value is None else _hidden(mask, str(value))


def _hidden(mask: Mask, text: str) -> str:
    if len(text) <= mask.keep_first + mask.keep_last:
        return HIDDEN
    return text[: mask.keep_first] + HIDDEN + text[len(text) - mask.keep_last :]


def withheld(policy: Policy, records: Sequence[Record]) -> list[dict[str, str]]:
    """What was agreed and is not given, each with its reason."""
    entries = [{"item": item, "reason": reason} for item, reason in policy.withheld]
    if len(records) > MAX_RECORDS:
        entries.append({"item": "*", "reason": "MORE_THAN_100_RECORDS"})
    return entries
