"""Pages of officers who decide cases: the queue by due date, one case with its evidence beside its trace, and each step."""

from __future__ import annotations

from django.urls import path

from exchange.portal.officer import cases, offers, payments, revoking, steps

_CASE = "console/cases/<str:number>"
_RUN = "console/offers/<slug:matter>/<slug:month>"

urlpatterns = [
    path("console/cases", cases.queue, name="officer_cases"),
    path("console/payments", payments.payments, name="officer_payments"),
    path("console/payments/<uuid:order_id>/paid", payments.paid, name="officer_paid"),
    path("console/payments/<uuid:order_id>/returned", payments.returned, name="officer_returned"),
    path("console/licences/revoke", revoking.revoke, name="officer_revoke"),
    path(_CASE, cases.one_case, name="officer_case"),
    path(f"{_CASE}/decide", steps.decide, name="officer_decide"),
    path(f"{_CASE}/notice", steps.notice, name="officer_notice"),
    path(f"{_CASE}/appeal", steps.appeal, name="officer_appeal"),
    path(f"{_CASE}/looked", steps.looked_at, name="officer_looked"),
    path(f"{_CASE}/items/<slug:requirement>", steps.answer, name="officer_answer"),
    path(f"{_CASE}/uploads/<uuid:upload>", cases.upload, name="officer_upload"),
    path("console/offers", offers.runs, name="officer_offers"),
    path("console/offers/<slug:matter>/start", offers.start, name="officer_offers_start"),
    path(_RUN, offers.one_run, name="officer_offer_run"),
    path(f"{_RUN}/progress", offers.progress, name="officer_offers_progress"),
    path(f"{_RUN}/resume", offers.resume, name="officer_offers_resume"),
]
