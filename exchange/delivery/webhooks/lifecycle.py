"""The moves of a webhook and of its messages, in tables. Pure: no Django."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from audit.states import State


class WebhookState(State):
    """Where a webhook stands."""

    UNCONFIRMED = "UNCONFIRMED"
    ACTIVE = "ACTIVE"
    STOPPED = "STOPPED"
    ENDED = "ENDED"


class WebhookEvent(StrEnum):
    """What may happen to a webhook."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    STOP = "stop"
    RESUME = "resume"
    END = "end"


class MessageState(State):
    """Where a message stands."""

    WAITING = "WAITING"
    DELIVERED = "DELIVERED"
    GIVEN_UP = "GIVEN_UP"


class MessageEvent(StrEnum):
    """What may happen to a message."""

    DELIVER = "deliver"
    GIVE_UP = "give_up"
    SEND_AGAIN = "send_again"


ENDED = WebhookState.ENDED.value

# event -> (states it may start from, state it leads to)
WEBHOOK: Mapping[WebhookEvent, tuple[frozenset[WebhookState], WebhookState]] = {
    WebhookEvent.CONFIRM: (frozenset({WebhookState.UNCONFIRMED}), WebhookState.ACTIVE),
    WebhookEvent.DECLINE: (frozenset({WebhookState.UNCONFIRMED}), WebhookState.ENDED),
    # several days without an answer, or the receiver said 410
    WebhookEvent.STOP: (frozenset({WebhookState.ACTIVE}), WebhookState.STOPPED),
    WebhookEvent.RESUME: (frozenset({WebhookState.STOPPED}), WebhookState.ACTIVE),
    WebhookEvent.END: (frozenset({WebhookState.UNCONFIRMED, WebhookState.ACTIVE, WebhookState.STOPPED}), WebhookState.ENDED),
}
MESSAGE: Mapping[MessageEvent, tuple[frozenset[MessageState], MessageState]] = {
    MessageEvent.DELIVER: (frozenset({MessageState.WAITING}), MessageState.DELIVERED),
    MessageEvent.GIVE_UP: (frozenset({MessageState.WAITING}), MessageState.GIVEN_UP),
    MessageEvent.SEND_AGAIN: (frozenset({MessageState.DELIVERED, MessageState.GIVEN_UP}), MessageState.WAITING),
}
