"""Give each resident whom a visitor may be signed in as an account that is bound to them."""

from __future__ import annotations

from exchange.accounts.demonstration import resident_account, sign_in


def bind_citizens() -> None:
    """Accounts without a password, bound by the method DEMO; those that are there stay as they are."""
    for key in sign_in().residents:
        resident_account(key)
