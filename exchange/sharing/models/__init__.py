"""Requests, agreements, and what happens to them."""

from exchange.sharing.models.agreements import Agreement
from exchange.sharing.models.clocks import ClockKind, ClockPause, Extension, ExtensionState, PauseReason, Reminder, ReminderKind
from exchange.sharing.models.columns import AGREEMENT_ID_LENGTH
from exchange.sharing.models.moves import Move
from exchange.sharing.models.requests import RequestedFact, RequestedItem, RequestPart, SharingRequest, Wish

__all__ = [
    "AGREEMENT_ID_LENGTH",
    "Agreement",
    "ClockKind",
    "ClockPause",
    "Extension",
    "ExtensionState",
    "Move",
    "PauseReason",
    "Reminder",
    "ReminderKind",
    "RequestPart",
    "RequestedFact",
    "RequestedItem",
    "SharingRequest",
    "Wish",
]
