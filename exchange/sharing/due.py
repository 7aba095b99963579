"""By when a part that is handed in must be answered: one place for the check before sending and for the sending itself."""

from __future__ import annotations

from datetime import date

from catalog import clocks
from catalog.clocks import Due, TimeLimit
from exchange.sharing import jurisdiction


def answer_due(sharing_attribute: str, *, received: date) -> tuple[TimeLimit, Due]:
    """The limit for data of this sharing attribute, and the day on which an answer is due."""
    limit = jurisdiction.time_limit("answer_unconditional" if sharing_attribute == "UNCONDITIONAL" else "answer_conditional")
    return limit, clocks.due(limit, received=received, calendar=jurisdiction.calendar())
