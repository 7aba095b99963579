"""Addresses of the log. Machine addresses carry no language."""

from __future__ import annotations

from django.urls import path

from audit import api, views

urlpatterns = [
    path("log/checkpoint", views.checkpoint, name="log-checkpoint"),
    path("log/policy", views.policy, name="log-policy"),
    path("log/tile/<path:path>", views.tile, name="log-tile"),
    path("api/v1/log/proof", api.ProofView.as_view(), name="api-log-proof"),
    path("api/v1/log/entries/<int:index>", api.EntryView.as_view(), name="api-log-entry"),
    path("api/v1/log/search", api.SearchView.as_view(), name="api-log-search"),
    path("api/v1/keys", api.KeysView.as_view(), name="api-keys"),
]
