"""What `manage.py check --deploy` says about accounts: the demonstration signs anybody in, so it is never what a city runs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from exchange.accounts.oidc.configuration import providers


@register(Tags.security, deploy=True)
def the_demonstration_is_not_deployed(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """The demonstration at a public https address is an error."""
    if not (settings.DEMO and settings.PUBLIC_IS_HTTPS):
        return []
    hint = "Unset HUB_DEMO: it lets everybody sign in as an officer with one click."
    return [Error("The demonstration is switched on at a public address.", hint=hint, id="accounts.E001")]


@register(Tags.security)
def sign_in_providers_are_spoken_to_safely(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """Every sign-in provider is complete, and at https or on this machine."""
    try:
        unsafe = [provider.id for provider in providers().values() if not provider.is_safe]
    except (KeyError, TypeError, ValueError) as error:
        hint = "Each entry of OIDC_PROVIDERS has id, issuer, client_id, kind and identifier_claim; levels are LOW, SUBSTANTIAL or HIGH."
        return [Error(f"OIDC_PROVIDERS cannot be read ({type(error).__name__}).", hint=hint, id="accounts.E002")]
    hint = "Give its issuer as an https address: what it says opens people's records."
    return [Error(f"The sign-in provider {name} is not spoken to over https.", hint=hint, id="accounts.E003") for name in unsafe]
