"""The background work of this room, by name: each handler takes a row's id, and is safe to run twice."""

from __future__ import annotations

from catalog import work


def register_work() -> None:
    """Register every handler with catalog.work."""
    from exchange.sharing.corrections.telling import SETTLED  # not before the applications are ready: it reads models

    work.register("affairs.gather", _gather)
    work.register("affairs.offer_run", _offer_run)
    work.register("affairs.settle_offer", _settle_offer)
    work.register("affairs.assume_offers", _assume_offers)
    work.register("affairs.ask_registered_phone", _ask_registered_phone)
    work.register(SETTLED, _corrected)


def _gather(target: str, renew: work.Renew) -> None:
    """Ask the offices of one case. Imported when it is done: an application that starts has no models yet."""
    from exchange.affairs.gathering import gather

    gather(target, renew)


def _corrected(target: str, _renew: work.Renew) -> None:
    """A correction between departments is published: cases that used the value are looked at again."""
    from exchange.affairs.actions.correcting import look_again_after
    from exchange.sharing.models import CorrectionRequest

    correction = CorrectionRequest.objects.select_related("dataset").filter(pk=int(target)).first()
    if correction is not None:
        look_again_after(correction)


def _ask_registered_phone(target: str, renew: work.Renew) -> None:
    """Ask the registers for whoever wants to prove who they are."""
    from exchange.affairs.binding import ask_registers

    ask_registers(target, renew)


def _offer_run(target: str, renew: work.Renew) -> None:
    """One month's run of a matter without application."""
    from exchange.affairs.offers.running import run_month

    run_month(target, renew)


def _settle_offer(target: str, renew: work.Renew) -> None:
    """Make a decided case of an offer that was taken."""
    from exchange.affairs.offers.settling import settle_offer

    settle_offer(target, renew)


def _assume_offers(target: str, renew: work.Renew) -> None:
    """Take the offers to which nobody objected."""
    from exchange.affairs.offers.assuming import assume_offers

    assume_offers(target, renew)
