"""Changes to people, their roles, and to whom their accounts are bound. Each is one transaction and one entry in the log."""

from exchange.accounts.actions.binding import bind, unbind
from exchange.accounts.actions.citizens import open_account
from exchange.accounts.actions.people import (
    OF_THE_AUTHORITY,
    add_person,
    appoint_steward,
    dismiss_steward,
    end_role,
    grant_role,
    invite_again,
    set_first_password,
)

__all__ = [
    "OF_THE_AUTHORITY",
    "add_person",
    "appoint_steward",
    "bind",
    "dismiss_steward",
    "end_role",
    "grant_role",
    "invite_again",
    "open_account",
    "set_first_password",
    "unbind",
]
