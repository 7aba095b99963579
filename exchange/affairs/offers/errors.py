"""Refusals about offers and monthly runs."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing


class NoSuchOffer(Missing):
    """There is no such offer, or it is somebody else's: both look the same."""

    code = "NO_SUCH_OFFER"
    title = _("No such offer")


class OfferMoved(Conflict):
    """The offer, or the run, has moved on since the page was shown."""

    code = "OFFER_MOVED"
    title = _("This offer has moved on")


class NotProactive(Invalid):
    """The matter is not offered by itself, or it would ask people for papers."""

    code = "NOT_PROACTIVE"
    title = _("This service is not offered by itself")
