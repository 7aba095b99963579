"""Machine addresses of this room; its pages are in urls_pages.py, under the language prefix."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
