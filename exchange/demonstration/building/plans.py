"""What the city's departments ask of each other, and how far each request has come: something waits for everybody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from exchange.sharing.actions import PartTerms

WIDE: Mapping[str, Any] = {"per_day": 100_000_000, "per_minute": 10_000_000, "fact_answers": 10_000_000, "fact_days": 1}
"""For agreements that scripts and load tests call: no limit that a demonstration would meet."""


class Goal(StrEnum):
    """Where the building leaves a request or its agreement."""

    SUBMITTED = "waits for the authority"
    CHECKED = "waits for the owner"
    RETURNED = "waits for the requester"
    REFUSED = "refused by the owner"
    PROPOSED = "waits for the requester's signature"
    IN_FORCE = "in force"
    SUSPENDED = "suspended by the owner"
    REVOKED = "revoked by the owner"


IS_SIGNED = frozenset({Goal.IN_FORCE, Goal.SUSPENDED, Goal.REVOKED})


@dataclass(frozen=True)
class Plan:
    """One request about one dataset. `reason` is in the requester's own words and different for each: it finds the request again.

    `answer`: what the authority or the owner writes when the goal is not to grant; `ground` its code. `in_scripts`: part of demo.json.
    """

    name: str
    requester: str
    dataset: str
    purpose: str
    reason: str
    systems: tuple[str, ...]
    methods: tuple[str, ...]
    items: tuple[str, ...] = ()
    facts: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    row_filter: Mapping[str, Any] | None = None
    limits: Mapping[str, Any] = field(default_factory=dict)
    goal: Goal = Goal.IN_FORCE
    answer: str = ""
    ground: str = ""
    asked: tuple[Mapping[str, Any], ...] = ()

    @property
    def in_scripts(self) -> bool:
        """Whether demo.json names the agreement: in force, wide, with facts to ask or items to read."""
        return self.goal is Goal.IN_FORCE and self.limits == WIDE

    def terms(self) -> PartTerms:
        """What the part of the request asks for."""
        return PartTerms(
            items=self.items,
            facts=self.facts,
            methods=self.methods,
            systems=self.systems,
            row_filter=self.row_filter,
            **self.limits,
        )


def _in_both(chinese: str, english: str) -> str:
    """What a person wrote, for readers of either language: free text is shown as it is, never translated."""
    return f"{chinese}\n{english}"


_TYPES = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
_TRADES = ("catering", "food_production", "software", "retail", "wholesale")

IN_FORCE = (
    Plan(
        name="allowances",
        requester="CAB",
        dataset="R14",
        purpose="disability_allowance",
        reason=_in_both(
            "两项补贴当场核定：申请人不再提交残疾人证复印件。",
            "To decide both allowances at once: applicants bring no copy of the certificate.",
        ),
        systems=("CAB-affairs", "CAB-relief"),
        methods=("VERIFY", "QUERY", "BATCH"),
        items=("type", "grade"),
        facts={"valid": {}, "grade_in": {"grades": {"in": [1, 2, 3, 4]}}, "type_in": {"types": {"in": list(_TYPES)}}},
        limits=WIDE,
        asked=(
            {"fact": "valid", "with": {}},
            {"fact": "grade_in", "with": {"grades": [1, 2]}},
            {"fact": "type_in", "with": {"types": ["mental", "intellectual"]}},
        ),
    ),
    Plan(
        name="old_age",
        requester="CAB",
        dataset="R01",
        purpose="old_age_allowance",
        reason=_in_both(
            "高龄津贴免申即享：按月核验年龄、户籍和健在状态。",
            "Old-age allowance without application: age, residence and being alive are checked each month.",
        ),
        systems=("CAB-affairs", "CAB-relief"),
        methods=("VERIFY", "BATCH"),
        facts={"age_at_least": {"n": {"min": 60, "max": 100}}, "resident_in_city": {}, "alive": {}},
        limits=WIDE,
        asked=(
            {"fact": "age_at_least", "with": {"n": 80}},
            {"fact": "resident_in_city", "with": {}},
            {"fact": "alive", "with": {}},
        ),
    ),
    Plan(
        name="rental_income",
        requester="HSG",
        dataset="R13",
        purpose="public_rental_housing",
        reason=_in_both(
            "公租房优先配租：核验申请家庭是否为低收入家庭。",
            "Priority for public rental housing: is the family recognised as low-income?",
        ),
        systems=("HSG-affairs", "HSG-rental"),
        methods=("VERIFY", "QUERY", "BATCH"),
        items=("recognised_from", "until"),
        facts={"low_income_family": {}},
        limits=WIDE,
        asked=({"fact": "low_income_family", "with": {}},),
    ),
    Plan(
        name="adapted_cars",
        requester="PSB",
        dataset="R14",
        purpose="licence_renewal",
        reason=_in_both(
            "C5驾驶证换证：仅限肢体、听力残疾人员，其他类别不予查询。",
            "Renewal of licences for adapted cars: physical and hearing disability only, no other type is looked up.",
        ),
        systems=("PSB-affairs", "PSB-traffic"),
        methods=("VERIFY", "QUERY"),
        items=("type", "valid_until"),
        facts={"valid": {}, "type_in": {"types": {"in": ["physical", "hearing"]}}},
        row_filter={"type": {"in": ["physical", "hearing"]}},
        limits=WIDE,
        asked=({"fact": "valid", "with": {}}, {"fact": "type_in", "with": {"types": ["physical"]}}),
    ),
    Plan(
        name="own_rows",
        requester="CAB",
        dataset="R13",
        purpose="OWNER_CHECK",
        reason=_in_both(
            "核对本部门低收入家庭认定数据，每次查看均留痕。",
            "To check our own records of low-income families; each look leaves its trace.",
        ),
        systems=("CAB-relief",),
        methods=("QUERY", "BATCH"),
        items=("household", "recognised_from", "until"),
    ),
    Plan(
        name="vehicles",
        requester="HSG",
        dataset="R16",
        purpose="public_rental_housing",
        reason=_in_both(
            "公租房准入：核验车辆总价值是否超过上限，不取得任何金额。",
            "Admission to public rental housing: are the vehicles worth more than the limit? We never see an amount.",
        ),
        systems=("HSG-affairs", "HSG-rental"),
        methods=("VERIFY", "BATCH"),
        facts={"vehicle_value_at_most": {"x": {"min": 50_000, "max": 200_000}}},
        asked=({"fact": "vehicle_value_at_most", "with": {"x": 100_000}},),
    ),
    Plan(
        name="employers",
        requester="HRSS",
        dataset="R15",
        purpose="company_startup",
        reason=_in_both(
            "企业开办同步办理社保登记：按常设授权核验主体状态。",
            "Social security registration with a company's start-up: its status, under the standing offer.",
        ),
        systems=("HRSS-affairs", "HRSS-benefits"),
        methods=("VERIFY", "QUERY", "BATCH"),
        items=("name", "kind", "status"),
        facts={"entity_active": {}, "scope_includes": {"x": {"in": list(_TRADES)}}},
        asked=({"fact": "entity_active", "with": {}}, {"fact": "scope_includes", "with": {"x": "catering"}}),
    ),
    Plan(
        name="pensions",
        requester="HRSS",
        dataset="R01",
        purpose="old_age_allowance",
        reason=_in_both(
            "养老待遇资格认证：核验领取人是否健在，免去每年到场认证。",
            "Pension eligibility: is the recipient alive? It spares the yearly visit.",
        ),
        systems=("HRSS-benefits",),
        methods=("VERIFY",),
        facts={"alive": {}},
        goal=Goal.SUSPENDED,
        answer=_in_both(
            "发现该系统在非工作时段批量核验，暂停至说明原因为止。",
            "This system asked in bulk outside working hours; suspended until that is explained.",
        ),
        ground="MISUSE_SUSPECTED",
        asked=({"fact": "alive", "with": {}},),
    ),
    Plan(
        name="representatives",
        requester="SAMR",
        dataset="R01",
        purpose="company_startup",
        reason=_in_both(
            "企业开办试点：核验法定代表人年龄和健在状态。",
            "Pilot for company start-up: age of the legal representative, and whether alive.",
        ),
        systems=("SAMR-registry",),
        methods=("VERIFY",),
        facts={"alive": {}, "age_at_least": {"n": {"in": [18]}}},
        goal=Goal.REVOKED,
        answer=_in_both(
            "试点已结束，改由实名认证核验。",
            "The pilot is over; identity verification replaces it.",
        ),
        ground="PURPOSE_ENDED",
        asked=({"fact": "alive", "with": {}}, {"fact": "age_at_least", "with": {"n": 18}}),
    ),
)

WAITING = (
    Plan(
        name="restaurant_owners",
        requester="SAMR",
        dataset="R01",
        purpose="restaurant_opening",
        reason=_in_both(
            "开办餐饮店：核验经营者是否成年、是否健在。",
            "Restaurant opening: is the operator of age and alive?",
        ),
        systems=("SAMR-affairs",),
        methods=("VERIFY",),
        facts={"age_at_least": {"n": {"in": [18]}}, "alive": {}},
        goal=Goal.SUBMITTED,
    ),
    Plan(
        name="household_size",
        requester="HSG",
        dataset="R01",
        purpose="public_rental_housing",
        reason=_in_both(
            "公租房户型核定：核验家庭户人数。",
            "Size of the rental flat: how many people the household has.",
        ),
        systems=("HSG-affairs", "HSG-rental"),
        methods=("VERIFY",),
        facts={"household_size_at_least": {"n": {"min": 1, "max": 8}}, "resident_in_city": {}},
        goal=Goal.CHECKED,
    ),
    Plan(
        name="disabled_founders",
        requester="SAMR",
        dataset="R14",
        purpose="company_startup",
        reason=_in_both(
            "残疾人自主创业免收登记费：核验是否持有有效残疾人证。",
            "Disabled founders pay no registration fee: is the certificate valid?",
        ),
        systems=("SAMR-affairs",),
        methods=("VERIFY",),
        facts={"valid": {}},
        goal=Goal.CHECKED,
    ),
    Plan(
        name="many_employers",
        requester="HRSS",
        dataset="R15",
        purpose="company_startup",
        reason=_in_both(
            "全市用人单位参保比对：每日用量超出常设授权，请单独审批。",
            "Comparison of all employers with the insured: more calls a day than the standing offer allows, so please decide on it.",
        ),
        systems=("HRSS-benefits",),
        methods=("BATCH",),
        items=("status", "registered_on"),
        limits={"per_day": 1_000_000, "per_minute": 6_000},
        goal=Goal.CHECKED,
    ),
    Plan(
        name="benefit_grades",
        requester="HRSS",
        dataset="R14",
        purpose="company_startup",
        reason=_in_both(
            "创业补贴发放参考。",
            "For reference when paying start-up subsidies.",
        ),
        systems=("HRSS-benefits",),
        methods=("QUERY",),
        items=("type", "grade", "issued_on"),
        goal=Goal.RETURNED,
        answer=_in_both(
            "请说明创业补贴为何需要残疾等级；如只需核验是否持证，请改用核验事实 valid。",
            "Say why a start-up subsidy needs the grade; if it is only whether there is a certificate, ask for the fact `valid` instead.",
        ),
    ),
    Plan(
        name="allowance_vehicles",
        requester="CAB",
        dataset="R16",
        purpose="disability_allowance",
        reason=_in_both(
            "困难残疾人生活补贴：核验车辆总价值是否超过上限。",
            "Living allowance for disabled persons: are the vehicles worth more than the limit?",
        ),
        systems=("CAB-affairs", "CAB-relief"),
        methods=("VERIFY",),
        facts={"vehicle_value_at_most": {"x": {"min": 50_000, "max": 150_000}}},
        goal=Goal.PROPOSED,
    ),
    Plan(
        name="landlords",
        requester="HSG",
        dataset="R15",
        purpose="public_rental_housing",
        reason=_in_both(
            "单位集体租赁公租房：核验承租单位是否存续。",
            "Flats rented by employers for their staff: is the employer active?",
        ),
        systems=("HSG-rental",),
        methods=("VERIFY", "QUERY"),
        items=("name", "status"),
        facts={"entity_active": {}},
        goal=Goal.PROPOSED,
    ),
    Plan(
        name="poor_drivers",
        requester="PSB",
        dataset="R13",
        purpose="licence_renewal",
        reason=_in_both(
            "换证窗口了解申请人家庭经济情况。",
            "The counter for licences would like to know the family's means.",
        ),
        systems=("PSB-traffic",),
        methods=("QUERY",),
        items=("household", "recognised_from", "until"),
        goal=Goal.REFUSED,
        answer=_in_both(
            "驾驶证期满换证不需要家庭经济情况，超出使用用途所需的最小范围。",
            "Renewing a licence does not need the family's means: it is more than the purpose needs.",
        ),
        ground="BEYOND_PURPOSE",
    ),
)

PLANS = (*IN_FORCE, *WAITING)
