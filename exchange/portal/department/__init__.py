"""Pages of the department side: what waits, requests, agreements, keys and people."""

from __future__ import annotations

from django.urls import path

from exchange.portal.department import agreements, asking, console, keys, objections, people, questions, requests

_PART = "console/requests/<str:number>/<str:dataset>"
_AGREEMENT = "console/agreements/<str:agreement_id>"

urlpatterns = [
    path("console", console.console, name="console"),
    path("console/requests", requests.requests, name="console_requests"),
    path("console/requests/new", asking.new_request, name="console_ask"),
    path("console/requests/<str:number>", requests.one_request, name="console_request"),
    path("console/requests/<str:number>/submit", requests.submit, name="console_submit"),
    path(f"{_PART}/edit", asking.edit, name="console_edit"),
    path(f"{_PART}/check", requests.check, name="console_check"),
    path(f"{_PART}/return", requests.send_back, name="console_return"),
    path(f"{_PART}/approve", requests.approve, name="console_approve"),
    path(f"{_PART}/refuse", requests.refuse, name="console_refuse"),
    path(f"{_PART}/withdraw", requests.withdraw, name="console_withdraw"),
    path("console/agreements", agreements.agreements, name="console_agreements"),
    path(_AGREEMENT, agreements.one_agreement, name="console_agreement"),
    path(f"{_AGREEMENT}/sign", agreements.sign, name="console_sign"),
    path(f"{_AGREEMENT}/signature", agreements.provide_signature, name="console_provide_signature"),
    path(f"{_AGREEMENT}/suspend", agreements.suspend, name="console_suspend"),
    path(f"{_AGREEMENT}/resume", agreements.resume, name="console_resume"),
    path(f"{_AGREEMENT}/revoke", agreements.revoke, name="console_revoke"),
    path("console/keys", keys.keys, name="console_keys"),
    path("console/keys/new", keys.new_system, name="console_new_system"),
    path("console/keys/answers/new", keys.new_answer_key, name="console_new_answer_key"),
    path("console/keys/<str:code>/new", keys.new_key, name="console_new_key"),
    path("console/keys/<str:owner>/<str:name>/revoke", keys.revoke_key, name="console_revoke_key"),
    path("console/people", people.people, name="console_people"),
    path("console/people/invite", people.invite, name="console_invite"),
    path("console/people/grant", people.grant, name="console_grant"),
    path("console/people/appoint", people.appoint, name="console_appoint"),
    path("console/people/<uuid:person_id>/invite", people.invite_again, name="console_invite_again"),
    path("console/people/roles/<int:membership_id>/end", people.end, name="console_end_role"),
    path("console/people/stewards/<str:code>/<uuid:person_id>/dismiss", people.dismiss, name="console_dismiss"),
    *questions.urlpatterns,
    *objections.urlpatterns,
]
