"""Which cases the city has lived through already, so that every outcome can be looked at: data, no steps."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from exchange.demonstration.building.plans.plan import in_both


@dataclass(frozen=True)
class Story:
    """One case of a named resident (key) and how it goes.

    `outage`: the dataset that does not answer at first. `provides` and `disputes`: what the citizen says, by requirement.
    `appeal`: the citizen's words when the decision is not accepted; `review` the reason of the officer who upholds it, for
    the benefits `granted_on_review`.
    """

    resident: str
    matter: str = "M04"
    outage: str = ""
    provides: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    disputes: Mapping[str, str] = field(default_factory=dict)
    appeal: str = ""
    review: str = ""
    granted_on_review: tuple[str, ...] = ()


STORIES = (
    Story("young_man_with_care_allowance"),
    Story("woman_without_account", provides={"other_account": {"bank": "锦城社区银行", "number": "1200000000005514"}}),
    Story("holder_of_expired_certificate"),
    Story("holder_of_incomplete_certificate"),
    Story("woman_whose_office_was_down", outage="R14"),
    Story(
        "man_with_outdated_grade",
        disputes={
            "grade_severe": in_both(
                "今年六月已重新评定为二级，登记还没有更新。",
                "I was assessed again in June: it is grade 2 now.",
            )
        },
    ),
    Story(
        "man_who_objected",
        appeal=in_both(
            "街道上周已经续办了低收入认定，请再核对一次。",
            "The street office renewed our recognition last week. Please look again.",
        ),
        review=in_both(
            "已核对续办的低收入认定决定，认定一直有效，只是登记未及时更新。",
            "The renewed decision was seen: the recognition never lapsed, only the register was late.",
        ),
        granted_on_review=("living_allowance",),
    ),
    Story("man_who_moved_away_at_85", matter="M13"),
)
"""The tour's resident has none: her case begins when somebody takes the tour."""
