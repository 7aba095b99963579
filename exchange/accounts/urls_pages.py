"""Addresses of sign-in and one's own account, under /{language}/accounts/. Ours come first and replace what is closed here."""

from __future__ import annotations

from django.urls import include, path

from exchange.accounts import pages
from exchange.accounts.oidc import views
from exchange.accounts.programs import pages as programs

urlpatterns = [
    path("invitation/", pages.invitation_code, name="account_invitation_code"),
    path("invitation/<uuid:person_id>/<str:token>/", pages.invitation, name="account_invitation"),
    path("programs/", programs.programs, name="account_programs"),
    path("programs/<uuid:program_id>/end/", programs.end_program, name="account_program_end"),
    path("department/", pages.choose_department, name="account_choose_department"),
    path("password/reset/", pages.lost_password, name="account_lost_password"),
    path("email/", pages.lost_password),
    path("oidc/<slug:provider_id>/login/", views.login, name="openid_connect_login"),
    path("oidc/<slug:provider_id>/login/callback/", views.callback, name="openid_connect_callback"),
    path("", include("allauth.account.urls")),
    path("2fa/", include("allauth.mfa.urls")),
]
