"""Machine addresses of this room."""

from __future__ import annotations

from django.urls import path

from exchange.affairs.api import cases, evidence, licences, matters, offers, officers, payments

_ROOT = "api/v1/affairs"
_CASE = f"{_ROOT}/cases/<str:number>"

urlpatterns = [
    path(f"{_ROOT}/matters", matters.Matters.as_view()),
    path(f"{_ROOT}/matters/<slug:slug>", matters.OneMatter.as_view()),
    path(f"{_ROOT}/cases", cases.Cases.as_view()),
    path(_CASE, cases.OneCase.as_view()),
    path(f"{_CASE}/request", cases.ExplicitRequest.as_view()),
    path(f"{_CASE}/evidence", evidence.EvidenceView.as_view()),
    path(f"{_CASE}/evidence/stream", evidence.EvidenceStream.as_view()),
    path(f"{_CASE}/preview", evidence.PreviewView.as_view()),
    path(f"{_CASE}/items/<str:requirement>", evidence.Item.as_view()),
    path(f"{_CASE}/submit", cases.Submit.as_view()),
    path(f"{_CASE}/decision", cases.DecisionView.as_view()),
    path(f"{_CASE}/withdrawal", cases.Withdrawal.as_view()),
    path(f"{_CASE}/appeal", cases.Appeals.as_view()),
    path(f"{_CASE}/notice", cases.NoticeAnswer.as_view()),
    path("api/v1/people/<uuid:person_id>/matters/<str:matter>", officers.OfficerOfMatter.as_view()),
    path(f"{_ROOT}/offers", offers.Offers.as_view()),
    path(f"{_ROOT}/offers/<uuid:offer_id>", offers.OneOffer.as_view()),
    path(f"{_ROOT}/licences/<str:licence_id>/status", licences.LicenceStatusView.as_view()),
    path(f"{_ROOT}/payments", payments.PaymentOrders.as_view()),
    path(f"{_ROOT}/payments/<uuid:order_id>", payments.OnePaymentOrder.as_view()),
    path(f"{_ROOT}/payments/<uuid:order_id>/paid", payments.PaidView.as_view()),
    path(f"{_ROOT}/payments/<uuid:order_id>/returned", payments.ReturnedView.as_view()),
]
