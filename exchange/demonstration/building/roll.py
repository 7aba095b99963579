"""Who works in the city's departments, and their systems. Every name is invented."""

from __future__ import annotations

from dataclasses import dataclass

from exchange.accounts.models import Role

ADMINISTRATOR = "administrator"
ASKER = "officer"
APPROVER = "officer-2"
PUBLISHER = "publisher"
_ROLES = {ADMINISTRATOR: Role.ADMINISTRATOR, ASKER: Role.OFFICER, APPROVER: Role.OFFICER, PUBLISHER: Role.PUBLISHER}


@dataclass(frozen=True, slots=True)
class Employee:
    """One person who signs in: for which department, in which role, and how they are called."""

    username: str
    department: str
    role: Role
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class Machine:
    """One system of a department that calls the hub."""

    code: str
    department: str
    names: dict[str, str]


def _staff(department: str, *names: str) -> tuple[Employee, ...]:
    """The four of a department that takes part; a name is written as `Chinese|English`."""
    return tuple(
        _employee(f"{department.lower()}-{post}", department, role, name) for (post, role), name in zip(_ROLES.items(), names, strict=True)
    )


def _employee(username: str, department: str, role: Role, name: str) -> Employee:
    chinese, _, english = name.partition("|")
    return Employee(username, department, role, {"en": english, "zh": chinese})


AUTHORITY_ADMINISTRATOR = "data-administrator"
REVIEWER = "data-reviewer"

EMPLOYEES = (
    _employee(AUTHORITY_ADMINISTRATOR, "DATA", Role.ADMINISTRATOR, "林知远|Lin Zhiyuan"),
    _employee(REVIEWER, "DATA", Role.REVIEWER, "苏文静|Su Wenjing"),
    _employee("data-reviewer-2", "DATA", Role.REVIEWER, "邓子谦|Deng Ziqian"),
    _employee("auditor", "DATA", Role.AUDITOR, "高明澈|Gao Mingche"),
    _employee("data-officer", "DATA", Role.OFFICER, "白露|Bai Lu"),
    *_staff("CAB", "方建国|Fang Jianguo", "唐小雨|Tang Xiaoyu", "谢国安|Xie Guoan", "叶青|Ye Qing"),
    _employee("cab-clerk", "CAB", Role.CLERK, "陆小曼|Lu Xiaoman"),
    *_staff("DPF", "彭丽华|Peng Lihua", "秦朗|Qin Lang", "范秀英|Fan Xiuying", "丁一鸣|Ding Yiming"),
    _employee("dpf-clerk", "DPF", Role.CLERK, "温和|Wen He"),
    *_staff("PSB", "袁刚|Yuan Gang", "曹雪松|Cao Xuesong", "潘志强|Pan Zhiqiang", "钟灵|Zhong Ling"),
    *_staff("HSG", "沈从容|Shen Congrong", "夏雨荷|Xia Yuhe", "田野|Tian Ye", "任晓东|Ren Xiaodong"),
    *_staff("SAMR", "姜涛|Jiang Tao", "范明月|Fan Mingyue", "石磊|Shi Lei", "薛宁|Xue Ning"),
    *_staff("HRSS", "贺兰|He Lan", "龚正|Gong Zheng", "文静怡|Wen Jingyi", "汪洋|Wang Yang"),
    *_staff("HC", "白杨|Bai Yang", "秦岭|Qin Ling", "江晚晴|Jiang Wanqing", "邵华|Shao Hua"),
    *_staff("MIA", "毛志远|Mao Zhiyuan", "柳青|Liu Qing", "康乐|Kang Le", "尹小平|Yin Xiaoping"),
)

_BUSINESS = (
    Machine("CAB-relief", "CAB", {"en": "Social relief", "zh": "社会救助系统"}),
    Machine("DPF-register", "DPF", {"en": "Certificates of disabled persons", "zh": "残疾人证管理系统"}),
    Machine("PSB-hukou", "PSB", {"en": "Household registration", "zh": "户籍管理系统"}),
    Machine("PSB-traffic", "PSB", {"en": "Drivers and vehicles", "zh": "车驾管系统"}),
    Machine("HSG-rental", "HSG", {"en": "Public rental housing", "zh": "公租房管理系统"}),
    Machine("SAMR-registry", "SAMR", {"en": "Business registration", "zh": "经营主体登记系统"}),
    Machine("HRSS-benefits", "HRSS", {"en": "Social security benefits", "zh": "社会保险待遇系统"}),
)


def machines(departments: dict[str, dict[str, str]]) -> tuple[Machine, ...]:
    """Every system of the city: one for the cases of each department (code → names), and those of the daily business."""
    cases = (
        Machine(f"{code}-affairs", code, {"en": f"{names['en']}: cases", "zh": f"{names['zh']}政务服务系统"})
        for code, names in departments.items()
    )
    return (*cases, *_BUSINESS)
