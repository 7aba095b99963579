"""Why a call on the data path is refused: every code with its status and what to do, in both languages. Pure data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Refusal:
    """One refusal: a stable code, the HTTP status, sentences for the reader, and data for programs."""

    code: str
    status: int
    en: str
    zh: str
    data: Mapping[str, Any] = field(default_factory=dict)


_GROUNDS: dict[str, tuple[int, str, str]] = {
    "MALFORMED": (400, "The request body is not of the agreed form.", "请求内容不符合约定格式。"),
    "CASE_REQUIRED": (400, "Personal data are asked for: name the case and the officer.", "涉及个人信息，请填写办件编号和经办人。"),
    "SUBJECT_KIND": (400, "This dataset is not about subjects of that kind.", "该资源不按此类标识查询。"),
    "SUBJECT_MALFORMED": (400, "An identifier is not well formed; check it for typing mistakes.", "标识号码格式有误，请核对。"),
    "NO_AGREEMENT": (404, "No agreement of that name names your system.", "没有以贵系统为使用方的该协议。"),
    "SUPERSEDED": (409, "The agreement was superseded; use the one named in superseded_by.", "协议已被新协议取代，请使用新协议。"),
    "SUSPENDED": (403, "The agreement is suspended; ask the side that suspended it.", "协议已中止，请联系中止方。"),
    "REVOKED": (403, "The agreement was revoked; a new request is needed.", "协议已撤销，需要重新申请。"),
    "NOT_YET_IN_FORCE": (403, "The agreement's period has not begun.", "协议期限尚未开始。"),
    "EXPIRED": (403, "The agreement's period is over; ask for a new one.", "协议已到期，请重新申请。"),
    "VERSION_CHANGED": (409, "The dataset has a new major version; a new agreement is needed.", "资源目录已升级，需要新的协议。"),
    "METHOD_NOT_AGREED": (403, "This way of asking is not part of the agreement.", "协议未约定这种共享方式。"),
    "PURPOSE_NOT_AGREED": (403, "This purpose is not part of the agreement.", "协议未约定该使用用途。"),
    "NOTHING_TO_GIVE": (403, "Every item of this agreement is now withheld.", "协议中的数据项目前均不可提供。"),
    "FACT_NOT_AGREED": (403, "This fact is not part of the agreement.", "协议未约定该核验事实。"),
    "FACT_PARAMETER": (403, "A parameter of the fact is outside the agreement.", "核验参数超出协议范围。"),
    "FACT_LIMIT": (429, "This fact was answered about this subject as often as agreed.", "对同一主体的核验次数已达协议上限。"),
    "QUOTA": (429, "The agreed number of subjects is used up; try again in the next window.", "协议约定的调用量已用完，请稍后再试。"),
    "TOO_MANY_REFUSALS": (429, "Too many refused calls; mend the cause, then wait a minute.", "被拒绝的调用过多，请排查原因后再试。"),
    "PROVIDER_DOWN": (503, "The register cannot answer now; try again later.", "对方登记系统暂时无法提供，请稍后再试。"),
    "HELD": (
        403,
        "Your system is held: it asked about far more persons than was foreseen. Write to the sharing authority, which lifts the hold.",
        "贵系统查询人数异常，已被暂停调用。请联系政务数据共享主管部门说明情况，由其解除。",
    ),
    "ABANDONED": (504, "The register did not answer in time; ask again.", "对方登记系统未在时限内答复，请重新查询。"),
    "DESCRIPTION_CHANGED": (
        409,
        "The register's description changed while it was asked; ask again.",
        "查询期间资源目录已变更，请重新查询。",
    ),
    "NOT_A_REMOTE_STORE": (
        400,
        "This register answers at once: leave out idempotency_key; a repeated call is a new one.",
        "该资源即时应答，请勿填写 idempotency_key；重复调用视为新的请求。",
    ),
    "IDEMPOTENCY_KEY_USED": (
        409,
        "This idempotency_key stands for another question; choose a fresh one.",
        "该 idempotency_key 已用于另一请求，请更换。",
    ),
    "RESULT_UNKNOWN": (404, "Your system has no result of that name under this agreement.", "贵系统在该协议下没有此结果。"),
    "RESULT_GONE": (
        410,
        "The result was collected, or was deleted when its time was over; ask again.",
        "该结果已领取，或已到期删除，请重新查询。",
    ),
    "CURSOR_TOO_OLD": (
        410,
        "From this cursor nobody can go on: begin again without a cursor, into an empty table.",
        "该游标已无法继续，请清空后不带游标重新开始。",
    ),
    "CHANGES_NOT_HELD": (
        403,
        "The hub holds no revisions of this register, so it cannot tell what changed; ask by QUERY or BATCH.",
        "平台不保存该资源的数据批次，无法提供增量；请使用查询或批量查询。",
    ),
    "CHANGES_NOT_SEALED": (
        403,
        "Under this agreement rows leave sealed, and changes are not sealed: use an export.",
        "该协议约定数据加密下发，增量不加密；请使用数据集下发。",
    ),
    "LIST_MOVED": (409, "The list has a new revision; begin it again without a cursor.", "名单已更新，请从头开始。"),
    "NOT_A_LIST": (403, "Only lists of identifiers are exported: agree on that item alone.", "目前仅可导出标识名单，请只约定该标识项。"),
    "COLUMN_NOT_AGREED": (403, "A column is not among the items that the agreement gives now.", "所选列不在协议当前可提供的数据项之内。"),
    "EXPORTS_OPEN": (
        429,
        "Too many exports of this agreement are open; collect or cancel one first.",
        "该协议下未完成的下发过多，请先领取或取消。",
    ),
    "STREAMS_OPEN": (
        429,
        "Exports of this agreement are being collected already; wait for one to end.",
        "该协议下正在领取的下发过多，请稍后再试。",
    ),
    "SEAL_KEY_REVOKED": (
        403,
        "The key to which exports are sealed was revoked; a new agreement must name another.",
        "用于密封下发数据的密钥已撤销，须在新协议中另行指定。",
    ),
    "NO_EXPORT": (404, "Your system has no export of that name under this agreement.", "贵系统在该协议下没有此下发。"),
    "EXPORT_NOT_READY": (409, "The export is still being prepared; ask again in a moment.", "下发文件仍在准备中，请稍后再试。"),
    "EXPORT_GONE": (
        410,
        "The rows of this export are gone: it was collected, cancelled or stopped, or its day is over. Ask for a new one.",
        "该下发的数据已删除（已领取、已取消、已终止或已过期），请重新申请。",
    ),
    "KEY_REVOKED": (401, "This key was revoked; sign with its successor.", "该密钥已撤销，请改用新密钥签名。"),
    "REPLAYED": (409, "This request was seen before; sign a new one.", "该请求已处理过，请重新签名发送。"),
}


def refusal(code: str, **data: Any) -> Refusal:
    """The refusal of that code; ``data`` are members for programs, and ``why`` also ends the sentence. Never a subject's identifier."""
    status, en, zh = _GROUNDS[code]
    why = f" ({data['why']})" if "why" in data else ""
    return Refusal(code=code, status=status, en=en + why, zh=zh + why, data=data)


def codes() -> tuple[str, ...]:
    """Every code, for documentation and tests."""
    return tuple(_GROUNDS)
