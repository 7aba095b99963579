"""Whether the caller of this request stands in for a colleague; acting.py asks here whose rights count.

The caller chooses it: in the session, or with the header Acting-Deputy-Of. It is looked up anew whenever a right is asked
for, so that it ends with its date, with the deputyship, with the colleague's account, and with the deputy's own role there.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

if TYPE_CHECKING:
    from exchange.accounts.models import Deputyship

SESSION_NAME = "acting_deputy_of"
HEADER = "Acting-Deputy-Of"
NOBODY = uuid.UUID(int=0)


@dataclass
class Choice:
    """What one request says about standing in; `is_over` once it named somebody for whom the caller does not stand in."""

    holder_named_by: Callable[[Any], uuid.UUID | None]
    found: Deputyship | None = None
    is_over: bool = False
    over_for: uuid.UUID | None = None
    forget: Callable[[], None] = field(default=lambda: None)

    def deputyship_of(self, person: Any, at: datetime) -> Deputyship | None:
        """The deputyship that `person` uses, in force; None with `is_over` set where there is none."""
        holder = self.holder_named_by(person)
        self.found = None if holder is None or self.is_over else _in_force(person, holder, at)
        if holder is not None and self.found is None:
            self.is_over, self.over_for = True, person.pk
            self.forget()
        return self.found

    def is_named_by(self, person: Any) -> bool:
        """Whether `person` wants to stand in, or wanted to when this request began: what the session forgot counts until its end."""
        return person.pk == self.over_for or self.holder_named_by(person) is not None


_CHOICE: ContextVar[Choice | None] = ContextVar("standing_in", default=None)


def stands_in(person: Any, at: datetime) -> tuple[Deputyship | None, bool]:
    """(the deputyship that `person` uses now, whether the person's rights count at all); (None, True) for whoever acts for themselves."""
    choice = _CHOICE.get()
    if choice is None:
        return None, True
    found = choice.deputyship_of(person, at)
    return found, found is not None or not choice.is_named_by(person)


def is_over() -> bool:
    """Whether this request wanted to stand in for somebody and may not, or no longer."""
    choice = _CHOICE.get()
    return choice is not None and choice.is_over


def holder() -> Any | None:
    """The person for whom the caller stands in, once a right was asked for; None for whoever acts for themselves."""
    choice = _CHOICE.get()
    return choice.found.holder if choice and choice.found else None


def said_in_entries() -> dict[str, Any]:
    """What every entry says that is recorded meanwhile: `deputy_of`, the id of the person for whom the caller stands in."""
    choice = _CHOICE.get()
    return {"deputy_of": str(choice.found.holder_id)} if choice and choice.found else {}


def places_of(person: Any) -> list[Deputyship]:
    """In whose places `person` may choose to act now."""
    from exchange.accounts.models import Deputyship

    rows = Deputyship.objects.in_force(timezone.now()).filter(deputy=person.pk, holder__is_active=True).select_related("holder")
    return list(rows.order_by("department", "holder__username"))


@contextmanager
def standing_in(deputyship: Deputyship) -> Iterator[None]:
    """Inside, the deputy of `deputyship` acts in the holder's place: for programs, and wherever there is no request."""
    with _chosen(Choice(lambda person: deputyship.holder_id if person.pk == deputyship.deputy_id else None)):
        yield


class StandingInMiddleware:
    """Lets everything below it know what the request says; nothing is read before a right is asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        with _chosen(Choice(lambda person: _named(request, person), forget=lambda: _forget(request))):
            return self.get_response(request)


@contextmanager
def _chosen(choice: Choice) -> Iterator[None]:
    token = _CHOICE.set(choice)
    try:
        yield
    finally:
        _CHOICE.reset(token)


def _named(request: HttpRequest, person: Any) -> uuid.UUID | None:
    """Whom the caller names; rights of others, asked for meanwhile, are their own. What is no id names nobody who exists."""
    caller = getattr(request, "user", None)
    if caller is None or caller.pk is None or caller.pk != person.pk:
        return None
    said = request.headers.get(HEADER, "") or str(getattr(request, "session", {}).get(SESSION_NAME, ""))
    try:
        return uuid.UUID(said) if said else None
    except ValueError:
        return NOBODY


def _forget(request: HttpRequest) -> None:
    getattr(request, "session", {}).pop(SESSION_NAME, None)


def _in_force(person: Any, holder_id: uuid.UUID, at: datetime) -> Deputyship | None:
    """The deputy still has a role of their own there; whether the holder has is for acting.py to read."""
    from exchange.accounts.models import Deputyship, Membership

    rows = Deputyship.objects.in_force(at).filter(deputy=person.pk, holder=holder_id, holder__is_active=True).select_related("holder")
    found = rows.first()
    if found is None or not Membership.objects.in_force(at).filter(person=person.pk, department=found.department_id).exists():
        return None
    return found
