"""Addresses of the catalogue for machines; its pages live in the portal."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
