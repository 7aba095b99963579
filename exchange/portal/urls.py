"""Pages under /en/ and /zh-hans/; each module of pages lists its own addresses."""

from __future__ import annotations

from exchange.portal import auditor, catalogue, department, public, transparency, verification

urlpatterns = [
    *public.urlpatterns,
    *catalogue.urlpatterns,
    *department.urlpatterns,
    *auditor.urlpatterns,
    *verification.urlpatterns,
    *transparency.urlpatterns,
]
