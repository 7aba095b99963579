"""The lifecycles of this room, each in one table. Pure: no Django.

`docs/lifecycles.md` is generated from these tables, the API's allowed actions are read from them, and a test walks
every state with every event. A state changes by one conditional UPDATE of a row named here, never otherwise.
"""

from exchange.sharing.lifecycle.agreements import AGREEMENT, AGREEMENT_SIDES, AgreementEvent, AgreementState, agreement_events
from exchange.sharing.lifecycle.requests import HOLDER, PART, PART_SIDES, PartEvent, PartState, part_events, request_state
from exchange.sharing.lifecycle.sides import Side

__all__ = [
    "AGREEMENT",
    "AGREEMENT_SIDES",
    "HOLDER",
    "PART",
    "PART_SIDES",
    "AgreementEvent",
    "AgreementState",
    "PartEvent",
    "PartState",
    "Side",
    "agreement_events",
    "part_events",
    "request_state",
]
