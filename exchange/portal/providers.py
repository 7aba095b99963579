"""The sign-in providers that the hub knows (OpenID Connect), as buttons for a page."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpRequest


@dataclass(frozen=True)
class ProviderButton:
    """One provider: its name and where the button posts to."""

    name: str
    address: str


def sign_in_providers(request: HttpRequest) -> list[ProviderButton]:
    """Those of the settings, in their order; none where none is set up."""
    return []
