"""Addresses of exports as people see them, and of the sandbox; the data path itself stands before Django (plane.py)."""

from __future__ import annotations

from django.urls import path, re_path

from exchange.delivery.exports import api as exports
from exchange.delivery.sandbox import views

urlpatterns = [
    path("api/v1/deliveries", exports.Deliveries.as_view(), name="deliveries"),
    path("api/v1/deliveries/<str:number>", exports.OneDelivery.as_view(), name="delivery"),
    path("api/v1/deliveries/<str:number>/cancel", exports.CancelDelivery.as_view(), name="delivery_cancel"),
    re_path(r"^sandbox/exchange/.*$", views.exchange, name="sandbox"),
    path("sandbox/api/v1/keys", views.keys, name="sandbox_keys"),
]
