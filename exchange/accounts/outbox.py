"""Messages to people leave through here: a row in the transaction of its cause, then leased work that hands it to an adapter.

Address and text are sealed in the row and emptied once the message has left. An error never quotes either.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

import orjson
from django.conf import settings
from django.db.models import F
from django.utils import timezone, translation

from catalog import work
from exchange.accounts.adapters import Adapter, adapter_for
from exchange.accounts.columns import open_column, seal_column
from exchange.accounts.message_texts import SMS_CHARACTERS, TEXTS, written
from exchange.accounts.models import Channel, Message, MessageState, Person

WORK = "accounts.send"
MOST_ATTEMPTS = 5
LOOK_AGAIN = timedelta(minutes=5)
SHOWN_AT_ONCE = 20


class NotSent(Exception):
    """An adapter could not send; only the kind of its error is told, because its text may quote the address."""


@dataclass(frozen=True)
class Address:
    """Where a message goes that is for no account: a phone number, for instance."""

    channel: Channel
    where: str

    def __repr__(self) -> str:
        return f"Address({self.channel}, …)"


def send(to: Person | Address, template: str, *, context: Mapping[str, str] | None = None, language: str = "") -> Message:
    """Write a message in the caller's transaction. To a person it stands on their account page; to an address it travels.

    `template` is a name in message_texts.TEXTS, `context` fills its places; what stands on a page is written when it is read,
    in the reader's language then. Raises KeyError for an unknown text or an empty place, ValueError for a text message that
    is too long.
    """
    spoken = language or translation.get_language() or settings.LANGUAGE_CODE
    text, now = written(template, context or {}, spoken), timezone.now()
    message = Message(template=template, language=spoken, written_at=now, expires_at=now + TEXTS[template].good_for)
    if isinstance(to, Address):
        _require_short(to.channel, text)
        message.channel, message.address_sealed = to.channel, seal_column(to.where, _place(message.pk, "address"))
    else:
        message.channel, message.person = Channel.PORTAL, to
        message.state, message.sent_at = MessageState.SENT, now
        text = orjson.dumps(dict(context or {})).decode()
    message.text_sealed = seal_column(text, _place(message.pk, "text"))
    message.save(force_insert=True)
    if message.state == MessageState.WAITING:
        work.enqueue(WORK, message.pk)
    return message


def deliver(message_id: str, _renew: work.Renew) -> None:
    """Handler of the work: send one message once its channel has an adapter. Safe to run twice. Raises NotSent to be run again."""
    message = Message.objects.filter(pk=message_id, state=MessageState.WAITING).first()
    if message is None:
        return
    if message.expires_at <= timezone.now():
        _close(message, MessageState.EXPIRED, keeps_text=False)
        return
    adapter = adapter_for(message.channel)
    if adapter is None:
        work.enqueue(WORK, message.pk, not_before=LOOK_AGAIN)
        return
    _hand_over(message, adapter)


def text_of(message: Message) -> str:
    """What a message says; empty where it was emptied. One for a page is written now, in the language that is active."""
    if not message.text_sealed:
        return ""
    kept = open_column(message.text_sealed, _place(message.pk, "text"))
    if message.channel != Channel.PORTAL:
        return kept
    return written(message.template, orjson.loads(kept), translation.get_language() or message.language)


def messages_to(person: Person) -> list[tuple[Message, str]]:
    """What the hub has told this person, newest first, with the texts."""
    rows = Message.objects.filter(person=person, channel=Channel.PORTAL, expires_at__gt=timezone.now())
    return [(message, text_of(message)) for message in rows[:SHOWN_AT_ONCE]]


def forget(person_id: uuid.UUID) -> None:
    """Take away what an account was told: it is somebody else's business from now on."""
    Message.objects.filter(person=person_id, channel=Channel.PORTAL).delete()


def shown_messages() -> list[tuple[Message, str, str]]:
    """The demonstration's messages, newest first, each with address and text; nothing outside the demonstration."""
    if not settings.DEMO:
        return []
    rows = Message.objects.exclude(channel=Channel.PORTAL).exclude(text_sealed=None).exclude(address_sealed=None)
    return [(row, open_column(row.address_sealed or b"", _place(row.pk, "address")), text_of(row)) for row in rows[:SHOWN_AT_ONCE]]


def waiting_without_adapter() -> list[str]:
    """Channels in which messages wait although nothing is set up to send them, for /status."""
    channels = Message.objects.filter(state=MessageState.WAITING, expires_at__gt=timezone.now()).values_list("channel", flat=True)
    return [channel for channel in sorted(set(channels)) if adapter_for(channel) is None]


def _hand_over(message: Message, adapter: Adapter) -> None:
    Message.objects.filter(pk=message.pk).update(attempts=F("attempts") + 1)
    address = open_column(message.address_sealed or b"", _place(message.pk, "address"))
    try:
        adapter.send(address, text_of(message))
    except Exception as error:  # noqa: BLE001 - whatever an adapter raises, the message was not sent
        if message.attempts + 1 >= MOST_ATTEMPTS:
            _close(message, MessageState.FAILED, keeps_text=False)
            return
        raise NotSent(type(error).__name__) from None
    _close(message, MessageState.SENT, keeps_text=adapter.keeps_text)


def _close(message: Message, state: MessageState, *, keeps_text: bool) -> None:
    """Only a waiting message is closed; it is emptied unless a page is to show it."""
    waiting = Message.objects.filter(pk=message.pk, state=MessageState.WAITING)
    sent_at = timezone.now() if state == MessageState.SENT else None
    if keeps_text:
        waiting.update(state=state, sent_at=sent_at)
    else:
        waiting.update(state=state, sent_at=sent_at, address_sealed=None, text_sealed=None)


def _require_short(channel: str, text: str) -> None:
    if channel == Channel.SMS and len(text) > SMS_CHARACTERS:
        raise ValueError(f"a text message has at most {SMS_CHARACTERS} characters")


def _place(message: uuid.UUID, part: str) -> str:
    return f"message:{message}:{part}"
