"""Agreements that were in force and are not any more: one suspended, one revoked."""

from __future__ import annotations

from exchange.demonstration.building.plans.plan import Goal, Plan, in_both

ENDED = (
    Plan(
        name="pensions",
        requester="HRSS",
        dataset="R01",
        purpose="old_age_allowance",
        reason=in_both(
            "养老待遇资格认证：核验领取人是否健在，免去每年到场认证。",
            "Pension eligibility: is the recipient alive? It spares the yearly visit.",
        ),
        systems=("HRSS-benefits",),
        methods=("VERIFY",),
        facts={"alive": {}},
        goal=Goal.SUSPENDED,
        answer=in_both(
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
        reason=in_both(
            "企业开办试点：核验法定代表人年龄和健在状态。",
            "Pilot for company start-up: age of the legal representative, and whether alive.",
        ),
        systems=("SAMR-registry",),
        methods=("VERIFY",),
        facts={"alive": {}, "age_at_least": {"n": {"in": [18]}}},
        goal=Goal.REVOKED,
        answer=in_both(
            "试点已结束，改由实名认证核验。",
            "The pilot is over; identity verification replaces it.",
        ),
        ground="PURPOSE_ENDED",
        asked=({"fact": "alive", "with": {}}, {"fact": "age_at_least", "with": {"n": 18}}),
    ),
)
