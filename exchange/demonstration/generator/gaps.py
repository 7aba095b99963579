"""Real registers have holes. About one in a hundred of these optional values is left empty, never a key.

An empty value makes a fact UNKNOWN, and UNKNOWN goes to an officer: the demonstration has to meet it.
"""

from __future__ import annotations

from random import Random

SHARE = 0.01

GAP_ITEMS: dict[str, tuple[str, ...]] = {
    "R01": ("birth_date", "relation", "community"),
    "R09": ("months",),
    "R10": ("account_balance",),
    "R13": ("until",),
    "R14": ("issued_on", "valid_until"),
    "R15": ("registered_capital", "registered_on", "registered_address"),
    "R16": ("licence_expires", "points", "open_offences", "vehicle_value"),
}
"""By register, the items that may be empty although a value exists. Other empty values say that there is nothing to state."""


def or_gap(chance: Random, value: str) -> str:
    """Return ``value``, or once in a hundred times an empty text."""
    return "" if chance.random() < SHARE else value
