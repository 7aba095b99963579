"""Which program acts in this request: every entry that is recorded meanwhile names it, by the random id of its access."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass

from django.http import HttpRequest, HttpResponse

SAID_AS = "program"


@dataclass
class _Acting:
    program: uuid.UUID | None = None


_ACTING: ContextVar[_Acting | None] = ContextVar("program_acting", default=None)


def acts(program: uuid.UUID) -> None:
    """From now until the end of this request, `program` acts for its person."""
    found = _ACTING.get()
    if found is not None:
        found.program = program


def said_in_entries() -> dict[str, str]:
    """What an entry says beside its own members: `program`, where one acted."""
    found = _ACTING.get()
    return {SAID_AS: str(found.program)} if found and found.program else {}


class ProgramMiddleware:
    """Begins each request without a program; the token names one where there is a token."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request."""
        before = _ACTING.set(_Acting())
        try:
            return self.get_response(request)
        finally:
            _ACTING.reset(before)
