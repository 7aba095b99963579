"""Machine addresses of this room; those about a citizen stand under citizen services, where programs look for them."""

from __future__ import annotations

from django.urls import path

from exchange.oversight import api, api_alarms

_ACCESS = "api/v1/affairs/access"

urlpatterns = [
    path(_ACCESS, api.AccessLines.as_view()),
    path(f"{_ACCESS}/<int:entry>", api.AccessLine.as_view()),
    path(f"{_ACCESS}/<int:entry>/slip", api.AccessSlip.as_view()),
    path(f"{_ACCESS}/<int:entry>/question", api.AccessQuestion.as_view()),
    path(f"{_ACCESS}/<int:entry>/objection", api.AccessObjection.as_view()),
    path("api/v1/alarms", api_alarms.Alarms.as_view()),
    path("api/v1/alarms/<str:number>", api_alarms.OneAlarm.as_view()),
    path("api/v1/alarms/<str:number>/lift", api_alarms.LiftAlarm.as_view()),
]
