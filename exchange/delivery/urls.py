"""Addresses of the officers' queue, of exports and of the sandbox; the data path itself stands before Django (plane.py)."""

from __future__ import annotations

from django.urls import path, re_path

from exchange.delivery.exports import api as exports
from exchange.delivery.officer import api as officer
from exchange.delivery.remaining import Remaining
from exchange.delivery.sandbox import views
from exchange.delivery.webhooks import api as webhooks

_WEBHOOK = "api/v1/webhooks/<str:webhook_number>"
_QUESTION = "api/v1/officer-questions/<str:question_id>"

urlpatterns = [
    path("api/v1/officer-questions", officer.OfficerQuestions.as_view(), name="officer_questions"),
    path(_QUESTION, officer.OneOfficerQuestion.as_view(), name="officer_question"),
    path(f"{_QUESTION}/claim", officer.ClaimOfficerQuestion.as_view(), name="officer_question_claim"),
    path(f"{_QUESTION}/release", officer.ReleaseOfficerQuestion.as_view(), name="officer_question_release"),
    path(f"{_QUESTION}/look", officer.LookAtOfficerQuestion.as_view(), name="officer_question_look"),
    path(f"{_QUESTION}/answer", officer.AnswerOfficerQuestion.as_view(), name="officer_question_answer"),
    path(f"{_QUESTION}/decline", officer.DeclineOfficerQuestion.as_view(), name="officer_question_decline"),
    path("api/v1/agreements/<str:agreement_id>/remaining", Remaining.as_view(), name="agreement_remaining"),
    path("api/v1/deliveries", exports.Deliveries.as_view(), name="deliveries"),
    path("api/v1/deliveries/<str:delivery_number>", exports.OneDelivery.as_view(), name="delivery"),
    path("api/v1/deliveries/<str:delivery_number>/cancel", exports.CancelDelivery.as_view(), name="delivery_cancel"),
    path("api/v1/webhooks", webhooks.Webhooks.as_view(), name="webhooks"),
    path(_WEBHOOK, webhooks.OneWebhook.as_view(), name="webhook"),
    path(f"{_WEBHOOK}/steps/<str:step>", webhooks.WebhookStep.as_view(), name="webhook_step"),
    path(f"{_WEBHOOK}/secret", webhooks.WebhookSecret.as_view(), name="webhook_secret"),
    path(f"{_WEBHOOK}/messages/<str:message_number>/again", webhooks.SendWebhookAgain.as_view(), name="webhook_again"),
    re_path(r"^sandbox/exchange/.*$", views.exchange, name="sandbox"),
    path("sandbox/api/v1/keys", views.keys, name="sandbox_keys"),
]
