"""The shape of orders and of what they hold: exact members, strict types. What is unknown is refused."""

import re
from collections.abc import Callable, Mapping
from typing import TypeAlias, cast

from audit.proof.acts.rows import row_filter_shape
from audit.proof.acts.standing import OrderFault
from audit.proof.canonical import Document
from audit.proof.keys import KEYID, SignatureError, require_time

Spec: TypeAlias = Callable[[object, str], None]

METHODS = frozenset({"VERIFY", "QUERY", "BATCH", "EXPORT", "CHANGES"})
SHARING_ATTRIBUTES = frozenset({"UNCONDITIONAL", "CONDITIONAL", "NOT_SHARED"})
RELEASE_LEVELS = frozenset({"durable", "published", "witnessed"})

MOST_KEPT = 32
MOST_SUBJECT_DAYS = 3660
"""Characters that a mask may leave readable at each end of a value."""

_CODE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_ITEM_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_AGREEMENT_ID = re.compile(r"[a-z2-7]{32}")
_TARGET = re.compile(rf"{_AGREEMENT_ID.pattern}|{_HASH.pattern}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,128}")
_DATE = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_STAR = re.compile(rf"\*|{_CODE.pattern}")
_LONGEST_TEXT = 200


def require_order(order: object) -> str:
    """Check an order's members and types; give its type. Raises OrderFault with code SHAPE or TYPE."""
    if not isinstance(order, dict):
        raise OrderFault("SHAPE", "an order is an object")
    kind = order.get("type")
    if not isinstance(kind, str) or kind not in _ORDERS:
        raise OrderFault("TYPE", "this type of order is not known")
    _ORDERS[kind](order, kind)
    return kind


def text(pattern: re.Pattern[str] | None = None) -> Spec:
    """Non-empty text, of a pattern if one is given."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, str) or not value or (pattern and not pattern.fullmatch(value)):
            raise OrderFault("SHAPE", f"{where} is malformed")

    return check


def whole(minimum: int, maximum: int = 2**53 - 1) -> Spec:
    """A whole number, never true or false."""

    def check(value: object, where: str) -> None:
        if type(value) is not int or not minimum <= value <= maximum:
            raise OrderFault("SHAPE", f"{where} must be a whole number from {minimum}")

    return check


def one_of(allowed: frozenset[str]) -> Spec:
    """One word of a closed list."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, str) or value not in allowed:
            raise OrderFault("SHAPE", f"{where} must be one of {', '.join(sorted(allowed))}")

    return check


def listed(spec: Spec, *, least: int = 0, by: str | None = None) -> Spec:
    """A list without repetition: of texts, or of objects told apart by the member `by`."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, list) or len(value) < least:
            raise OrderFault("SHAPE", f"{where} must be a list of at least {least}")
        for place, item in enumerate(value):
            spec(item, f"{where}[{place}]")
        names = [item[by] if by else item for item in value]
        if all(isinstance(name, str) for name in names) and len(set(names)) != len(names):
            raise OrderFault("SHAPE", f"{where} names something twice")

    return check


def members(required: Mapping[str, Spec], optional: Mapping[str, Spec] | None = None, *, extra: bool = False) -> Spec:
    """An object with these members; others are refused unless `extra`."""
    known = {**required, **(optional or {})}

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict) or required.keys() - value.keys():
            raise OrderFault("SHAPE", f"{where} lacks a member")
        if not extra and value.keys() - known.keys():
            raise OrderFault("SHAPE", f"{where} has an unknown member")
        for name, spec in known.items():
            if name in value:
                spec(value[name], f"{where}.{name}")

    return check


def maybe(spec: Spec) -> Spec:
    """Null, or what the other says."""

    def check(value: object, where: str) -> None:
        if value is not None:
            spec(value, where)

    return check


def mapped(names: re.Pattern[str], spec: Spec) -> Spec:
    """An object with any members whose names have a pattern."""

    def check(value: object, where: str) -> None:
        if not isinstance(value, dict):
            raise OrderFault("SHAPE", f"{where} must be an object")
        for name, item in value.items():
            text(names)(name, where)
            spec(item, f"{where}.{name}")

    return check


def _time(value: object, where: str) -> None:
    try:
        require_time(value)
    except SignatureError as error:
        raise OrderFault("SHAPE", f"{where}: {error}") from None


def _day_or_time(value: object, where: str) -> None:
    if not isinstance(value, str) or not _DATE.fullmatch(value):
        _time(value, where)


def _period(value: object, where: str) -> None:
    members({"from": _day_or_time, "until": _day_or_time})(value, where)
    if isinstance(value, dict) and (len(value["from"]) != len(value["until"]) or value["from"] > value["until"]):
        raise OrderFault("SHAPE", f"{where} must begin before it ends, both as days or both as times")


def _said(value: object, where: str) -> None:
    """What a person wrote: a text, or texts by language."""
    if isinstance(value, dict) and value:
        mapped(re.compile(r"[a-z]{2}(-[a-z]{4})?"), text())(value, where)
    else:
        text()(value, where)


def _bare(value: object, where: str) -> None:
    if not isinstance(value, str) and type(value) is not int:
        raise OrderFault("SHAPE", f"{where} must be a text or a whole number")


def _bare_or_list(value: object, where: str) -> None:
    if isinstance(value, list):
        listed(_bare)(value, where)
    else:
        _bare(value, where)


def _allowed_values(value: object, where: str) -> None:
    """`{in: […]}`, `{min, max}`, `{subject: kind}` or `{text: n}`: any text of at most n characters (docs/decisions/0041)."""
    if not isinstance(value, dict):
        raise OrderFault("SHAPE", f"{where} must be an object")
    if "in" in value:
        members({"in": listed(_bare_or_list, least=1)})(value, where)
    elif "subject" in value:
        members({"subject": text(_ITEM_NAME)})(value, where)
    elif "text" in value:
        members({"text": whole(1, _LONGEST_TEXT)})(value, where)
    else:
        members({"min": _bare, "max": _bare})(value, where)
        if type(value["min"]) is not type(value["max"]) or value["min"] > value["max"]:
            raise OrderFault("SHAPE", f"{where}: min and max do not fit")


def _masks(value: object, where: str) -> None:
    """Item → how many characters stay readable at its beginning and end (docs/decisions/0076). None at all: leave the member out."""
    mapped(_ITEM_NAME, members({"keep_first": whole(0, MOST_KEPT), "keep_last": whole(0, MOST_KEPT)}))(value, where)
    if not value:
        raise OrderFault("SHAPE", f"{where} names no item: leave it out")


def _any(_value: object, _where: str) -> None:
    """Members that this layer does not read."""


_CODES = listed(text(_CODE), least=1)
_REASON = members({"text": _said, "ground": text()})
_BASIS = listed(members({"text": _said, "article": _said}), least=1)
_FACT = members({"fact": text(_ITEM_NAME), "with": mapped(_ITEM_NAME, _allowed_values)})
_QUOTA = members(
    {"per_day": whole(0), "burst_per_minute": whole(1), "fact_answers": members({"q": whole(1), "days": whole(1)})},
    # Closer limits (docs/decisions/0087); a text without them is as it always was.
    {"per_officer_day": whole(1), "per_subject_days": members({"n": whole(1), "days": whole(1, MOST_SUBJECT_DAYS)})},
)
_SIGNED_FOR = {"hub": text(), "nonce": text(_NONCE)}

_SCOPE: dict[str, Spec] = {
    "provider": text(_CODE),
    "dataset": text(_CODE),
    "major": whole(1),
    "methods": listed(one_of(METHODS), least=1),
    "items": listed(text(_ITEM_NAME)),
    "facts": listed(_FACT, by="fact"),
    "row_filter": row_filter_shape,
    "quota": _QUOTA,
    "legal_basis": _BASIS,
    **_SIGNED_FOR,
}
_AGREEMENT = members(
    {
        **_SCOPE,
        "requester": text(_CODE),
        "systems": _CODES,
        "purposes": _CODES,
        "period": _period,
        "retention": members({"days": whole(0)}),
        "release": one_of(RELEASE_LEVELS),
        "supersedes": maybe(text(_AGREEMENT_ID)),
    },
    {"masks": _masks, "seal_to": text(KEYID)},
)
_OFFER = members(
    {**_SCOPE, "requesters": listed(text(_STAR), least=1), "purposes": listed(text(_STAR), least=1), "not_after": _day_or_time},
    {"masks": _masks, "retention": members({"days": whole(0)}), "title": _said},
)
_ITEM = members({"name": text(_ITEM_NAME), "sensitivity": whole(1, 4), "sharing_attribute": one_of(SHARING_ATTRIBUTES)}, extra=True)
_DECLARED_FACT = members(
    {"name": text(_ITEM_NAME), "parameters": listed(members({"name": text(_ITEM_NAME)}, extra=True), by="name")}, extra=True
)
_VERSION = members(
    {
        "code": text(_CODE),
        "provider": text(_CODE),
        "major": whole(1),
        "items": listed(_ITEM, least=1, by="name"),
        "facts": listed(_DECLARED_FACT, by="name"),
        "sharing_attribute": one_of(SHARING_ATTRIBUTES),
        "provider_answer_key": maybe(text(KEYID)),
        "revision_systems": listed(text(_CODE)),
        **_SIGNED_FOR,
    },
    extra=True,
)


def _order(required: Mapping[str, Spec], optional: Mapping[str, Spec] | None = None, *, extra: bool = False) -> Spec:
    return members({"type": text(), **required, **_SIGNED_FOR}, optional, extra=extra)


_ORDERS: dict[str, Spec] = {
    # A certificate's own members are read by Certificate.from_order.
    "key": _order({}, extra=True),
    "revoke_key": _order({"keyid": text(KEYID), "reason": _said}, {"since": text(_HASH)}),
    "publish": _order({"dataset": text(_CODE), "version": _VERSION}),
    "offer": _order({"offer": _OFFER}),
    "emergency": _order(
        {
            "offer": _OFFER,
            "legal_act": members({"text": _said, "article": _said}),
            "reason": _said,
            "sensitive_items": listed(text(_ITEM_NAME)),
        }
    ),
    "restrict": _order({"dataset": text(_CODE), "item": text(_ITEM_NAME), "reason": _any}),
    "unrestrict": _order({"dataset": text(_CODE), "item": text(_ITEM_NAME), "reason": _any}),
    "revision": _order(
        {
            "dataset": text(_CODE),
            "version": text(_HASH),
            "rows": text(_HASH),
            "lookup": text(_HASH),
            "row_count": whole(0),
            "as_of": _time,
        }
    ),
    "agree": _order({"agreement": _AGREEMENT}, {"offer": text(_HASH)}),
    "suspend": _order({"target": text(_TARGET), "reason": _REASON}),
    "revoke": _order({"target": text(_TARGET), "reason": _REASON}),
    "resume": _order({"target": text(_TARGET), "suspend": text(_HASH), "reason": _REASON}),
    # The content of these two is settled with the features that use them; who signs is settled already.
    "shred": _order({}, extra=True),
    "loss": _order({}, extra=True),
}

ORDER_TYPES = frozenset(_ORDERS)


def scope_of(order: Document) -> Document:
    """The agreement or offer inside an order whose shape has been checked."""
    return cast("Document", order["agreement" if order["type"] == "agree" else "offer"])
