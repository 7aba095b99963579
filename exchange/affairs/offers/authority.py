"""Under which agreements a run lists and asks: always ones that stand in the signed acts, never ones that a row names."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from audit import acts
from exchange.affairs.gathering.authority import Lead
from exchange.affairs.offers.checks import Check
from exchange.affairs.rules.matter import Proactive
from exchange.delivery.deliver import current_policies
from exchange.sharing.policy import Method, Policy, has_agreed


def list_policy(proactive: Proactive, lead: Lead) -> Policy | None:
    """The agreement by which the list is given; None where there is none. One that is over counts where no other is open,
    so that its own refusal is recorded."""
    return _best(lead, proactive.dataset, proactive.purpose, lambda policy: Method.EXPORT in policy.methods)


def batch_policy(dataset: str, purpose: str, checks: Sequence[Check], lead: Lead) -> Policy | None:
    """The agreement by which these facts are asked of many at once, about every row: a filter would turn a NO into UNKNOWN."""

    def answers(policy: Policy) -> bool:
        agreed = all(has_agreed(policy, check.source.fact, check.source.parameters) for check in checks)
        return Method.BATCH in policy.methods and not policy.row_filter and agreed

    return _best(lead, dataset, purpose, answers)


def _best(lead: Lead, dataset: str, purpose: str, answers: Callable[[Policy], bool]) -> Policy | None:
    fitting = [
        policy
        for policy in current_policies(acts.standing()).by_agreement.values()
        if policy.requester == lead.department
        and policy.dataset == dataset
        and lead.system in policy.systems
        and purpose in policy.purposes
        and answers(policy)
    ]
    return min(fitting, key=_preference, default=None)


def _preference(policy: Policy) -> tuple[bool, int, int, str]:
    """One in force, of the fewest items, with the widest quota: a run asks about many in one minute."""
    most = policy.per_minute if policy.per_minute is not None else 2**53
    return policy.state != "IN_FORCE", len(policy.items), -most, policy.agreement
