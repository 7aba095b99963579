"""Changes to requests and agreements: the verbs of this room, each one transaction."""

from exchange.sharing.actions.agreeing import provide_signature, sign_agreement
from exchange.sharing.actions.amending import amend, renew
from exchange.sharing.actions.asking import PartTerms, RequestWords, draft_request, edit_part, edit_request, submit, withdraw
from exchange.sharing.actions.checking import check, return_part
from exchange.sharing.actions.confirming import confirm, send_back
from exchange.sharing.actions.deciding import approve, refuse
from exchange.sharing.actions.ending import resume, revoke, suspend
from exchange.sharing.actions.narrowing import narrow
from exchange.sharing.actions.talking import say
from exchange.sharing.actions.together import approve_together, refuse_together

__all__ = [
    "PartTerms",
    "RequestWords",
    "amend",
    "approve",
    "approve_together",
    "check",
    "confirm",
    "draft_request",
    "edit_part",
    "edit_request",
    "narrow",
    "provide_signature",
    "refuse",
    "refuse_together",
    "renew",
    "resume",
    "return_part",
    "revoke",
    "say",
    "send_back",
    "sign_agreement",
    "submit",
    "suspend",
    "withdraw",
]
