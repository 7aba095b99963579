"""Names the background work of webhooks. Imported when an application starts, that has no models yet."""

from __future__ import annotations

from catalog import work


def register_work() -> None:
    """Register every handler with catalog.work."""
    work.register(work.CHANGES_WORK, _announce)
    work.register("delivery.send_webhook", _send)


def _announce(target: str, renew: work.Renew) -> None:
    """A revision was published: who has to hear of it?"""
    from exchange.delivery.webhooks.works import announce

    announce(target, renew)


def _send(target: str, renew: work.Renew) -> None:
    """One try of one message."""
    from exchange.delivery.webhooks.works import send

    send(target, renew)
