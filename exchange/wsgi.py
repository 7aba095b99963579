"""WSGI entry for the pages and the management API; the data path needs the ASGI entry."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "exchange.settings")
application = get_wsgi_application()

from exchange import celery as _wake_ups  # noqa: E402, F401 - messages go to our broker, not to a default one
