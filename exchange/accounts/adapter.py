"""How allauth behaves here: nobody signs up alone, nothing is mailed, rate limits stay as allauth sets them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import resolve_url

from exchange.accounts.acting import departments_of


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Officers are invited by an administrator of their department."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account without a department would open nothing and only invite guessing."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Whoever works for a department to the console, everybody else to their own page."""
        works_here = bool(departments_of(request.user))
        return resolve_url(settings.LOGIN_REDIRECT_URL if works_here else settings.CITIZEN_REDIRECT_URL)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing leaves by mail: the hub knows no mail addresses, so a mail could only go to a stranger."""
