"""To which account a case's money goes: the one that the citizen names, else the one that a register gave."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.affairs.licences.orders import Account
from exchange.affairs.rules import Found
from exchange.affairs.rules.matter import MatterPlan

BY_CITIZEN = "CITIZEN"
_NUMBERS = ("number", "account_number", "account", "card")


def account_of(plan: MatterPlan, found: Mapping[str, Found]) -> Account | None:
    """The account of a case by its evidence; None where nobody has named one, or what was found is contested."""
    if plan.payment is None:
        return None
    for requirement, source in ((plan.payment.other_account, BY_CITIZEN), (plan.payment.account, "")):
        piece = found.get(requirement)
        if piece is not None and not piece.is_contested and piece.values:
            account = named_account(piece.values[0], source or piece.source)
            if account is not None:
                return account
    return None


def named_account(value: Mapping[str, Any], source: str) -> Account | None:
    """An account as a register or a citizen names it: bank, and four digits or the whole number. None where a part lacks."""
    number = next((str(value[item]).replace(" ", "") for item in _NUMBERS if value.get(item)), "")
    last_four = str(value.get("last_four") or number[-4:])
    bank = str(value.get("bank") or "")
    return Account(bank, last_four, source, number) if bank and len(last_four) == 4 else None
