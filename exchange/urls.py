"""Every address of the hub: machine addresses carry no language, pages live under /en/ and /zh-hans/."""

from __future__ import annotations

from django.conf.urls.i18n import i18n_patterns
from django.urls import include, path

from exchange import probes

urlpatterns = [
    path("healthz/live", probes.live, name="live"),
    path("healthz/ready", probes.ready, name="ready"),
    path("", include("audit.urls")),
    path("", include("catalog.urls")),
    path("", include("exchange.accounts.urls")),
    path("", include("exchange.sharing.urls")),
    path("", include("exchange.delivery.urls")),
    path("", include("exchange.affairs.urls")),
    path("", include("exchange.oversight.urls")),
    path("", include("exchange.api_docs")),
    path("", include("exchange.portal.urls_machine")),
]
urlpatterns += i18n_patterns(
    path("accounts/", include("exchange.accounts.urls_pages")),
    path("", include("exchange.portal.urls")),
)
