"""Agreements under which the hub gathers evidence for citizens' cases, and binds accounts to people."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from exchange.demonstration.building.plans.plan import Plan, in_both

_A_CASE: Mapping[str, Any] = {"per_day": 500_000, "per_minute": 20_000, "fact_answers": 30, "fact_days": 30}
"""Many people a day, each asked about a few times: a question repeated without end is no case."""

_BINDING: Mapping[str, Any] = {"per_day": 50_000, "per_minute": 600, "fact_answers": 30, "fact_days": 30}

_CAB = ("CAB-affairs",)
_TYPES = ("visual", "hearing", "speech", "physical", "intellectual", "mental", "multiple")

CASES = (
    Plan(
        name="case_certificates",
        requester="CAB",
        dataset="R14",
        purpose="disability_allowance",
        reason=in_both(
            "申请人明示请求后，由政务服务系统核验残疾人证，申请人不提交任何材料。",
            "At a citizen's explicit request the case itself checks the certificate; the citizen hands in nothing.",
        ),
        systems=_CAB,
        methods=("VERIFY", "BATCH"),
        facts={"valid": {}, "grade_in": {"grades": {"in": [1, 2, 3, 4]}}, "type_in": {"types": {"in": list(_TYPES)}}},
        limits=_A_CASE,
        asked=({"fact": "valid", "with": {}}, {"fact": "grade_in", "with": {"grades": [1, 2]}}),
    ),
    Plan(
        name="case_low_income",
        requester="CAB",
        dataset="R13",
        purpose="OWNER_CHECK",
        reason=in_both(
            "办件中核对本部门低收入家庭认定，与其他部门的核验一样留痕。",
            "In a case we look at our own recognition of low-income families; it leaves a trace like any other.",
        ),
        systems=_CAB,
        methods=("VERIFY",),
        facts={"low_income_family": {}},
        limits=_A_CASE,
        asked=({"fact": "low_income_family", "with": {}},),
    ),
    Plan(
        name="case_accounts",
        requester="CAB",
        dataset="R22",
        purpose="disability_allowance",
        reason=in_both(
            "残疾人两项补贴发放：只取开户银行和卡号后四位，供申请人确认。",
            "To pay the disability allowances: the bank and four digits only, so that the citizen recognises the card.",
        ),
        systems=_CAB,
        methods=("VERIFY", "QUERY"),
        items=("bank", "last_four"),
        facts={"payout_account_on_file": {}},
        limits=_A_CASE,
        asked=({"fact": "payout_account_on_file", "with": {}},),
    ),
    Plan(
        name="old_age_accounts",
        requester="CAB",
        dataset="R22",
        purpose="old_age_allowance",
        reason=in_both(
            "高龄津贴发放：只取开户银行和卡号后四位，供本人确认。",
            "To pay the old-age allowance: the bank and four digits only, so that the citizen recognises the card.",
        ),
        systems=_CAB,
        methods=("VERIFY", "QUERY", "BATCH"),
        items=("bank", "last_four"),
        facts={"payout_account_on_file": {}},
        limits=_A_CASE,
        asked=({"fact": "payout_account_on_file", "with": {}},),
    ),
    Plan(
        name="old_age_cases",
        requester="CAB",
        dataset="R01",
        purpose="old_age_allowance",
        reason=in_both(
            "高龄津贴办件：核验是否年满80周岁、是否本市户籍、是否健在。",
            "Cases of the old-age allowance: 80 or older, resident of the city, alive?",
        ),
        systems=_CAB,
        methods=("VERIFY", "BATCH"),
        facts={"age_at_least": {"n": {"in": [80]}}, "resident_in_city": {}, "alive": {}},
        limits=_A_CASE,
        asked=(
            {"fact": "age_at_least", "with": {"n": 80}},
            {"fact": "resident_in_city", "with": {}},
            {"fact": "alive", "with": {}},
        ),
    ),
    Plan(
        name="old_age_list",
        requester="CAB",
        dataset="R01",
        purpose="old_age_allowance",
        reason=in_both(
            "高龄津贴免申即享：每月取得本市年满80周岁户籍居民的身份号码，其他信息一概不取。",
            "Old-age allowance without application: each month the numbers of registered residents of 80 and over, and nothing else.",
        ),
        systems=_CAB,
        methods=("EXPORT",),
        items=("person",),
        row_filter={"registration": {"in": ["registered"]}, "birth_date": {"years_at_least": 80}},
        limits=_A_CASE,
    ),
    Plan(
        name="old_age_deaths",
        requester="CAB",
        dataset="R05",
        purpose="old_age_allowance",
        reason=in_both(
            "高龄津贴停发：核验领取人是否已死亡，不再要求每年证明健在。",
            "The old-age allowance ends at death: no proof of life is asked for, the register is.",
        ),
        systems=_CAB,
        methods=("VERIFY", "BATCH"),
        facts={"deceased": {}},
        limits=_A_CASE,
        asked=({"fact": "deceased", "with": {}},),
    ),
    Plan(
        name="binding_names",
        requester="DATA",
        dataset="R01",
        purpose="account_binding",
        reason=in_both(
            "本人绑定账户：核验所填姓名与公民身份号码是否相符。",
            "Binding an account: do the name and the identity number that a person typed belong together?",
        ),
        systems=("DATA-affairs",),
        methods=("VERIFY",),
        facts={"name_is": {"name": {"text": 100}}},
        limits=_BINDING,
        asked=({"fact": "name_is", "with": {"name": "罗晓梅"}},),
    ),
    Plan(
        name="binding_phones",
        requester="DATA",
        dataset="R24",
        purpose="account_binding",
        reason=in_both(
            "本人绑定账户：向实名登记的手机号发送一次性验证码，号码不作他用。",
            "Binding an account: the code goes to the phone that was registered at a counter; the number serves nothing else.",
        ),
        systems=("DATA-affairs",),
        methods=("QUERY",),
        items=("phone",),
        limits=_BINDING,
    ),
)
