"""Pages under /en/ and /zh-hans/; each module of pages lists its own addresses."""

from __future__ import annotations

from exchange.portal import auditor, catalogue, demo, department, public, transparency, verification

urlpatterns = [
    *public.urlpatterns,
    *demo.urlpatterns,
    *catalogue.urlpatterns,
    *department.urlpatterns,
    *auditor.urlpatterns,
    *verification.urlpatterns,
    *transparency.urlpatterns,
]
