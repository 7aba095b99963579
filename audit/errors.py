"""What every refusal of the hub has in common: a code, a status, and a sentence that says what to do.

The lowest room owns it, so that every room can raise it; ``exchange/problems.py`` gives it its HTTP face.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with what was handed in: where, which rule, and how to mend it. Never the value."""

    where: str
    rule: str
    message: Any = ""


class HubError(Exception):
    """A refusal that a person or a program can act upon.

    ``code`` is stable and in capitals; ``status`` is the HTTP status; ``detail`` may be a lazy translation.
    """

    code: ClassVar[str] = "REFUSED"
    status: ClassVar[int] = 400
    title: ClassVar[Any] = _("Refused")

    def __init__(self, detail: Any = "", *, code: str | None = None, **data: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.reason = code or self.code
        self.data = data

    def __str__(self) -> str:
        return str(self.detail) or self.reason


class NotAllowed(HubError):
    """Who is calling is known, and may not do this."""

    code = "NOT_ALLOWED"
    status = 403
    title: ClassVar[Any] = _("Not allowed")


class Missing(HubError):
    """It does not exist, or must not be known to exist."""

    code = "NOT_FOUND"
    status = 404
    title: ClassVar[Any] = _("Not found")


class Conflict(HubError):
    """The thing has moved on: look again, then decide."""

    code = "CONFLICT"
    status = 409
    title: ClassVar[Any] = _("Changed meanwhile")


class Invalid(HubError):
    """What was handed in does not hold; ``faults`` lists every fault at once."""

    code = "INVALID"
    status = 422
    title: ClassVar[Any] = _("Please correct")

    def __init__(self, detail: Any = "", *, faults: tuple[Fault, ...] | list[Fault] = (), code: str | None = None, **data: Any) -> None:
        super().__init__(detail, code=code, **data)
        self.faults = tuple(faults)


class Unavailable(HubError):
    """The hub, or a part of it, cannot answer now; nothing was lost."""

    code = "UNAVAILABLE"
    status = 503
    title: ClassVar[Any] = _("Not available now")


class PolicyRollback(Unavailable):
    """What the database says about authority is not what was signed and published; nothing is exchanged meanwhile."""

    code = "POLICY_ROLLBACK"
    title: ClassVar[Any] = _("The signed record of permissions does not verify")


class LogBehind(Unavailable):
    """Entries wait too long for their place in the log, so no new exchange is begun."""

    code = "LOG_BEHIND"
    title: ClassVar[Any] = _("The log is behind")


class LogStopped(Unavailable):
    """The log would contradict itself; the sequencer stops and keeps everything as evidence."""

    code = "LOG_STOPPED"
    title: ClassVar[Any] = _("The log has stopped")


class NotDurable(Unavailable):
    """The database could lose what it has acknowledged."""

    code = "NOT_DURABLE"
    title: ClassVar[Any] = _("The database is not set up to keep what it acknowledges")


class OutsideTransaction(RuntimeError):
    """A programming error: an entry must be recorded in the transaction of what it records."""


class OrderRefused(Conflict):
    """A signed order that the chain of acts does not allow; the code says which rule."""

    code = "ORDER_REFUSED"
    title = _("The signed order is not accepted")
