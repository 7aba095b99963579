"""How the OpenAPI document describes the ways in which people sign in. Imported where the API is described."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from exchange.accounts.programs.scopes import OPENED

_PARAMETER = re.compile(r"<(?:\w+:)?(\w+)>")
_PROGRAMS = "programToken"


@cache
def _opened() -> frozenset[tuple[str, str]]:
    """(method, address) of what a program may ask for, as the document writes addresses."""
    return frozenset((method, "/" + _PARAMETER.sub(r"{\1}", route)) for method, route in OPENED)


class Schema(AutoSchema):
    """An operation names the token of a program only where some scope opens it."""

    def get_auth(self) -> list[dict[str, Any]]:
        """The ways to sign in that this operation takes."""
        ways: list[dict[str, Any]] = super().get_auth()
        return ways if (self.method, self.path) in _opened() else [way for way in ways if _PROGRAMS not in way]


class SessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The session cookie; unsafe methods also need the header X-CSRFToken."""

    target_class = "exchange.accounts.authentication.SignedInSession"
    name = "session"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """An API key in a cookie, in the words of OpenAPI."""
        return {"type": "apiKey", "in": "cookie", "name": "sessionid"}


class DemoPasswordScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """HTTP Basic, in the demonstration and on the same machine only."""

    target_class = "exchange.accounts.authentication.DemoPassword"
    name = "demonstrationPassword"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """HTTP Basic."""
        return {"type": "http", "scheme": "basic"}


class ProgramTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token of a program that a person has allowed; only what its scopes open, never citizens' matters, people or signatures."""

    target_class = "exchange.accounts.programs.authentication.ProgramToken"
    name = _PROGRAMS

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token (RFC 6750)."""
        return {"type": "http", "scheme": "bearer"}
