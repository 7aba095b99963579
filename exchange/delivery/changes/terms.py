"""What of an agreement and a register's description must stay the same for a follower to go on from its cursor."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import date
from typing import Any

from audit.proof.canonical import dumps, sha256_text
from exchange.delivery.changes.cursor import Stand
from exchange.delivery.exports.opening import columns_of, selection_of, types_of
from exchange.delivery.exports.selection import Selection
from exchange.sharing.policy import Policy


def terms_of(policy: Policy) -> str:
    """A hash of what decides how a row looks to the follower, and which rows are agreed: by other terms other rows changed."""
    document = policy.document
    needed = sorted({*policy.items, *policy.row_filter.items, *document["key"]})
    types = types_of(document)
    terms = {
        "dataset": policy.dataset,
        "major": document["major"],
        "key": list(document["key"]),
        "items": list(policy.items),
        "masks": {item: asdict(mask) for item, mask in policy.masks.items()},
        "rows": repr(selection_on(policy, "2000-03-01").conditions),
        "bound": [str(value) for value in selection_on(policy, "2000-03-01").values],
        "types": {item: types[item] for item in needed if item in types},
    }
    return sha256_text(dumps(terms))


def newest(policy: Policy, today: date, signer: str) -> Stand:
    """Where a follower that is at rest would go now. The day counts only where the agreed rows depend on it."""
    assert policy.revision is not None  # noqa: S101 - looked at before
    revision = policy.revision
    on = today.isoformat()
    if selection_on(policy, on).values == selection_on(policy, "1900-01-01").values:
        on = "1900-01-01"
    return Stand(policy.version, revision["lookup"], revision["rows"], on, revision["as_of"], signer)


def selection_on(policy: Policy, on: str) -> Selection:
    """The agreed items, masked, of the rows agreed on that day, as SQL for the child."""
    return selection_of(policy, columns_of(policy, policy.items), on=date.fromisoformat(on), form="jsonl")


def is_readable_by(document: Mapping[str, Any], older: Mapping[str, Any], needed: set[str]) -> bool:
    """Whether a revision under an older description has every needed item, in the same type and under the same key."""
    types, before = types_of(document), types_of(older)
    return document["key"] == older["key"] and all(types.get(item) == before.get(item) for item in needed)
