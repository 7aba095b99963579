"""Addresses of the pages about people."""

from __future__ import annotations

from django.urls import path

from exchange.portal.department import people, people_person

urlpatterns = [
    path("console/people", people.people, name="console_people"),
    path("console/people/invite", people.invite, name="console_invite"),
    path("console/people/grant", people.grant, name="console_grant"),
    path("console/people/appoint", people.appoint, name="console_appoint"),
    path("console/people/officers", people.appoint_for_matter, name="console_appoint_officer"),
    path("console/people/confirm", people_person.confirm, name="console_confirm_roles"),
    path("console/people/<uuid:person_id>", people_person.one_person, name="console_person"),
    path("console/people/<uuid:person_id>/invite", people.invite_again, name="console_invite_again"),
    path("console/people/<uuid:person_id>/withdraw", people.withdraw_invitation, name="console_withdraw_invitation"),
    path("console/people/<uuid:person_id>/deputy", people_person.name_deputy, name="console_deputy"),
    path("console/people/<uuid:person_id>/leave", people_person.leave, name="console_leave"),
    path("console/people/deputies/<int:deputyship_id>/end", people_person.end_deputy, name="console_end_deputy"),
    path("console/people/roles/<int:membership_id>/end", people.end, name="console_end_role"),
    path("console/people/stewards/<str:code>/<uuid:person_id>/dismiss", people.dismiss, name="console_dismiss"),
    path("console/people/officers/<str:matter>/<uuid:person_id>/dismiss", people.dismiss_from_matter, name="console_dismiss_officer"),
]
