"""Pages of officers who decide cases: the queue by due date, one case with its evidence beside its trace, and each step."""

from __future__ import annotations

from django.urls import path

from exchange.portal.officer import cases, steps

_CASE = "console/cases/<str:number>"

urlpatterns = [
    path("console/cases", cases.queue, name="officer_cases"),
    path(_CASE, cases.one_case, name="officer_case"),
    path(f"{_CASE}/decide", steps.decide, name="officer_decide"),
    path(f"{_CASE}/notice", steps.notice, name="officer_notice"),
    path(f"{_CASE}/appeal", steps.appeal, name="officer_appeal"),
    path(f"{_CASE}/items/<slug:requirement>", steps.answer, name="officer_answer"),
    path(f"{_CASE}/uploads/<uuid:upload>", cases.upload, name="officer_upload"),
]
