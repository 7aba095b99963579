"""Values as the protocol writes them: what a program holds becomes JSON of the declared type, or is refused before it is signed.

The hub checks the same once more (catalog/stores/checking.py); a test holds the two against each other.
"""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from hub_client.providing.description import Column

MAX_INTEGER = 2**53 - 1
LONGEST_TEXT = 10_000
_INTEGER = re.compile(r"-?(0|[1-9]\d{0,15})")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{0,9}[1-9])?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_TIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?")
_BOOLEANS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False, "是": True, "否": False}


class WrongValue(ValueError):
    """A value is not of its column's declared type. Names the column and never the value."""

    def __init__(self, column: Column, why: str) -> None:
        """Say which column."""
        super().__init__(f"the column {column.name} is declared {column.type}: {why}")
        self.column = column.name


def written(column: Column, value: Any) -> Any:
    """The value as it goes on the wire; dates, times and decimals may be Python's own. Raises WrongValue."""
    if value is None:
        if column.required:
            raise WrongValue(column, "it is required, and empty")
        return None
    fits, made = _TYPES[column.type](value) if column.type in _TYPES else _code(column, value)
    if not fits:
        raise WrongValue(column, "this value is none")
    return made


def read_text(column: Column, text: str) -> Any:
    """A cell of a file as a value: empty is null, numbers and yes or no by the declared type. Raises WrongValue."""
    cell = text.strip()
    if not cell:
        return None
    if column.type == "integer":
        if not _INTEGER.fullmatch(cell):
            raise WrongValue(column, "write a whole number")
        return int(cell)
    if column.type == "boolean":
        if cell.lower() not in _BOOLEANS:
            raise WrongValue(column, "write true or false")
        return _BOOLEANS[cell.lower()]
    return Decimal(cell) if column.type == "decimal" and _is_plain_decimal(cell) else cell


def _is_plain_decimal(cell: str) -> bool:
    return bool(re.fullmatch(r"-?\d{1,18}(\.\d{1,10})?", cell))


def _code(column: Column, value: Any) -> tuple[bool, Any]:
    return column.type == "code" and isinstance(value, str) and value in column.codes, value


def _text(value: Any) -> tuple[bool, Any]:
    fits = isinstance(value, str) and 0 < len(value) <= LONGEST_TEXT
    return fits and "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value), value


def _integer(value: Any) -> tuple[bool, Any]:
    return type(value) is int and abs(value) <= MAX_INTEGER, value


def _decimal(value: Any) -> tuple[bool, Any]:
    if isinstance(value, Decimal) and value.is_finite():
        value = _trimmed(format(value, "f")) if value else "0"
    return isinstance(value, str) and value != "-0" and bool(_DECIMAL.fullmatch(value)), value


def _trimmed(plain: str) -> str:
    whole, point, rest = plain.partition(".")
    sign, digits = ("-", whole[1:]) if whole.startswith("-") else ("", whole)
    rest = rest.rstrip("0")
    return f"{sign}{digits.lstrip('0') or '0'}{point if rest else ''}{rest}"


def _boolean(value: Any) -> tuple[bool, Any]:
    return isinstance(value, bool), value


def _date(value: Any) -> tuple[bool, Any]:
    if isinstance(value, date) and not isinstance(value, datetime):
        value = value.isoformat()
    return _reads(value, _DATE, date.fromisoformat), value


def _time(value: Any) -> tuple[bool, Any]:
    if isinstance(value, datetime) and value.tzinfo is not None:
        value = utc_text_of(value)
    return _reads(value, _TIME, datetime.fromisoformat), value


def _reads(value: Any, pattern: re.Pattern[str], read: Callable[[str], object]) -> bool:
    if not isinstance(value, str) or not pattern.fullmatch(value):
        return False
    try:
        read(value)
    except ValueError:
        return False
    return True


def utc_text_of(moment: datetime) -> str:
    """A time with its zone as UTC to the second; later parts of the second are left out."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


_TYPES: Mapping[str, Callable[[Any], tuple[bool, Any]]] = {
    "identifier": _text,
    "text": _text,
    "integer": _integer,
    "decimal": _decimal,
    "boolean": _boolean,
    "date": _date,
    "datetime": _time,
}
