"""Refusals of this room; each says what to do next."""

from __future__ import annotations

from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict, Invalid, Missing, NotAllowed


class FourEyes(NotAllowed):
    """The same person stands on two sides of one decision."""

    code = "FOUR_EYES"
    title: ClassVar[Any] = _("Somebody else must do this")


class NotThatSide(NotAllowed):
    """The caller's department, or role in it, is not the one that takes this step."""

    code = "NOT_YOUR_STEP"
    title: ClassVar[Any] = _("This step belongs to somebody else")


class StateChanged(Conflict):
    """The part or agreement is not in a state that allows this step, or has just left it."""

    code = "STATE_CHANGED"
    title: ClassVar[Any] = _("It has moved on meanwhile")


class EditionChanged(Conflict):
    """Somebody else has edited the request since it was read."""

    code = "EDITION_CHANGED"
    status = 412
    title: ClassVar[Any] = _("Somebody else has changed this request")


class NotAskable(Invalid):
    """The request cannot be answered as it stands; every fault is listed at once."""

    code = "REQUEST_INVALID"
    title: ClassVar[Any] = _("Please correct the request")


class KeyElsewhere(Conflict):
    """The department keeps its key itself: the signature must be handed in."""

    code = "SIGNATURE_NEEDED"
    title: ClassVar[Any] = _("The department's own key must sign this")


class HubCustody(NotAllowed):
    """Personal data need a provider's key that the department itself keeps."""

    code = "HUB_CUSTODY"
    title: ClassVar[Any] = _("Personal data are agreed upon with a key that the department itself keeps")


class NotReceived(Invalid):
    """A correction speaks of a value that the department cannot show to have received."""

    code = "NOT_RECEIVED"
    title: ClassVar[Any] = _("The log does not show that you received this value")


class NoSuchRequest(Missing):
    """No such request or agreement, or not one that the caller may know of."""

    title: ClassVar[Any] = _("No such request or agreement")
