"""How people reach the management API: with their session; in the demonstration also with a password, on this machine only."""

from __future__ import annotations

import ipaddress
from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.authentication import BasicAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request


class SignedInSession(SessionAuthentication):
    """The session of the sign-in page, with CSRF protection; a stranger is told to sign in (401), not forbidden (403)."""

    def authenticate_header(self, request: Request) -> str:
        """What the answer 401 names."""
        return 'Session realm="hub"'


class DemoPassword(BasicAuthentication):
    """HTTP Basic for scripts of the demonstration: only with DEMO, only over loopback, never past a second factor.

    It goes through allauth's adapter, so that wrong passwords meet the same rate limit as on the sign-in page.
    """

    www_authenticate_realm = "hub demonstration"

    def authenticate(self, request: Request) -> tuple[Any, Any] | None:
        """The person, or None where this way is closed."""
        if not settings.DEMO or not _is_loopback(request.META.get("REMOTE_ADDR", "")) or _is_relayed(request):
            return None
        return super().authenticate(request)

    def authenticate_credentials(self, userid: str, password: str, request: Any = None) -> tuple[Any, Any]:
        """The person with this sign-in name and password. Raises AuthenticationFailed."""
        from allauth.account.adapter import get_adapter
        from allauth.mfa.utils import is_mfa_enabled

        person = get_adapter().authenticate(_plain(request), username=userid, password=password)
        if person is None or not person.is_active:
            raise AuthenticationFailed(_("Sign-in name or password is wrong."))
        if is_mfa_enabled(person):
            raise AuthenticationFailed(_("This person uses a second factor: sign in on the page."))
        return person, None


def _plain(request: Any) -> Any:
    return getattr(request, "_request", request)


_RELAYED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_FORWARDED_HOST", "HTTP_X_FORWARDED_PROTO", "HTTP_X_REAL_IP", "HTTP_VIA")


def _is_relayed(request: Request) -> bool:
    """Whether a proxy on this machine passes on what came from another: then loopback says nothing about the caller."""
    return any(name in request.META for name in _RELAYED)


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False
