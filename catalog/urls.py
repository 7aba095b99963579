"""Addresses of the catalogue for machines; its pages live in the portal."""

from django.urls import URLPattern, URLResolver, include, path, re_path

from catalog import downloads
from catalog.dcat import catalog_feed

urlpatterns: list[URLPattern | URLResolver] = [
    path("catalog.jsonld", catalog_feed, name="catalog-feed"),
    re_path(
        r"^catalog/datasets/(?P<code>[A-Za-z0-9_-]+)/download\.(?P<form>csv|jsonl|json)$",
        downloads.download,
        name="catalog-download",
    ),
    path("api/v1/catalog/", include("catalog.api.urls")),
]
