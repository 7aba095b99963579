"""Everything that changes a case: the object first, then who acts; one transaction and one entry in the log each."""

from exchange.affairs.actions.applying import ask_offices, start_case, withdraw
from exchange.affairs.actions.appointing import appoint_officer, dismiss_officer
from exchange.affairs.actions.previewing import answer_preview, fall_back, provide
from exchange.affairs.actions.submitting import submit

__all__ = [
    "answer_preview",
    "appoint_officer",
    "ask_offices",
    "dismiss_officer",
    "fall_back",
    "provide",
    "start_case",
    "submit",
    "withdraw",
]
