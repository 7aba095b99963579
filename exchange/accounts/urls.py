"""Machine addresses of this room; its pages are in urls_pages.py, under the language prefix."""

from __future__ import annotations

from django.urls import path

from exchange.accounts import api, api_people
from exchange.accounts.key_requests import api as key_requests
from exchange.accounts.programs import api as programs

urlpatterns = [
    path("api/v1/me", api.Me.as_view()),
    path("api/v1/me/acting_department", api.ActingDepartment.as_view()),
    path("api/v1/systems", key_requests.Systems.as_view()),
    path("api/v1/key_requests", key_requests.KeyRequests.as_view()),
    path("api/v1/key_requests/<uuid:request_id>", key_requests.OneKeyRequest.as_view()),
    path("api/v1/programs/ask", programs.AskForAccess.as_view()),
    path("api/v1/programs/token", programs.CollectToken.as_view()),
    path("api/v1/programs/revoke", programs.RevokeToken.as_view()),
    path("api/v1/people", api.People.as_view()),
    path("api/v1/people/confirmations", api_people.Confirmations.as_view()),
    path("api/v1/people/<uuid:person_id>", api_people.OnePerson.as_view()),
    path("api/v1/people/<uuid:person_id>/invitation", api.InvitationOfPerson.as_view()),
    path("api/v1/people/<uuid:person_id>/datasets/<str:code>", api_people.Stewardship.as_view()),
    path("api/v1/people/<uuid:person_id>/deputies", api_people.Deputies.as_view()),
    path("api/v1/people/<uuid:person_id>/deputies/<int:deputyship_id>", api_people.OneDeputy.as_view()),
    path("api/v1/people/<uuid:person_id>/end_of_service", api_people.EndOfService.as_view()),
    path("api/v1/people/<uuid:person_id>/roles", api.Roles.as_view()),
    path("api/v1/people/<uuid:person_id>/roles/<int:membership_id>", api.OneRole.as_view()),
]
