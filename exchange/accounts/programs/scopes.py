"""What a program may do for a person: a closed list of addresses. Whatever does not stand here refuses every program.

Never on it: citizens' matters, sign-in, people and roles, certificates and their end, the acts by which agreements and offers are
signed, stopped or revoked, and everything that only the sharing authority does. Those want the person, on a page.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _


class Scope(StrEnum):
    """What a person lets a program do."""

    OFFICER = "officer"
    READ = "read"
    REQUESTS = "requests"


WORDS: dict[Scope, Any] = {
    Scope.READ: _("Read what you may read: the catalogue, requests, agreements, what waits"),
    Scope.REQUESTS: _("Write and send requests, decide about requests to your department, hand in public keys to be certified"),
    Scope.OFFICER: _("Answer questions in the officers' queue; each look at a person is recorded in your name"),
}

_PART = "api/v1/requests/<str:number>/parts/<str:dataset>"
_QUESTION = "api/v1/officer-questions/<str:question_id>"
_AGREEMENT = "api/v1/agreements/<str:agreement_id>"

_READ = (
    "api/v1/me",
    "api/v1/systems",
    "api/v1/key_requests/<uuid:request_id>",
    "api/v1/catalog/datasets",
    "api/v1/catalog/datasets/<str:code>",
    "api/v1/catalog/datasets/<str:code>/versions",
    "api/v1/catalog/departments",
    "api/v1/catalog/purposes",
    "api/v1/catalog/loads",
    "api/v1/catalog/loads/<uuid:load_id>",
    "api/v1/requests",
    "api/v1/requests/least",
    "api/v1/requests/waiting",
    "api/v1/requests/<str:number>",
    "api/v1/requests/<str:number>/foreseen",
    f"{_PART}/messages",
    f"{_PART}/precedents",
    f"{_PART}/clock",
    "api/v1/agreements",
    _AGREEMENT,
    f"{_AGREEMENT}/remaining",
    f"{_AGREEMENT}/losses",
    f"{_AGREEMENT}/odrl",
    "api/v1/offers",
    "api/v1/offers/<str:offer_id>",
    "api/v1/deliveries",
    "api/v1/deliveries/<str:delivery_number>",
    "api/v1/corrections",
    "api/v1/corrections/<str:number>",
    "api/v1/correction_notices",
    "api/v1/disputes",
    "api/v1/disputes/<str:number>",
    "api/v1/officer-questions",
    _QUESTION,
)
_REQUESTS = (
    ("POST", "api/v1/requests"),
    ("PUT", "api/v1/requests/<str:number>"),
    ("POST", "api/v1/requests/<str:number>/submit"),
    ("PUT", _PART),
    ("POST", f"{_PART}/withdraw"),
    ("POST", f"{_PART}/messages"),
    ("POST", f"{_PART}/approve"),
    ("POST", f"{_PART}/refuse"),
    ("POST", "api/v1/key_requests"),
)
_OFFICER = tuple(("POST", f"{_QUESTION}/{step}") for step in ("claim", "release", "look", "answer", "decline"))

OPENED: dict[tuple[str, str], Scope] = {
    **{("GET", route): Scope.READ for route in _READ},
    **dict.fromkeys(_REQUESTS, Scope.REQUESTS),
    **dict.fromkeys(_OFFICER, Scope.OFFICER),
}


def scope_of(method: str, route: str) -> Scope | None:
    """What a program needs for this method on this address, as the URL resolver writes it; None: no program may."""
    return OPENED.get(("GET" if method == "HEAD" else method, route))


def read_scopes(text: str) -> tuple[str, ...]:
    """The scopes in a text with spaces between (RFC 6749, section 3.3), each once, sorted. Raises ValueError for an unknown one."""
    return tuple(sorted({Scope(word).value for word in text.split()}))
