"""Under which agreement a question is asked: always one that stands in the signed acts, never one that a row names."""

from __future__ import annotations

from dataclasses import dataclass

from audit.proof.acts import Standing
from audit.proof.acts.scope import OWNER_CHECK
from exchange.affairs.rules import Asking
from exchange.delivery.deliver import current_policies
from exchange.sharing.policy import Method, Policy, has_agreed

IN_FORCE = "IN_FORCE"
NO_AGREEMENT, NOT_SHARED = "NO_AGREEMENT", "NOT_SHARED"


@dataclass(frozen=True)
class Lead:
    """Who asks: the department that leads the matter, with its own system and the key that the hub holds for it."""

    department: str

    @property
    def system(self) -> str:
        """The system of the department's own cases (protocol, section 2)."""
        return f"{self.department}-affairs"

    @property
    def keyid(self) -> str:
        """The key that signs for it."""
        return f"{self.system}/system-1"


@dataclass(frozen=True)
class Grounds:
    """The agreement to ask under and the purpose to name; without one, the reason why nobody can be asked."""

    policy: Policy | None
    purpose: str = ""
    reason: str = ""
    provider: str = ""


def method_of(asking: Asking) -> Method:
    """A fact is verified, values are queried."""
    return Method.VERIFY if asking.fact else Method.QUERY


def grounds_for(asking: Asking, lead: Lead, standing: Standing, *, today: str) -> Grounds:
    """The narrowest agreement that answers; one that is suspended or over where there is no other, so that its own refusal is recorded."""
    policies = current_policies(standing)
    fitting = [policy for policy in policies.by_agreement.values() if _fits(policy, asking, lead)]
    if not fitting:
        reason = NOT_SHARED if _is_closed(asking.dataset, standing) else NO_AGREEMENT
        return Grounds(None, reason=reason, provider=standing.datasets.get(asking.dataset, ""))
    best = min(fitting, key=lambda policy: (not _is_open(policy, today), not _covers(policy, asking), len(policy.items), policy.agreement))
    return Grounds(best, _purpose(best, asking), provider=best.provider)


def _fits(policy: Policy, asking: Asking, lead: Lead) -> bool:
    return (
        policy.requester == lead.department
        and policy.dataset == asking.dataset
        and lead.system in policy.systems
        and _purpose(policy, asking) in policy.purposes
    )


def _is_closed(dataset: str, standing: Standing) -> bool:
    """Whether the law keeps the whole dataset from being shared."""
    held = standing.versions.get(dataset)
    return held is not None and held.version["sharing_attribute"] == NOT_SHARED


def _purpose(policy: Policy, asking: Asking) -> str:
    """A department's look at its own rows is an OWNER_CHECK, whatever the matter calls it."""
    return OWNER_CHECK if policy.provider == policy.requester else asking.purpose


def _is_open(policy: Policy, today: str) -> bool:
    return policy.state == IN_FORCE and policy.valid_from[:10] <= today <= policy.valid_until[:10]


def _covers(policy: Policy, asking: Asking) -> bool:
    if method_of(asking) not in policy.methods:
        return False
    if asking.fact:
        return has_agreed(policy, asking.fact, asking.parameters)
    return set(asking.items) <= set(policy.items)
