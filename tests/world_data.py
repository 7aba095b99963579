"""The data of tests/world.py: invented people, well-formed identifiers, two small datasets."""

from __future__ import annotations

from typing import Any

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def resident(number: int) -> str:
    """A well-formed resident identity number (GB 11643-1999) of Jintang county, whose code never changed."""
    digits = f"510121{1950 + number % 50}0{1 + number % 9}15{number % 1000:03d}"
    total = sum(weight * int(digit) for weight, digit in zip(_WEIGHTS, digits, strict=True))
    return digits + "10X98765432"[total % 11]


SUBJECTS = [resident(number) for number in range(1, 21)]
UNKNOWN_SUBJECT = resident(777)

DEPARTMENTS: dict[str, dict[str, str]] = {
    "DATA": {"en": "Data Bureau", "zh": "数据局"},
    "DPF": {"en": "Disabled Persons' Federation", "zh": "残疾人联合会"},
    "CAB": {"en": "Civil Affairs Bureau", "zh": "民政局"},
    "HSG": {"en": "Housing Bureau", "zh": "住房和城乡建设局"},
}
SYSTEMS = ("CAB-relief", "DPF-register", "HSG-rental")

PEOPLE: dict[str, tuple[str, str]] = {
    "authority_admin": ("DATA", "ADMINISTRATOR"),
    "reviewer": ("DATA", "REVIEWER"),
    "second_reviewer": ("DATA", "REVIEWER"),
    "auditor": ("DATA", "AUDITOR"),
    "owner_admin": ("DPF", "ADMINISTRATOR"),
    "publisher": ("DPF", "PUBLISHER"),
    "steward": ("DPF", "PUBLISHER"),
    "approver": ("DPF", "OFFICER"),
    "owner_officer": ("DPF", "OFFICER"),
    "requester_admin": ("CAB", "ADMINISTRATOR"),
    "asker": ("CAB", "OFFICER"),
    "signer": ("CAB", "OFFICER"),
    "outsider": ("HSG", "OFFICER"),
}

PURPOSE: dict[str, Any] = {
    "code": "disability_allowance",
    "title": {"en": "Disability allowances", "zh": "残疾人两项补贴"},
    "legal_basis": {
        "text": {"en": "Opinions on allowances for disabled persons", "zh": "关于残疾人两项补贴制度的意见"},
        "article": "Part 2",
    },
}
OWNER_CHECK: dict[str, Any] = {
    "code": "OWNER_CHECK",
    "title": {"en": "A department looks at its own rows", "zh": "本部门核对自有数据"},
    "legal_basis": {"text": {"en": "Data Security Law", "zh": "数据安全法"}, "article": "Article 27"},
}

_LAW = {"text": {"en": "Law on the Protection of Disabled Persons", "zh": "残疾人保障法"}, "article": "Article 2"}


def _item(name: str, type_name: str, sensitivity: int, sharing: str, **more: Any) -> dict[str, Any]:
    title = {"en": name.replace("_", " ").capitalize(), "zh": f"{name}（中文）"}
    return {
        "name": name,
        "type": type_name,
        "title": title,
        "sensitivity": sensitivity,
        "sharing_attribute": sharing,
        "required": True,
        **more,
    }


CONDITIONAL: dict[str, Any] = {
    "code": "R14",
    "name": "disability_certificate",
    "title": {"en": "Disability certificates", "zh": "残疾人证"},
    "description": {"en": "One row a person.", "zh": "每人一行。"},
    "provider": "DPF",
    "major": 1,
    "update_frequency": "DAILY",
    "sharing_attribute": "CONDITIONAL",
    "open": False,
    "store": {"kind": "hosted"},
    "legal_basis": _LAW,
    "subjects": [{"item": "person", "kind": "person"}],
    "items": [
        _item("person", "identifier", 3, "CONDITIONAL", identifier="person", unique=True),
        _item("type", "code", 4, "CONDITIONAL", code_list="disability_type"),
        _item("grade", "integer", 4, "CONDITIONAL", minimum=1, maximum=4),
        _item("valid_until", "date", 3, "CONDITIONAL"),
        _item("diagnosis", "text", 4, "NOT_SHARED"),
    ],
    "key": ["person"],
    "column_mapping": {"person": "身份证号", "type": "残疾类别", "grade": "残疾等级", "valid_until": "有效期至", "diagnosis": "诊断"},
    "code_lists": {
        "disability_type": [
            {"code": "visual", "title": {"en": "Visual", "zh": "视力"}},
            {"code": "mental", "title": {"en": "Mental", "zh": "精神"}},
        ]
    },
    "facts": [
        {
            "name": "valid",
            "title": {"en": "Holds a valid certificate", "zh": "是否持有有效残疾人证"},
            "parameters": [],
            "expression": {"op": "date_on_or_after", "item": "valid_until"},
            "when_absent": "NO",
            "valid_days": 30,
        },
        {
            "name": "grade_in",
            "title": {"en": "The grade is one of these", "zh": "残疾等级是否在所列范围内"},
            "parameters": [{"name": "grades", "type": "integer_list", "minimum": 1, "maximum": 4, "title": {"en": "Grades", "zh": "等级"}}],
            "expression": {"op": "in", "item": "grade", "parameter": "grades"},
            "when_absent": "NO",
            "valid_days": 30,
        },
    ],
}

UNCONDITIONAL: dict[str, Any] = {
    **CONDITIONAL,
    "code": "R90",
    "name": "aid_station",
    "title": {"en": "Aid stations", "zh": "辅具服务站"},
    "description": {"en": "One row a station.", "zh": "每站一行。"},
    "sharing_attribute": "UNCONDITIONAL",
    "subjects": [{"item": "community", "kind": "division_code"}],
    "items": [
        _item("community", "identifier", 1, "UNCONDITIONAL", identifier="division_code", unique=True),
        _item("name", "text", 1, "UNCONDITIONAL"),
        _item("beds", "integer", 2, "UNCONDITIONAL", minimum=0, maximum=10_000),
    ],
    "key": ["community"],
    "column_mapping": {"community": "社区代码", "name": "名称", "beds": "床位"},
    "code_lists": {},
    "facts": [
        {
            "name": "beds_at_least",
            "title": {"en": "Has at least so many beds", "zh": "床位是否达到"},
            "parameters": [{"name": "n", "type": "integer", "minimum": 0, "maximum": 10_000, "title": {"en": "Beds", "zh": "床位"}}],
            "expression": {"op": "ge", "item": "beds", "parameter": "n"},
            "when_absent": "NO",
            "valid_days": 30,
        }
    ],
}

COMMUNITIES = ["510104017001", "510104017002", "510104020003"]

CONDITIONAL_ROWS = "身份证号,残疾类别,残疾等级,有效期至,诊断\n" + "".join(
    f"{subject},{'visual' if place % 2 else 'mental'},{1 + place % 4},{'2031-12-31' if place % 5 else '2020-12-31'},诊断{place}\n"
    for place, subject in enumerate(SUBJECTS)
)
UNCONDITIONAL_ROWS = "社区代码,名称,床位\n" + "".join(f"{code},第{place}站,{10 * place}\n" for place, code in enumerate(COMMUNITIES, 1))

# What the request of the world asks for.
TERMS: dict[str, Any] = {
    "items": ["grade", "valid_until"],
    "facts": {"valid": {}, "grade_in": {"grades": {"in": [1, 2]}}},
    "methods": ["VERIFY", "QUERY", "BATCH"],
    "systems": ["CAB-relief"],
    "fact_answers": 1000,
    "monthly_subjects": 500,
    "justifications": {
        f"{kind}.{name}": "The allowance depends on it."
        for kind, name in (
            *(("items", item) for item in ("person", "type", "grade", "valid_until", "community", "name", "beds")),
            *(("facts", fact) for fact in ("valid", "grade_in", "beds_at_least")),
        )
    },
}

# What the whole request of the world says beside its purpose.
WORDS: dict[str, Any] = {
    "title": "Allowances without papers",
    "reason": "Allowances are decided without papers.",
    "recipients": "Officers who decide allowances.",
    "contact_office": "Relief office",
    "contact_telephone": "028-5550 0100",
}
