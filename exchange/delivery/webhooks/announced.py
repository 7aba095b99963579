"""What a webhook was told last, and the message that says that there is more."""

from __future__ import annotations

import uuid
from dataclasses import asdict

from django.utils import timezone

from audit import acts, trail
from audit.proof.acts import Standing
from audit.proof.canonical import dumps
from catalog import work as leased
from exchange.delivery.changes.cursor import Stand
from exchange.delivery.changes.terms import newest, terms_of
from exchange.delivery.deliver import current_policies, local_date
from exchange.delivery.models import Webhook, WebhookMessage
from exchange.sharing.policy import Method, Policy

SEND = "delivery.send_webhook"


def stand_of(policy: Policy, standing: Standing) -> Stand | None:
    """Where a follower of this agreement would go now; None where it cannot follow."""
    if policy.state != "IN_FORCE" or Method.CHANGES not in policy.methods or policy.revision is None or policy.store_kind != "hosted":
        return None
    return newest(policy, local_date(trail.now_ms()), standing.revisions[policy.dataset].signed_by)


def written(policy: Policy, stand: Stand) -> str:
    """The same as it is kept: with the terms under which it was compared."""
    return dumps({"terms": terms_of(policy), "stand": asdict(stand)}).decode()


def stand_now(agreement: str) -> str:
    """What counts as told when a webhook begins: whatever is there already is fetched without being told."""
    standing = acts.standing()
    policy = current_policies(standing).by_agreement.get(agreement)
    stand = stand_of(policy, standing) if policy is not None else None
    return written(policy, stand) if policy is not None and stand is not None else ""


def enqueue(found: Webhook) -> WebhookMessage:
    """A message that there are changes, on its way once the caller's transaction commits."""
    now = timezone.now()
    body = dumps({"type": "changes.available", "timestamp": f"{now:%Y-%m-%dT%H:%M:%SZ}", "data": {"agreement": found.agreement}})
    message = WebhookMessage.objects.create(number=f"msg_{uuid.uuid4().hex}", webhook=found, body=body.decode(), next_at=now)
    leased.enqueue(SEND, f"{message.number}:0")
    return message
