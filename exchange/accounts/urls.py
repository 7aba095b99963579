"""Machine addresses of this room; its pages are in urls_pages.py, under the language prefix."""

from __future__ import annotations

from django.urls import path

from exchange.accounts import api

urlpatterns = [
    path("api/v1/me", api.Me.as_view()),
    path("api/v1/me/acting_department", api.ActingDepartment.as_view()),
    path("api/v1/people", api.People.as_view()),
    path("api/v1/people/<uuid:person_id>/invitation", api.Invitation.as_view()),
    path("api/v1/people/<uuid:person_id>/roles", api.Roles.as_view()),
    path("api/v1/people/<uuid:person_id>/roles/<int:membership_id>", api.OneRole.as_view()),
]
