"""Addresses without a language: the root that leads to the reader's language, the theme switch, and what a QR code opens."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.views.decorators.http import require_GET

from exchange.portal import licence_check
from exchange.portal.theme import choose_theme


@require_GET
def root(request: HttpRequest) -> HttpResponse:
    """To the home page in the reader's language."""
    return redirect("home")


urlpatterns = [
    path("", root, name="root"),
    path("theme", choose_theme, name="theme"),
    *licence_check.urlpatterns,
]
