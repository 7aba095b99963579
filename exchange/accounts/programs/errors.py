"""Refusals on the way to a program's access. Each also has the member `error` of RFC 6749 and RFC 8628, for programs that read those."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.errors import HubError, NotAllowed


class _Spoken(HubError):
    """A refusal with the word that the standard has for it."""

    error = ""

    def __init__(self, detail: Any = "") -> None:
        super().__init__(detail, error=self.error)


class BadAsking(_Spoken):
    """A member is missing or unknown."""

    code, error = "BAD_ASKING", "invalid_request"
    title = _("The program asked wrongly")


class UnknownScope(_Spoken):
    """A scope that does not exist."""

    code, error = "UNKNOWN_SCOPE", "invalid_scope"
    title = _("There is no such scope")


class StillWaiting(_Spoken):
    """Nobody has allowed or refused yet."""

    code, error = "AUTHORIZATION_PENDING", "authorization_pending"
    title = _("Not allowed yet")


class TooFast(_Spoken):
    """Asked again before the interval was over."""

    code, error = "SLOW_DOWN", "slow_down"
    title = _("Ask more slowly")


class Refused(_Spoken):
    """The person said no."""

    code, error = "ACCESS_DENIED", "access_denied"
    title = _("Refused")


class Expired(_Spoken):
    """The code is too old, was used, or never existed."""

    code, error = "EXPIRED_TOKEN", "expired_token"
    title = _("The code is over")


class NotForPrograms(NotAllowed):
    """An address that no program may use."""

    code = "NOT_FOR_PROGRAMS"
    title = _("A program may not do this")


class ScopeNeeded(NotAllowed):
    """The person did not allow this to the program."""

    code = "SCOPE_NEEDED"
    title = _("This was not allowed to the program")
