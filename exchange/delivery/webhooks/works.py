"""The background work of webhooks: find out who has to hear of a new revision, send, try again for days, then stop.

Each handler is safe to run twice: a crash between sending and writing it down sends the same message again, and its number
lets the receiver tell. What is compared is what the agreement lets through: a change of anything else makes no message.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from audit import acts
from audit.proof.canonical import loads
from catalog import work as leased
from catalog.errors import FilesMissing, FilesTampered
from catalog.models import Revision
from exchange.accounts import columns
from exchange.delivery.changes.cursor import Cursor, Stand
from exchange.delivery.changes.difference import difference
from exchange.delivery.changes.terms import terms_of
from exchange.delivery.deliver import current_policies
from exchange.delivery.exports.making import MakingFailed
from exchange.delivery.models import Webhook, WebhookMessage, WebhookTry
from exchange.delivery.webhooks import sending
from exchange.delivery.webhooks.actions import context_of, stop
from exchange.delivery.webhooks.announced import SEND, enqueue, stand_of, written
from exchange.delivery.webhooks.lifecycle import MESSAGE, MessageEvent, MessageState, WebhookState
from exchange.delivery.webhooks.sending import Outcome
from exchange.delivery.webhooks.signing import signed_headers
from exchange.sharing.policy import Policy

BACK_OFF = tuple(
    timedelta(seconds=seconds) for seconds in (5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400)
)  # nine more tries in a little over three days
GONE = 410
NO_AGREEMENT = "NO_AGREEMENT"


def announce(revision_key: str, renew: leased.Renew) -> None:
    """Tell every active webhook of the dataset whose agreement sees a change in this revision."""
    revision = Revision.objects.select_related("dataset").get(pk=revision_key)
    standing = acts.standing()
    policies = current_policies(standing)
    for found in Webhook.objects.active().filter(dataset=revision.dataset.code):
        renew(0)
        policy = policies.by_agreement.get(found.agreement)
        stand = stand_of(policy, standing) if policy is not None else None
        if policy is not None and stand is not None:
            _announce(found, policy, stand)


def _announce(found: Webhook, policy: Policy, stand: Stand) -> None:
    """A message where something changed; either way the stand is written down, once."""
    before, after = found.announced, written(policy, stand)
    if after == before:
        return
    has_changed = _has_changed(policy, before, stand)
    with transaction.atomic():
        if Webhook.objects.active().filter(pk=found.pk, announced=before).update(announced=after) and has_changed:
            enqueue(found)


def _has_changed(policy: Policy, before: str, stand: Stand) -> bool:
    """Whether the agreement sees a difference to what was told before; by other terms everything may be one."""
    told = loads(before.encode()) if before else {}
    if told.get("terms") != terms_of(policy):
        return True
    return _differs(policy, told["terms"], Stand(**told["stand"]), stand)


def _differs(policy: Policy, terms: str, since: Stand, until: Stand) -> bool:
    """Whether there is anything to fetch. Where that cannot be found out, the follower had better ask."""
    try:
        return difference(policy, Cursor(policy.agreement, terms, since, until)).total > 0
    except (FilesMissing, FilesTampered, MakingFailed):
        return True


def send(target: str, renew: leased.Renew) -> None:
    """One try of one message; `target` is its number and how many tries there were before. Does nothing where that has changed."""
    number, _colon, before = target.partition(":")
    waiting = WebhookMessage.objects.select_related("webhook").filter(number=number, state=MessageState.WAITING, attempts=int(before))
    message = waiting.first()
    if message is None or message.webhook.state != WebhookState.ACTIVE:
        return
    policy = current_policies().by_agreement.get(message.webhook.agreement)
    if policy is None or policy.state != "IN_FORCE":
        _settle(message, Outcome(None, NO_AGREEMENT), len(BACK_OFF))
        return
    _settle(message, _tried(message), int(before))


def _tried(message: WebhookMessage) -> Outcome:
    found, body = message.webhook, message.body.encode()
    secret = columns.open_column(found.secret, context_of(found.number))
    headers = signed_headers(secret, number=message.number, body=body, at_s=int(timezone.now().timestamp()))
    return sending.post(found.url, networks=found.networks, ports=found.ports, headers=headers, body=body)


def _settle(message: WebhookMessage, outcome: Outcome, before: int) -> None:
    """Write the try down, and what follows from it."""
    event, wait = _what_follows(outcome, before)
    now = timezone.now()
    changes: dict[str, Any] = {"attempts": message.attempts + 1, "next_at": now + wait if wait is not None else None}
    if event is not None:
        changes |= {"state": MESSAGE[event][1], "delivered_at": now if event is MessageEvent.DELIVER else None}
    with transaction.atomic():
        held = WebhookMessage.objects.filter(pk=message.pk, state=MessageState.WAITING, attempts=message.attempts)
        if not held.update(**changes):
            return
        WebhookTry.objects.create(message=message, at=now, status=outcome.status, reason=outcome.reason)
        if wait is not None:
            leased.enqueue(SEND, f"{message.number}:{message.attempts + 1}", not_before=wait)
        elif event is MessageEvent.GIVE_UP:
            stop(message.webhook, reason=_reason(outcome))


def _what_follows(outcome: Outcome, before: int) -> tuple[MessageEvent | None, timedelta | None]:
    """Delivered, given up, or the time to wait for the next try."""
    if outcome.is_delivered:
        return MessageEvent.DELIVER, None
    if before >= len(BACK_OFF) or outcome.status == GONE:
        return MessageEvent.GIVE_UP, None
    return None, BACK_OFF[before]


def _reason(outcome: Outcome) -> str:
    if outcome.status == GONE:
        return "GONE"
    return outcome.reason if outcome.reason == NO_AGREEMENT else "NO_ANSWER"
