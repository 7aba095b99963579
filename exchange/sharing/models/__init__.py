"""Requests, agreements, and what happens to them."""

from exchange.sharing.models.agreements import Agreement
from exchange.sharing.models.clocks import ClockKind, ClockPause, Extension, PauseReason, Reminder, ReminderKind
from exchange.sharing.models.columns import AGREEMENT_ID_LENGTH
from exchange.sharing.models.corrections import CorrectionNotice, CorrectionRequest
from exchange.sharing.models.disputes import Dispute, DisputeMessage, Quarrel, Ruling
from exchange.sharing.models.moves import Move
from exchange.sharing.models.offers import EmergencyReview, StandingOffer, WaitingOrder
from exchange.sharing.models.requests import PartMessage, RequestedFact, RequestedItem, RequestPart, SharingRequest, Wish, Wished

__all__ = [
    "AGREEMENT_ID_LENGTH",
    "Agreement",
    "ClockKind",
    "ClockPause",
    "CorrectionNotice",
    "CorrectionRequest",
    "Dispute",
    "DisputeMessage",
    "EmergencyReview",
    "Extension",
    "Move",
    "PartMessage",
    "PauseReason",
    "Quarrel",
    "Reminder",
    "ReminderKind",
    "RequestPart",
    "RequestedFact",
    "RequestedItem",
    "Ruling",
    "SharingRequest",
    "StandingOffer",
    "WaitingOrder",
    "Wish",
    "Wished",
]
