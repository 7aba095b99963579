"""From records that were read to the answer that may leave: agreed items, agreed rows, agreed facts. Pure.

The reader may have read for several agreements at once; only what the policy names passes here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from exchange.sharing.policy import Policy
from exchange.sharing.row_filter import passes

MAX_RECORDS = 100
Record = Mapping[str, Any]


def in_scope(policy: Policy, records: Sequence[Record], today: date) -> list[Record]:
    """The records inside the agreement's row filter on the hub's local day; a record without a filtered value is outside."""
    if not policy.row_filter:
        return list(records)
    return [record for record in records if passes(policy.row_filter, record, today)]


def agreed_items(policy: Policy, records: Sequence[Record]) -> list[dict[str, Any]]:
    """Each record with the agreed items and nothing else, at most 100 records."""
    return [{item: record.get(item) for item in policy.items} for record in records[:MAX_RECORDS]]


def withheld(policy: Policy, records: Sequence[Record]) -> list[dict[str, str]]:
    """What was agreed and is not given, each with its reason."""
    entries = [{"item": item, "reason": reason} for item, reason in policy.withheld]
    if len(records) > MAX_RECORDS:
        entries.append({"item": "*", "reason": "MORE_THAN_100_RECORDS"})
    return entries
