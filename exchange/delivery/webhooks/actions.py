"""What people do with webhooks. The requester asks; the sharing authority confirms where the hub may call: four eyes.

A department cannot by itself make the hub call an address of its choice; the deny list of the egress guard wins all the same.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import trail
from audit.errors import Fault
from catalog import work as leased
from catalog.description.stores import service_faults
from catalog.models import Department
from exchange.accounts import columns
from exchange.accounts.acting import acting_as, roles_in
from exchange.accounts.errors import RoleNeeded
from exchange.accounts.hands import hands_of
from exchange.accounts.models import Role
from exchange.delivery.models import Webhook, WebhookMessage
from exchange.delivery.webhooks.announced import SEND, enqueue, stand_now
from exchange.delivery.webhooks.errors import NoSuchWebhook, WebhookMoved, WebhookWrong
from exchange.delivery.webhooks.lifecycle import MESSAGE, WEBHOOK, MessageEvent, WebhookEvent, WebhookState
from exchange.delivery.webhooks.signing import new_secret
from exchange.sharing.models import Agreement

MOST_NETWORKS = 20
_LONGEST = 500


@dataclass(frozen=True)
class Receiver:
    """Where the hub shall call: an https address, and the networks and ports that its name may lead to."""

    url: str
    networks: tuple[str, ...]
    ports: tuple[int, ...]


def ask_webhook(agreement: Agreement, *, receiver: Receiver, acting_user: Any, department: Department) -> tuple[Webhook, str]:
    """Ask for a webhook under an agreement; the secret is given here, once. Raises RoleNeeded, WebhookWrong or WebhookMoved."""
    _require_requester(agreement.requester_id, acting_user, department)
    _require_followed(agreement)
    _require_usable(receiver)
    secret, number = new_secret(), uuid.uuid4().hex
    try:
        with transaction.atomic():
            found = Webhook.objects.create(
                number=number,
                agreement=agreement.agreement_id,
                provider=agreement.provider_id,
                requester=agreement.requester_id,
                dataset=agreement.dataset.code,
                url=receiver.url,
                networks=list(receiver.networks),
                ports=list(receiver.ports),
                secret=columns.seal_column(secret, context_of(number)),
                asked_by=acting_user.pk,
            )
            _record(found, "ask", acting_user)
    except IntegrityError:
        raise WebhookMoved(_("This agreement has a webhook already: end it first.")) from None
    return found, secret


def confirm(found: Webhook, *, acting_user: Any, department: Department) -> Webhook:
    """The authority lets the hub call there. Raises RoleNeeded or WebhookMoved."""
    _require_authority(found, acting_user, department)
    begun = {"confirmed_by": acting_user.pk, "confirmed_at": timezone.now(), "announced": stand_now(found.agreement)}
    return _move(found, WebhookEvent.CONFIRM, acting_user, **begun)


def decline(found: Webhook, *, acting_user: Any, department: Department) -> Webhook:
    """The authority does not. Raises RoleNeeded or WebhookMoved."""
    _require_authority(found, acting_user, department)
    return _move(found, WebhookEvent.DECLINE, acting_user, reason="DECLINED", ended_at=timezone.now())


def end(found: Webhook, *, acting_user: Any, department: Department) -> Webhook:
    """Nothing more is sent. The requester or the authority. Raises RoleNeeded or WebhookMoved."""
    if not may_end(found, acting_user, department):
        raise RoleNeeded(_("An officer of the requester, or a reviewer of the authority, ends a webhook."))
    with transaction.atomic():
        _give_up_waiting(found)
        return _move(found, WebhookEvent.END, acting_user, reason="BY_AN_OFFICER", ended_at=timezone.now(), secret=b"")


def resume(found: Webhook, *, acting_user: Any, department: Department) -> Webhook:
    """After it was stopped: the receiver works again, and hears at once that there may be changes. Raises RoleNeeded or WebhookMoved."""
    _require_requester(found.requester, acting_user, department)
    with transaction.atomic():
        _move(found, WebhookEvent.RESUME, acting_user, reason="", stopped_at=None)
        enqueue(found)
    return found


def renew_secret(found: Webhook, *, acting_user: Any, department: Department) -> str:
    """Another secret from the next try on; the old one signs nothing more. Raises RoleNeeded or WebhookMoved."""
    _require_requester(found.requester, acting_user, department)
    secret = new_secret()
    with transaction.atomic():
        rows = Webhook.objects.filter(pk=found.pk).exclude(state=WebhookState.ENDED)
        if not rows.update(secret=columns.seal_column(secret, context_of(found.number))):
            raise WebhookMoved(_("This webhook has ended."))
        _record(found, "renew_secret", acting_user)
    return secret


def send_again(message: WebhookMessage, *, acting_user: Any, department: Department) -> None:
    """Send a message once more, with the number that it had. Raises RoleNeeded or WebhookMoved."""
    found = message.webhook
    _require_requester(found.requester, acting_user, department)
    if found.state != WebhookState.ACTIVE:
        raise WebhookMoved(_("This webhook is not active: let it go on first."))
    sources, target = MESSAGE[MessageEvent.SEND_AGAIN]
    with transaction.atomic():
        if not WebhookMessage.objects.filter(pk=message.pk, state__in=sources).update(state=target, attempts=0, next_at=timezone.now()):
            raise WebhookMoved(_("This message is on its way already."))
        leased.enqueue(SEND, f"{message.number}:0")


def stop(found: Webhook, *, reason: str) -> None:
    """The hub stops calling a receiver that does not answer; its department finds that among what waits for it."""
    sources, target = WEBHOOK[WebhookEvent.STOP]
    with transaction.atomic():
        if Webhook.objects.filter(pk=found.pk, state__in=sources).update(state=target, reason=reason, stopped_at=timezone.now()):
            found.refresh_from_db()
            _give_up_waiting(found)
            _record(found, "stop", None)


def _give_up_waiting(found: Webhook) -> None:
    sources, target = MESSAGE[MessageEvent.GIVE_UP]
    found.messages.filter(state__in=sources).update(state=target, next_at=None)


def webhook_for(person: Any, number: str) -> Webhook:
    """The webhook, if the person may see it. Raises NoSuchWebhook."""
    found = Webhook.objects.visible_to(person).filter(number=number).first()
    if found is None:
        raise NoSuchWebhook(_("There is no such webhook, or it is not yours to see."))
    return found


def context_of(number: str) -> str:
    """What binds a sealed secret to its row."""
    return f"webhook:{number}"


def may_confirm(found: Webhook, person: Any, department: Department) -> bool:
    """Whether this person confirms or declines it: a reviewer of the authority who did not ask for it."""
    if department.code != settings.AUTHORITY_DEPARTMENT or Role.REVIEWER not in roles_in(person, department):
        return False
    return not hands_of(person).did(found.asked_by, found.asked_at)


def may_manage(found: Webhook, person: Any, department: Department) -> bool:
    """Whether this person acts for its requester."""
    return department.code == found.requester and Role.OFFICER in roles_in(person, department)


def may_end(found: Webhook, person: Any, department: Department) -> bool:
    """Whether this person ends it."""
    is_authority = department.code == settings.AUTHORITY_DEPARTMENT and Role.REVIEWER in roles_in(person, department)
    return is_authority or may_manage(found, person, department)


def _require_requester(requester: str, person: Any, department: Department) -> None:
    acting_as(person, department, Role.OFFICER)
    if department.code != requester:
        raise RoleNeeded(_("An officer of the department that follows the changes does this."))


def _require_authority(found: Webhook, person: Any, department: Department) -> None:
    if not may_confirm(found, person, department):
        raise RoleNeeded(_("A reviewer of the sharing authority decides this, and not the person who asked for it."))


def _require_followed(agreement: Agreement) -> None:
    if agreement.state != "IN_FORCE" or "CHANGES" not in agreement.document["methods"]:
        raise WebhookMoved(_("A webhook needs an agreement in force with the method CHANGES."))


def _require_usable(receiver: Receiver) -> None:
    """Raises WebhookWrong with every fault of the address, its networks and its ports."""
    faults: list[Fault] = []
    if not 0 < len(receiver.networks) <= MOST_NETWORKS:
        faults.append(Fault("networks", "count", _("Name one to twenty networks.")))
    if not 0 < len(receiver.ports) <= MOST_NETWORKS or not all(type(port) is int and 0 < port < 65_536 for port in receiver.ports):
        faults.append(Fault("ports", "count", _("Name one to twenty ports.")))
    if not faults:
        service: Mapping[str, Any] = {"url": receiver.url, "networks": list(receiver.networks), "ports": list(receiver.ports)}
        found = service_faults(service) if len(receiver.url) <= _LONGEST else [Fault("url", "url", _("The address is too long."))]
        faults = [Fault(_field(fault.where), fault.rule, fault.message) for fault in found]
    if faults:
        raise WebhookWrong(_("The hub could not call there."), faults=faults)


def _field(where: str) -> str:
    return where.removeprefix("store.").partition("[")[0]


def _move(found: Webhook, event: WebhookEvent, person: Any, **changes: Any) -> Webhook:
    sources, target = WEBHOOK[event]
    with transaction.atomic():
        moved = Webhook.objects.filter(pk=found.pk, state__in=sources).update(state=target, **changes)
        found.refresh_from_db()
        if not moved:
            raise WebhookMoved(_("This webhook has changed meanwhile; look at it again."), state=found.state)
        _record(found, event.value, person)
    return found


def _record(found: Webhook, event: str, person: Any) -> None:
    route: dict[str, Any] = {
        "type": "webhook",
        "event": event,
        "requester": found.requester,
        "provider": found.provider,
        "dataset": found.dataset,
        "agreement": found.agreement,
        "webhook": found.number,
        "count": 0,
    }
    trail.record(route | ({"acting": str(person.pk)} if person is not None else {"acting": "hub"}))
