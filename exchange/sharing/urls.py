"""Machine addresses of this room."""

from __future__ import annotations

from django.urls import path

from exchange.sharing.api import agreements, clocks, corrections, disputes, offers, orders, requests, reviewing, waiting

_PART = "api/v1/requests/<str:number>/parts/<str:dataset>"
_AGREEMENT = "api/v1/agreements/<str:agreement_id>"
_OFFER = "api/v1/offers/<str:offer_id>"

_CORRECTION = "api/v1/corrections/<str:number>"
_DISPUTE = "api/v1/disputes/<str:number>"

urlpatterns = [
    path("api/v1/requests", requests.Requests.as_view()),
    path("api/v1/requests/least", reviewing.Least.as_view()),
    path("api/v1/requests/waiting", waiting.WaitingParts.as_view()),
    path("api/v1/requests/answer_together", reviewing.AnswerTogether.as_view()),
    path("api/v1/requests/<str:number>", requests.OneRequest.as_view()),
    path("api/v1/requests/<str:number>/submit", requests.SubmitRequest.as_view()),
    path("api/v1/requests/<str:number>/foreseen", reviewing.ForeseenRequest.as_view()),
    path(_PART, requests.OnePart.as_view()),
    path(f"{_PART}/check", requests.CheckPart.as_view()),
    path(f"{_PART}/return", requests.ReturnPart.as_view()),
    path(f"{_PART}/approve", requests.ApprovePart.as_view()),
    path(f"{_PART}/refuse", requests.RefusePart.as_view()),
    path(f"{_PART}/confirm", reviewing.ConfirmPart.as_view()),
    path(f"{_PART}/send_back", reviewing.SendBackPart.as_view()),
    path(f"{_PART}/messages", reviewing.Messages.as_view()),
    path(f"{_PART}/precedents", reviewing.Precedents.as_view()),
    path(f"{_PART}/withdraw", requests.WithdrawPart.as_view()),
    path("api/v1/agreements", agreements.Agreements.as_view()),
    path(_AGREEMENT, agreements.OneAgreement.as_view()),
    path(f"{_AGREEMENT}/provide_signature", agreements.ProvideSignature.as_view()),
    path(f"{_AGREEMENT}/sign", agreements.SignAgreement.as_view()),
    path(f"{_AGREEMENT}/suspend", agreements.SuspendAgreement.as_view()),
    path(f"{_AGREEMENT}/resume", agreements.ResumeAgreement.as_view()),
    path(f"{_AGREEMENT}/revoke", agreements.RevokeAgreement.as_view()),
    path(f"{_AGREEMENT}/losses", agreements.AgreementLosses.as_view()),
    path(f"{_AGREEMENT}/odrl", agreements.AgreementOdrl.as_view()),
    path(f"{_AGREEMENT}/amend", agreements.AmendAgreement.as_view()),
    path(f"{_AGREEMENT}/renew", agreements.RenewAgreement.as_view()),
    path("api/v1/offers", offers.Offers.as_view()),
    path("api/v1/emergencies", offers.Emergencies.as_view()),
    path(_OFFER, offers.OneOffer.as_view()),
    path(f"{_OFFER}/sign", offers.SignOffer.as_view()),
    path(f"{_OFFER}/withdraw", offers.WithdrawOffer.as_view()),
    path(f"{_OFFER}/suspend", offers.SuspendOffer.as_view()),
    path(f"{_OFFER}/resume", offers.ResumeOffer.as_view()),
    path(f"{_OFFER}/revoke", offers.RevokeOffer.as_view()),
    path(f"{_OFFER}/join", offers.JoinOffer.as_view()),
    path(f"{_OFFER}/review", offers.ReviewEmergency.as_view()),
    path("api/v1/orders/<str:number>", orders.OneOrder.as_view()),
    path("api/v1/orders/<str:number>/signature", orders.HandInSignature.as_view()),
    path(f"{_PART}/clock", clocks.PartClockDoor.as_view()),
    path(f"{_PART}/clock/extension", clocks.AskExtension.as_view()),
    path(f"{_PART}/clock/extension/answer", clocks.AnswerExtension.as_view()),
    path(f"{_PART}/clock/pause", clocks.PauseClock.as_view()),
    path(f"{_PART}/clock/resume", clocks.ResumeClock.as_view()),
    path("api/v1/corrections", corrections.Corrections.as_view()),
    path(_CORRECTION, corrections.OneCorrection.as_view()),
    path(f"{_CORRECTION}/answer", corrections.AnswerCorrection.as_view()),
    path(f"{_CORRECTION}/take_back", corrections.TakeBackCorrection.as_view()),
    path("api/v1/correction_notices", corrections.CorrectionNotices.as_view()),
    path("api/v1/correction_notices/<int:notice_id>/seen", corrections.SeenNotice.as_view()),
    path("api/v1/disputes", disputes.Disputes.as_view()),
    path(_DISPUTE, disputes.OneDispute.as_view()),
    path(f"{_DISPUTE}/say", disputes.SayInDispute.as_view()),
    path(f"{_DISPUTE}/settle", disputes.SettleDispute.as_view()),
    path(f"{_DISPUTE}/hand_over", disputes.HandOverDispute.as_view()),
    path(f"{_DISPUTE}/rule", disputes.RuleDispute.as_view()),
    path(f"{_DISPUTE}/take_back", disputes.TakeBackDispute.as_view()),
]
