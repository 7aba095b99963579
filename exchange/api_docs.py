"""The OpenAPI document and its reading room; nothing is loaded from an outside address, and no script stands inline."""

from __future__ import annotations

from csp.constants import SELF
from csp.decorators import csp_update
from django.urls import path
from drf_spectacular.views import SpectacularJSONAPIView, SpectacularSwaggerSplitView

# Swagger UI draws its icons from data: addresses inside its own style sheet.
_reading_room = csp_update({"img-src": [SELF, "data:"]})(SpectacularSwaggerSplitView.as_view(url_name="schema"))

urlpatterns = [
    path("api/schema.json", SpectacularJSONAPIView.as_view(), name="schema"),
    path("api/docs", _reading_room, name="api-docs"),
]
