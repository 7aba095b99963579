"""Pages of the catalogue: find a dataset, read about it, publish one's own."""

from exchange.portal.catalogue import browse, publishing

urlpatterns = [*browse.urlpatterns, *publishing.urlpatterns]
