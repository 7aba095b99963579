"""Pages of the department side: what waits, requests, agreements, keys and people."""

from __future__ import annotations

from django.urls import path

from exchange.portal.department import (
    agreement_papers,
    agreement_use,
    agreements,
    asking,
    clock,
    console,
    corrections,
    deliveries,
    disputes,
    keys,
    objections,
    offers,
    people_addresses,
    questions,
    queue,
    requests,
)

_PART = "console/requests/<str:number>/<str:dataset>"
_AGREEMENT = "console/agreements/<str:agreement_id>"

urlpatterns = [
    path("console", console.console, name="console"),
    path("console/requests", requests.requests, name="console_requests"),
    path("console/requests/new", asking.new_request, name="console_ask"),
    path("console/requests/<str:number>", requests.one_request, name="console_request"),
    path("console/requests/<str:number>/about", asking.about, name="console_about"),
    path("console/requests/<str:number>/send", asking.before_sending, name="console_before_sending"),
    path("console/requests/<str:number>/submit", requests.submit, name="console_submit"),
    path(f"{_PART}/edit", asking.edit, name="console_edit"),
    path(f"{_PART}/check", requests.check, name="console_check"),
    path(f"{_PART}/return", requests.send_back, name="console_return"),
    path(f"{_PART}/approve", requests.approve, name="console_approve"),
    path(f"{_PART}/refuse", requests.refuse, name="console_refuse"),
    path(f"{_PART}/confirm", requests.confirm, name="console_confirm"),
    path(f"{_PART}/send_back", requests.undo, name="console_send_back"),
    path(f"{_PART}/say", requests.say, name="console_say"),
    path(f"{_PART}/withdraw", requests.withdraw, name="console_withdraw"),
    path("console/agreements", agreements.agreements, name="console_agreements"),
    path(_AGREEMENT, agreements.one_agreement, name="console_agreement"),
    path(f"{_AGREEMENT}/sign", agreements.sign, name="console_sign"),
    path(f"{_AGREEMENT}/signature", agreements.provide_signature, name="console_provide_signature"),
    path(f"{_AGREEMENT}/suspend", agreements.suspend, name="console_suspend"),
    path(f"{_AGREEMENT}/resume", agreements.resume, name="console_resume"),
    path(f"{_AGREEMENT}/revoke", agreements.revoke, name="console_revoke"),
    path(f"{_AGREEMENT}/change", agreements.change, name="console_change"),
    path(f"{_AGREEMENT}/renew", agreements.renew, name="console_renew"),
    path(f"{_AGREEMENT}/use", agreement_use.use, name="console_agreement_use"),
    path(f"{_AGREEMENT}/rehearsal", agreement_use.rehearsal, name="console_agreement_rehearsal"),
    path(f"{_AGREEMENT}/narrow", agreement_use.narrow, name="console_narrow"),
    path(f"{_AGREEMENT}/pdf", agreement_papers.pdf, name="console_agreement_pdf"),
    path(f"{_AGREEMENT}/odrl", agreement_papers.odrl, name="console_agreement_odrl"),
    path("console/keys", keys.keys, name="console_keys"),
    path("console/keys/new", keys.new_system, name="console_new_system"),
    path("console/keys/answers/new", keys.new_answer_key, name="console_new_answer_key"),
    path("console/keys/<str:code>/new", keys.new_key, name="console_new_key"),
    path("console/keys/<str:owner>/<str:name>/revoke", keys.revoke_key, name="console_revoke_key"),
    *people_addresses.urlpatterns,
    *deliveries.urlpatterns,
    *offers.urlpatterns,
    *questions.urlpatterns,
    *objections.urlpatterns,
    *queue.urlpatterns,
    *clock.urlpatterns,
    *corrections.urlpatterns,
    *disputes.urlpatterns,
]
