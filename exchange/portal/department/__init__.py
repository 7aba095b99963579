"""Pages of the department side: what waits, requests, agreements, keys and people."""

from __future__ import annotations

from django.urls import path

from exchange.portal.department import console

urlpatterns = [
    path("console", console.console, name="console"),
]
