"""How the OpenAPI document describes the ways in which people sign in. Imported where the API is described."""

from __future__ import annotations

from typing import Any

from drf_spectacular.extensions import OpenApiAuthenticationExtension


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
    name = "programToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        """A bearer token (RFC 6750)."""
        return {"type": "http", "scheme": "bearer"}
