"""Whether an export may go on now: the newest signed acts are asked, never the row that says it was allowed once."""

from __future__ import annotations

from exchange.delivery.deciding import utc_text
from exchange.delivery.limits import holds
from exchange.delivery.models import Delivery
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.policy import Asked, Method, Policies, decide


def refusal_of(found: Delivery, policies: Policies, *, keyid: str, at_ms: int) -> Refusal | None:
    """Why no further byte may leave; None when it may. `keyid` is the key that signed the request being answered."""
    if keyid in policies.revoked_keys:
        return refusal("KEY_REVOKED")
    if holds.is_held(found.system, found.requester):
        return refusal("HELD")
    asked = Asked(
        system=found.system,
        agreement=found.agreement,
        method=Method.EXPORT,
        purpose=found.purpose,
        has_case=found.has_case,
        has_officer=found.has_officer,
    )
    decision = decide(policies, asked, utc_text(at_ms))
    if decision.refusal is not None or decision.policy is None:
        return decision.refusal
    if decision.policy.seal_to and not decision.policy.seal_key:
        return refusal("SEAL_KEY_REVOKED")
    return None if set(found.columns) <= set(decision.policy.items) else refusal("COLUMN_NOT_AGREED")
