"""What `manage.py check --deploy` says about accounts: the demonstration signs anybody in, so it is never what a city runs."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def the_demonstration_is_not_deployed(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """The demonstration at a public https address is an error."""
    if not (settings.DEMO and settings.PUBLIC_IS_HTTPS):
        return []
    hint = "Unset HUB_DEMO: it lets everybody sign in as an officer with one click."
    return [Error("The demonstration is switched on at a public address.", hint=hint, id="accounts.E001")]
