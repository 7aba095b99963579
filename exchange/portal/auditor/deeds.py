"""Sentences for everything in the log that is no call: acts of authority, and steps of requests, agreements and loads."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

ACTS: Mapping[str, Promise | str] = {
    "key": _("On {when} a key of the {provider} was certified."),
    "revoke_key": _("On {when} a key of the {provider} was revoked."),
    "publish": _("On {when} the {provider} published the description of {dataset}."),
    "offer": _("On {when} the {provider} signed a standing offer for {dataset}."),
    "restrict": _("On {when} the {provider} withheld an item of {dataset}."),
    "unrestrict": _("On {when} the {provider} released an item of {dataset} again."),
    "revision": _("On {when} the {provider} published new rows of {dataset}."),
    "agree": _("On {when} an agreement came into force: the {requester} may ask the {provider} about {dataset}."),
    "suspend": _("On {when} the agreement of the {requester} with the {provider} about {dataset} was suspended."),
    "resume": _("On {when} the agreement of the {requester} with the {provider} about {dataset} was resumed."),
    "revoke": _("On {when} the agreement of the {requester} with the {provider} about {dataset} was revoked."),
    "shred": _("On {when} the key of one person's lines was ordered to be destroyed."),
    "loss": _("On {when} it was signed that entries of the log are lost."),
}

MOVES: Mapping[tuple[str, str], Promise | str] = {
    ("request", "draft"): _("On {when} the {requester} began a request for {dataset}."),
    ("request", "edit"): _("On {when} the {requester} changed its request."),
    ("request", "submit"): _("On {when} the {requester} asked to share {dataset} of the {provider}, for {purpose}."),
    ("request", "check"): _("On {when} the {side} checked the request of the {requester} for {dataset}."),
    ("request", "return"): _("On {when} the {side} returned the request of the {requester} for {dataset}."),
    ("request", "approve"): _("On {when} the {side} approved the request of the {requester} for {dataset}."),
    ("request", "refuse"): _("On {when} the {side} refused the request of the {requester} for {dataset}."),
    ("request", "withdraw"): _("On {when} the {requester} withdrew its request for {dataset}."),
    ("request", "grant_under_offer"): _("On {when} the request of the {requester} for {dataset} was granted under a standing offer."),
    ("agreement", "sign"): _("On {when} the {side} signed the agreement about {dataset} of the {provider}."),
    ("agreement", "provide_signature"): _("On {when} the {side} gave its signature to the agreement about {dataset}."),
    ("agreement", "suspend"): _("On {when} the {side} suspended the agreement about {dataset}."),
    ("agreement", "resume"): _("On {when} the {side} resumed the agreement about {dataset}."),
    ("agreement", "revoke"): _("On {when} the {side} revoked the agreement about {dataset}."),
    ("agreement", "supersede"): _("On {when} an agreement about {dataset} was replaced by a newer one."),
    ("load", "RECEIVED"): _("On {when} the {provider} handed in a file for {dataset}."),
    ("load", "READY"): _("On {when} a file of the {provider} for {dataset} passed its checks."),
    ("load", "REFUSED"): _("On {when} a file of the {provider} for {dataset} failed its checks."),
    ("load", "PUBLISHED"): _("On {when} the {provider} published a checked file of {dataset}."),
    ("dataset", "TAKE_OFFLINE"): _("On {when} the {provider} took {dataset} offline."),
    ("dataset", "BRING_ONLINE"): _("On {when} the {provider} brought {dataset} online again."),
    ("account", "bound"): _("On {when} a person's account was bound to them."),
    ("account", "moved"): _("On {when} a person's binding moved to another account of theirs."),
    ("account", "opened"): _("On {when} an account was opened. It is bound to nobody yet."),
    ("account", "proved_again"): _("On {when} a person proved again, and better, whose account it is."),
    ("account", "unbound"): _("On {when} a person's account was unbound from them."),
    ("people", "invitation_accepted"): _("On {when} a person accepted an invitation."),
    ("people", "steward_appointed"): _("On {when} the {department} appointed a steward of {dataset}."),
    ("people", "steward_dismissed"): _("On {when} the {department} dismissed a steward of {dataset}."),
    ("people", "person_added"): _("On {when} a person was added to the {department}."),
    ("people", "role_granted"): _("On {when} a person was given a role in the {department}."),
    ("people", "role_ended"): _("On {when} a person's role in the {department} ended."),
    ("verification", "sound"): _("On {when} an auditor verified the whole log; {size} entries stand under a signed root."),
    ("verification", "faults_found"): _("On {when} an auditor verified the whole log, and faults were found."),
}
