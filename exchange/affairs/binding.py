"""Who is behind an account: asks the registers whether a name belongs to an identifier, and for the phone that was registered.

Asked as the sharing authority's own system, under its agreements with the purpose `account_binding` and nothing else, so each
question is in the log and on the person's own list. Which registers hold names and phones is what those agreements say.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.conf import settings
from django.utils import timezone

from audit import signers
from audit.errors import Unavailable
from audit.proof.canonical import fresh_nonce
from catalog import work
from exchange.accounts import codes
from exchange.accounts.codes import Claim
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.recorded import AUTOMATIC
from exchange.delivery.deliver import current_policies
from exchange.delivery.handling import handle
from exchange.delivery.inside import signed_arrival
from exchange.sharing.policy import Method, Policy

PURPOSE = "account_binding"
_OURS_TO_MEND = 500  # from here on a status says that the answer is not known yet


def ask_registers(request_id: str, _renew: work.Renew) -> None:
    """Handler of the work: send a code where name, identifier and a registered phone belong together, else nothing.

    Safe to run twice. Raises Unavailable, to be run again, while a register cannot answer.
    """
    claim = codes.waiting_claim(request_id)
    if claim is not None:
        codes.settle(request_id, phone=registered_phone(claim))


def registered_phone(claim: Claim) -> str | None:
    """The phone registered for a person whose name is the one claimed; None for everything else. Raises Unavailable."""
    names = [policy for policy in _agreements(Method.VERIFY) if claim.kind in policy.subject_kinds]
    phones = [policy for policy in _agreements(Method.QUERY) if claim.kind in policy.subject_kinds]
    if not names or not phones or not _name_fits(names[0], claim):
        return None  # whose name does not fit is not asked about further
    answer = _ask(phones[0], Method.QUERY, claim, {})
    records = answer.get("answer", {}).get("records", [])
    return str(records[0][phones[0].items[0]]) if records else None


def askable_kinds() -> list[str]:
    """Kinds of identifiers by which somebody can prove who they are with a code."""
    phones = {kind for policy in _agreements(Method.QUERY) for kind in policy.subject_kinds}
    return sorted(phones & {kind for policy in _agreements(Method.VERIFY) for kind in policy.subject_kinds})


def _name_fits(policy: Policy, claim: Claim) -> bool:
    fact, parameter = next(_name_facts(policy))
    answer = _ask(policy, Method.VERIFY, claim, {"facts": [{"fact": fact, "with": {parameter: claim.name}}]})
    return [entry.get("answer") for entry in answer.get("answers", [])] == ["YES"]


def _agreements(method: Method) -> list[Policy]:
    """Those in force that let the authority do this for binding accounts: one free text to compare, or one item to read."""
    today, lead = timezone.now().date().isoformat(), Lead(settings.AUTHORITY_DEPARTMENT)
    return sorted(
        (
            policy
            for policy in current_policies().by_agreement.values()
            if policy.requester == lead.department
            and lead.system in policy.systems
            and PURPOSE in policy.purposes
            and method in policy.methods
            and policy.state == "IN_FORCE"
            and policy.valid_from[:10] <= today <= policy.valid_until[:10]
            and (len(policy.items) == 1 if method is Method.QUERY else any(_name_facts(policy)))
        ),
        key=lambda policy: policy.agreement,
    )


def _name_facts(policy: Policy) -> Iterator[tuple[str, str]]:
    """Facts that compare one free text, each with the name of its parameter."""
    for name, grants in policy.facts.items():
        for grant in grants:
            if len(grant) == 1 and all("text" in rule for rule in grant.values()):
                yield name, next(iter(grant))


def _ask(policy: Policy, method: Method, claim: Claim, what: dict[str, Any]) -> dict[str, Any]:
    """One signed call through the same door as everybody's; {} where it is refused. Raises Unavailable."""
    signer = signers.system_signer(Lead(settings.AUTHORITY_DEPARTMENT).keyid)
    subject = {"kind": claim.kind, "id": claim.identifier}
    document = {"purpose": PURPOSE, "salt": fresh_nonce(), "case": PURPOSE, "officer": AUTOMATIC, "subject": subject, **what}
    (response,) = handle([signed_arrival(signer, agreement=policy.agreement, method=method.lower(), document=document)])
    if response.status >= _OURS_TO_MEND:
        raise Unavailable("The register does not answer now.")
    read: dict[str, Any] = json.loads(response.body)
    return read if response.status == 200 else {}
