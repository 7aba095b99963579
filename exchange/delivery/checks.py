"""What `manage.py check --deploy` says about remote stores: this machine itself is never one of them in a city."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security, deploy=True)
def this_machine_is_no_remote_store(app_configs: Any, **_options: Any) -> list[CheckMessage]:
    """EGRESS_ALLOW_LOOPBACK at a public https address is an error: a signed description could then name the hub's own services."""
    if not settings.EGRESS_ALLOW_LOOPBACK:
        return []
    hint = "Unset EGRESS_ALLOW_LOOPBACK: it is for tests and demonstrations on one machine."
    return [Error("Remote stores may be on this very machine.", hint=hint, id="delivery.E001")]
