"""Changes to people, their roles, and to whom their accounts are bound. Each is one transaction and one entry in the log."""

from exchange.accounts.actions.binding import bind, unbind
from exchange.accounts.actions.citizens import open_account
from exchange.accounts.actions.confirming import confirm_roles, departments_to_remind, suspend_unconfirmed
from exchange.accounts.actions.deputies import end_deputyship, name_deputy
from exchange.accounts.actions.inviting import InvitationTerms, invite_again, invite_person, set_first_password, withdraw_invitation
from exchange.accounts.actions.leaving import Left, end_service
from exchange.accounts.actions.people import add_person, appoint_steward, dismiss_steward, end_role, grant_role
from exchange.accounts.managing import OF_THE_AUTHORITY

__all__ = [
    "OF_THE_AUTHORITY",
    "InvitationTerms",
    "Left",
    "add_person",
    "appoint_steward",
    "bind",
    "confirm_roles",
    "departments_to_remind",
    "dismiss_steward",
    "end_deputyship",
    "end_role",
    "end_service",
    "grant_role",
    "invite_again",
    "invite_person",
    "name_deputy",
    "open_account",
    "set_first_password",
    "suspend_unconfirmed",
    "unbind",
    "withdraw_invitation",
]
