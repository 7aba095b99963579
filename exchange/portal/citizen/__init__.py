"""Pages for citizens: find a service, apply without papers, see what was found, read the decision and what may be done about it."""

from __future__ import annotations

from exchange.portal.citizen import access, acting, applying, cases, items, licences, offers, services, start

urlpatterns = [
    *services.urlpatterns,
    *applying.urlpatterns,
    *start.urlpatterns,
    *cases.urlpatterns,
    *acting.urlpatterns,
    *items.urlpatterns,
    *offers.urlpatterns,
    *licences.urlpatterns,
    *access.urlpatterns,
]
