"""How messages leave the hub: one adapter a channel, named in the settings; the demonstration shows them on a page instead."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.module_loading import import_string

DEMONSTRATION = "exchange.accounts.adapters.ShownOnAPage"


class Adapter(Protocol):
    """What sends messages of one channel. `keeps_text`: the row keeps its text after sending, for a page to show."""

    keeps_text: bool

    def send(self, address: str, text: str) -> None:
        """Hand the message over; whatever is raised counts as not sent, and is tried again later."""


class ShownOnAPage:
    """The demonstration's: nothing leaves; the page /demo/messages shows what would have arrived on the phone."""

    keeps_text = True

    def send(self, address: str, text: str) -> None:
        """Nothing to do, and never outside the demonstration."""
        if not settings.DEMO:
            raise RuntimeError("This adapter is for the demonstration: set OUTBOX_SMS to one that sends.")


def adapter_for(channel: str) -> Adapter | None:
    """The adapter of a channel; None where none is set up, so that messages wait and /status says so."""
    path = settings.OUTBOX.get(channel, "") or (DEMONSTRATION if settings.DEMO else "")
    if not path:
        return None
    adapter: Adapter = import_string(path)()
    return adapter
