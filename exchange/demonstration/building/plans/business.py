"""Agreements in force for the departments' daily business; scripts and load tests call the wide ones."""

from __future__ import annotations

from exchange.demonstration.building.plans.plan import WIDE, Plan, in_both

_TYPES = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")
_TRADES = ("catering", "food_production", "software", "retail", "wholesale")

BUSINESS = (
    Plan(
        name="allowances",
        requester="CAB",
        dataset="R14",
        purpose="disability_allowance",
        reason=in_both(
            "两项补贴当场核定：申请人不再提交残疾人证复印件。",
            "To decide both allowances at once: applicants bring no copy of the certificate.",
        ),
        systems=("CAB-relief",),
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
        name="allowances_export",
        requester="CAB",
        dataset="R14",
        purpose="disability_allowance",
        reason=in_both(
            "两项补贴年度复核：整批下发一、二级重度残疾人证件信息，逐条留痕。",
            "The yearly review of both allowances: the certificates of grades 1 and 2 as one export, in the log like every call.",
        ),
        systems=("CAB-relief",),
        methods=("EXPORT",),
        items=("person", "type", "grade", "valid_until"),
        row_filter={"grade": {"in": [1, 2]}},
        limits={"per_day": 1_000_000, "per_minute": 1_000_000},
    ),
    Plan(
        name="old_age",
        requester="CAB",
        dataset="R01",
        purpose="old_age_allowance",
        reason=in_both(
            "高龄津贴免申即享：按月核验年龄、户籍和健在状态。",
            "Old-age allowance without application: age, residence and being alive are checked each month.",
        ),
        systems=("CAB-relief",),
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
        reason=in_both(
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
        reason=in_both(
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
        reason=in_both(
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
        reason=in_both(
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
        reason=in_both(
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
        name="burials",
        requester="HRSS",
        dataset="R25",
        purpose="after_death_service",
        reason=in_both(
            "身后一件事：早年安葬只有纸质登记，由民政部门人工查阅簿册答复。",
            "After-death joint service: old burials stand in a book only, and an officer of Civil Affairs looks them up.",
        ),
        systems=("HRSS-benefits",),
        methods=("QUERY",),
        items=("buried_on", "volume"),
        limits={"per_day": 50, "per_minute": 10},
    ),
)
