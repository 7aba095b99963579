"""Pages under /en/ and /zh-hans/; each module of pages lists its own addresses."""

from __future__ import annotations

from exchange.portal import auditor, catalogue, citizen, counter, demo, department, developers, officer, public, transparency, verification
from exchange.portal.citizen import account

urlpatterns = [
    *public.urlpatterns,
    *citizen.urlpatterns,
    *demo.urlpatterns,
    *account.urlpatterns,
    *catalogue.urlpatterns,
    *department.urlpatterns,
    *developers.urlpatterns,
    *officer.urlpatterns,
    *counter.urlpatterns,
    *auditor.urlpatterns,
    *verification.urlpatterns,
    *transparency.urlpatterns,
]
