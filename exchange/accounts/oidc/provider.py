"""allauth's OpenID Connect provider with what it lacks: a nonce for each sign-in, PKCE always, and nothing that the address bar may add."""

from __future__ import annotations

import secrets
from typing import Any

from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from django.http import HttpRequest, HttpResponse

from exchange.accounts.oidc.configuration import SignInProvider, providers

LIBRARY_ID = "openid_connect"


class FromTheSettings(DefaultSocialAccountAdapter):  # type: ignore[misc]
    """Knows the providers of the settings only: a row in a table makes none."""

    def list_apps(self, request: HttpRequest, provider: str | None = None, client_id: str | None = None) -> list[SocialApp]:
        """Those that fit, as allauth wants them."""
        apps = [_app(entry) for entry in providers().values()]
        return [app for app in apps if provider in (None, LIBRARY_ID, app.provider_id) and client_id in (None, app.client_id)]


class ProvedSignIn(OpenIDConnectProvider):  # type: ignore[misc]
    """One provider in one request."""

    pkce_enabled_default = True

    def get_default_scope(self) -> list[str]:
        """Nothing but who it is."""
        return ["openid", "profile"]

    def get_auth_params_from_request(self, request: HttpRequest, action: str) -> dict[str, Any]:
        """None: whoever makes a link does not choose what we ask the provider for."""
        return {}

    def get_scope_from_request(self, request: HttpRequest) -> list[str]:
        """Ours."""
        return list(self.get_scope())

    def redirect(self, request: HttpRequest, process: str, next_url: str | None = None, data: Any = None, **kwargs: Any) -> HttpResponse:
        """To the provider, with a nonce that only this session knows."""
        nonce = secrets.token_urlsafe(24)
        kwargs["auth_params"] = {**(kwargs.get("auth_params") or {}), "nonce": nonce}
        answer: HttpResponse = super().redirect(request, process, next_url=next_url, data=data, nonce=nonce, **kwargs)
        return answer


def _app(entry: SignInProvider) -> SocialApp:
    return SocialApp(
        provider=LIBRARY_ID,
        provider_id=entry.id,
        name=entry.id,
        client_id=entry.client_id,
        secret=entry.secret,
        settings={"server_url": entry.issuer, "fetch_userinfo": False, "oauth_pkce_enabled": True},
    )
