"""How allauth behaves here: nobody signs up alone, nothing is mailed, rate limits stay as allauth sets them."""

from __future__ import annotations

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class InvitedOnlyAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Officers are invited by an administrator of their department."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never: an account without a department would open nothing and only invite guessing."""
        return False

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Nothing leaves by mail: the hub knows no mail addresses, so a mail could only go to a stranger."""
