"""Addresses of the sandbox; the data path itself stands before Django (plane.py)."""

from __future__ import annotations

from django.urls import path, re_path

from exchange.delivery.sandbox import views

urlpatterns = [
    re_path(r"^sandbox/exchange/.*$", views.exchange, name="sandbox"),
    path("sandbox/api/v1/keys", views.keys, name="sandbox_keys"),
]
