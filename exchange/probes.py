"""Probes for whoever runs the hub: is the process alive, and may it exchange data now?"""

from __future__ import annotations

from django.db import connections
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_GET

from audit import acts
from audit.errors import HubError


@require_GET
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. Nothing else is asked."""
    return JsonResponse({"status": "live"})


@require_GET
def ready(request: HttpRequest) -> JsonResponse:
    """Both databases answer and the chain of acts verifies: the hub may exchange."""
    faults: dict[str, str] = {}
    for alias in connections:
        try:
            with connections[alias].cursor() as cursor:
                cursor.execute("SELECT 1")
        except Exception as error:  # noqa: BLE001 - whatever it is, the probe's answer is "not ready"
            faults[alias] = type(error).__name__
    if not faults:
        try:
            acts.standing()
        except HubError as error:
            faults["policy"] = error.reason
    return JsonResponse({"status": "not ready" if faults else "ready", "faults": faults}, status=503 if faults else 200)
