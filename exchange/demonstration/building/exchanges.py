"""Some dozens of real exchanges about invented people, so that the log, the auditor's page and the figures show something."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from audit import trail
from audit.models import EntryIndex
from audit.signers import system_signer
from exchange.demonstration.building import agreeing, sequencing
from exchange.demonstration.building.calling import Reply, call
from exchange.demonstration.building.plans import IN_FORCE, Plan
from exchange.jurisdictions import load_residents

PLAN = {plan.name: plan for plan in IN_FORCE}
_KEY = "system-1"
_MOST_PENDING = 1_000


@dataclass(frozen=True)
class Exchange:
    """One call under a plan's agreement. `who`: keys of named residents, or other identifiers; `change` replaces members of the body."""

    plan: str
    method: str
    who: tuple[str, ...]
    refused: str = ""
    system: str = ""
    change: tuple[tuple[str, Any], ...] = ()

    @property
    def caller(self) -> str:
        """The code of the system that calls: the last of the agreement's, unless another is named."""
        return self.system or PLAN[self.plan].systems[-1]


def _each(plan: str, method: str, *who: str) -> tuple[Exchange, ...]:
    return tuple(Exchange(plan, method, (key,)) for key in who)


_DISABLED = ("wheelchair_user", "young_man_with_care_allowance", "holder_of_expired_certificate", "holder_of_incomplete_certificate")
_OLD = ("widow_of_83", "man_before_80", "wife_of_man_before_80", "the_deceased", "woman_who_moved_away")
_FAMILY = ("wheelchair_user", "wheelchair_users_son", "wheelchair_users_mother")
_SOFTWARE, _RESTAURANT, _REVOKED_COMPANY = "91510107MB0000019M", "92510107MB0000027D", "91510112MB0000035J"

ANSWERED = (
    *_each("allowances", "verify", *_DISABLED, "man_in_no_other_register"),
    *_each("allowances", "query", *_DISABLED, "man_in_no_other_register"),
    Exchange("allowances", "batch", _DISABLED),
    Exchange("allowances", "batch", _DISABLED[:2], change=(("facts", None),)),
    *_each("old_age", "verify", *_OLD),
    Exchange("old_age", "batch", _OLD),
    *_each("rental_income", "verify", *_FAMILY, "man_in_no_other_register"),
    *_each("rental_income", "query", "wheelchair_user"),
    *_each("adapted_cars", "verify", "wheelchair_user", "young_man_with_care_allowance"),
    *_each("adapted_cars", "query", "holder_of_expired_certificate", "young_man_with_care_allowance"),
    *_each("own_rows", "query", "wheelchair_user"),
    *_each("vehicles", "verify", *("company_owner",) * 3, "company_owners_wife", "driver_with_twelve_points"),
    Exchange("vehicles", "verify", ("company_owner",), refused="FACT_LIMIT"),
    *_each("employers", "verify", _SOFTWARE, _RESTAURANT, _REVOKED_COMPANY),
    *_each("employers", "query", _SOFTWARE, _REVOKED_COMPANY),
    *_each("pensions", "verify", "widow_of_83", "the_deceased"),
    *_each("representatives", "verify", "company_owner", "disqualified_representative"),
    *_each("old_age_deaths", "verify", "the_deceased", "widow_of_83"),
    *_each("binding_names", "verify", "wheelchair_user", "widow_of_83"),
    *_each("binding_phones", "query", "wheelchair_user"),
)
"""Before any agreement ends."""

REFUSED = (
    Exchange("pensions", "verify", ("man_before_80",), refused="SUSPENDED"),
    Exchange("representatives", "verify", ("restaurant_owner",), refused="REVOKED"),
    Exchange("representatives", "verify", ("company_owner",), refused="REVOKED"),
    Exchange("allowances", "query", ("wheelchair_user",), refused="PURPOSE_NOT_AGREED", change=(("purpose", "public_rental_housing"),)),
    Exchange("allowances", "query", ("wheelchair_user",), refused="CASE_REQUIRED", change=(("case", None),)),
    Exchange("allowances", "query", ("wheelchair_user",), refused="NO_AGREEMENT", system="HSG-rental"),
    Exchange("old_age", "query", ("widow_of_83",), refused="METHOD_NOT_AGREED"),
    Exchange(
        "old_age",
        "verify",
        ("widow_of_83",),
        refused="FACT_PARAMETER",
        change=(("facts", [{"fact": "age_at_least", "with": {"n": 18}}]),),
    ),
    Exchange(
        "rental_income", "verify", ("wheelchair_user",), refused="FACT_NOT_AGREED", change=(("facts", [{"fact": "valid", "with": {}}]),)
    ),
)
"""After the showpieces have ended."""


def exchange() -> None:
    """Do what is not yet in the log; an earlier run is continued where it broke off."""
    done = EntryIndex.objects.filter(type__in=["exchange", "refusal"]).count()
    if done >= len(ANSWERED) + len(REFUSED):
        return
    _do(ANSWERED[done:], first=done)
    agreeing.end_showpieces()
    _do(REFUSED[max(0, done - len(ANSWERED)) :], first=max(done, len(ANSWERED)))


def _do(exchanges: Iterable[Exchange], *, first: int) -> None:
    for number, planned in enumerate(exchanges, start=first):
        if trail.backlog().count > _MOST_PENDING:
            sequencing.sequence_all()
        perform(planned, case=f"DEMO-{number + 1:04d}")


def perform(planned: Exchange, *, case: str) -> Reply:
    """Make one planned call under the requester's reference `case`."""
    plan = PLAN[planned.plan]
    signer = system_signer(f"{planned.caller}/{_KEY}")
    return call(signer, agreeing.agreement_of(plan).agreement_id, planned.method, body(planned, plan, case=case))


def body(planned: Exchange, plan: Plan, *, case: str) -> dict[str, Any]:
    """The members of the call's body, but for its salt."""
    subjects = [_identifier(key) for key in planned.who]
    members: dict[str, Any] = {"purpose": plan.purpose, "case": case, "officer": "automatic"}
    members |= {"subjects": subjects} if planned.method == "batch" else {"subject": subjects[0]}
    if planned.method != "query" and plan.asked:
        members["facts"] = list(plan.asked)
    members |= dict(planned.change)
    return {name: value for name, value in members.items() if value is not None}


def _identifier(key: str) -> str:
    """The identifier of a named resident, or what was given."""
    resident: Mapping[str, Any] | None = _residents().get(key)
    return str(resident["identifiers"][0]["id"]) if resident else key


@cache
def _residents() -> dict[str, dict[str, Any]]:
    return load_residents()
