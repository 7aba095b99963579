"""Addresses below /api/v1/catalog/."""

from django.urls import path

from catalog.api import datasets, loads, publishing

app_name = "catalog-api"
urlpatterns = [
    path("datasets", datasets.DatasetList.as_view(), name="datasets"),
    path("datasets/<str:code>", datasets.DatasetView.as_view(), name="dataset"),
    path("datasets/<str:code>/versions", datasets.VersionList.as_view(), name="versions"),
    path("datasets/<str:code>/offline", publishing.AvailabilityView.as_view(), name="offline"),
    path("datasets/<str:code>/items/<str:item>/restriction", publishing.RestrictionView.as_view(), name="restriction"),
    path("datasets/<str:code>/loads", loads.DatasetLoads.as_view(), name="upload"),
    path("loads", loads.LoadList.as_view(), name="loads"),
    path("loads/<uuid:load_id>", loads.LoadView.as_view(), name="load"),
    path("loads/<uuid:load_id>/publication", loads.LoadPublication.as_view(), name="load-publication"),
    path("departments", datasets.DepartmentList.as_view(), name="departments"),
    path("departments/<str:department>/versions", publishing.PublicationList.as_view(), name="publish"),
    path("purposes", datasets.PurposeList.as_view(), name="purposes"),
]
