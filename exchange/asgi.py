"""ASGI entry: the data path goes to the plane, everything else to Django."""

from __future__ import annotations

import os
from typing import Any

from django.conf import settings
from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
pages = get_asgi_application()

from audit.durability import ensure_durable  # noqa: E402 - Django's apps must be ready
from exchange import celery as _wake_ups  # noqa: E402, F401 - messages go to our broker, not to a default one
from exchange.delivery.errands.asker import ASKER  # noqa: E402 - Django's apps must be ready
from exchange.delivery.plane import PREFIX, Plane  # noqa: E402 - Django's apps must be ready
from exchange.parentwatch import end_with_parent  # noqa: E402 - after Django, as above

plane = Plane()
end_with_parent()
ensure_durable()
if settings.ERRANDS_IN_WEB:
    ASKER.start()


async def application(scope: Any, receive: Any, send: Any) -> None:
    """Route one connection by its path."""
    if scope["type"] == "http" and scope["path"].startswith(PREFIX):
        await plane(scope, receive, send)
    else:
        await pages(scope, receive, send)
