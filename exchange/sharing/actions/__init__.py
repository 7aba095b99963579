"""Changes to requests and agreements: the verbs of this room, each one transaction."""

from exchange.sharing.actions.agreeing import provide_signature, sign_agreement
from exchange.sharing.actions.asking import PartTerms, RequestWords, draft_request, edit_part, edit_request, submit, withdraw
from exchange.sharing.actions.checking import check, return_part
from exchange.sharing.actions.deciding import approve, refuse
from exchange.sharing.actions.ending import resume, revoke, suspend

__all__ = [
    "PartTerms",
    "RequestWords",
    "approve",
    "check",
    "draft_request",
    "edit_part",
    "edit_request",
    "provide_signature",
    "refuse",
    "resume",
    "return_part",
    "revoke",
    "sign_agreement",
    "submit",
    "suspend",
    "withdraw",
]
