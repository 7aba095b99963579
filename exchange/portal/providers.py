"""The sign-in providers that the hub knows (OpenID Connect), as buttons for a page."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlencode

from django.http import HttpRequest
from django.urls import reverse

from exchange.accounts.oidc.configuration import providers
from exchange.portal.templatetags.look_text import bilingual


@dataclass(frozen=True)
class ProviderButton:
    """One provider: its name and where the button posts to."""

    name: str
    address: str


def sign_in_providers(request: HttpRequest) -> list[ProviderButton]:
    """Those of the settings, in their order. Whoever is signed in already links the provider to the account they have."""
    process = "connect" if request.user.is_authenticated else "login"
    asked = urlencode({"process": process, "next": reverse("my_account")})
    return [
        ProviderButton(bilingual(provider.title), f"{reverse('openid_connect_login', args=[provider.id])}?{asked}")
        for provider in providers().values()
    ]
