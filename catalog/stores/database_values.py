"""Turns what a database driver gives into the form that hosted data have: by the declared type, or not at all.

Nothing is guessed: a float is no decimal, a number is no text, a time is no date. What does not fit is WRONG_TYPE, so that a
provider hears of it and nobody decides on a value that was made up on the way.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

from catalog.stores import ProviderFailed, Why

MAX_INTEGER = 2**53 - 1
_WHOLE_DIGITS, _FRACTION_DIGITS = 18, 10
_WITHOUT_BOOLEANS = frozenset({"mysql", "oracle", "clickhouse"})


class _Misfit(Exception):
    """The value is not of the declared type."""


def reader(item: Mapping[str, Any], document: Mapping[str, Any]) -> Callable[[object], Any]:
    """The function that reads one column; it raises ProviderFailed(WRONG_TYPE). `item` is its declaration in `document`."""
    dialect = str(document["store"].get("dialect", ""))
    read = _READERS[item["type"]]
    codes = {
        given: entry["code"] for entry in document["code_lists"].get(item.get("code_list", ""), ()) for given in (entry["title"]["zh"],)
    }
    codes |= {entry["code"]: entry["code"] for entry in document["code_lists"].get(item.get("code_list", ""), ())}

    def convert(value: object) -> Any:
        if value is None or value == "":
            return _empty(item)
        try:
            converted = codes[_text(value)] if item["type"] == "code" else read(value, dialect)
            _require_range(item, converted)
        except (_Misfit, KeyError):
            raise ProviderFailed(Why.WRONG_TYPE) from None
        return converted

    return convert


def _empty(item: Mapping[str, Any]) -> None:
    if item.get("required"):
        raise ProviderFailed(Why.WRONG_TYPE)


def _text(value: object, _dialect: str = "") -> str:
    if not isinstance(value, str) or "\0" in value or any("\ud800" <= character <= "\udfff" for character in value):
        raise _Misfit
    return value


def _integer(value: object, _dialect: str) -> int:
    if isinstance(value, Decimal) and value.is_finite() and value == value.to_integral_value():
        value = int(value)
    if not isinstance(value, int) or isinstance(value, bool) or abs(value) > MAX_INTEGER:
        raise _Misfit
    return value


def _decimal(value: object, _dialect: str) -> str:
    """Without an exponent, leading and trailing zeros: equal numbers are equal texts, as in hosted data."""
    if isinstance(value, int) and not isinstance(value, bool):
        value = Decimal(value)
    if not isinstance(value, Decimal) or not value.is_finite():
        raise _Misfit
    text = format(value, "f")
    whole, _point, fraction = text.lstrip("-").partition(".")
    fraction = fraction.rstrip("0")
    if len(whole) > _WHOLE_DIGITS or len(fraction) > _FRACTION_DIGITS:
        raise _Misfit
    plain = (whole.lstrip("0") or "0") + (f".{fraction}" if fraction else "")
    return f"-{plain}" if text.startswith("-") and plain != "0" else plain


def _boolean(value: object, dialect: str) -> bool:
    if isinstance(value, int) and not isinstance(value, bool) and value in (0, 1) and dialect in _WITHOUT_BOOLEANS:
        return bool(value)
    if not isinstance(value, bool):
        raise _Misfit
    return value


def _date(value: object, dialect: str) -> str:
    """Oracle's DATE always has a time; midnight there is a date."""
    if isinstance(value, datetime):
        if dialect != "oracle" or value.timetz() != time():
            raise _Misfit
        value = value.date()
    if not isinstance(value, date):
        raise _Misfit
    return value.isoformat()


def _datetime(value: object, _dialect: str) -> str:
    """To the second; with an offset in UTC, without one as the register has it."""
    if not isinstance(value, datetime):
        raise _Misfit
    if value.tzinfo is not None:
        return value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    return value.isoformat(timespec="seconds")


_READERS: Mapping[str, Callable[[object, str], Any]] = {
    "identifier": _text,
    "text": _text,
    "code": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "datetime": _datetime,
}


def _require_range(item: Mapping[str, Any], value: Any) -> None:
    """Within the declared minimum and maximum, which the quality gate would have asked of a file."""
    measure: Callable[[Any], Any] = str if item["type"] == "date" else Decimal
    if "minimum" in item and measure(value) < measure(item["minimum"]):
        raise _Misfit
    if "maximum" in item and measure(value) > measure(item["maximum"]):
        raise _Misfit
