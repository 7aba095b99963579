"""Whether an answer is one: the subjects asked and no other, the items asked and no other, each value of its declared type.

The same for every kind of remote store; what does not fit is said by a reason, and nothing of it is used. Pure.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from typing import Any

from catalog.stores import ProviderFailed, Question, Record, Reply, Why

MOST_RECORDS = 100
CLOCKS_APART = timedelta(minutes=2)
MAX_INTEGER = 2**53 - 1
LONGEST_TEXT = 10_000
_AS_OF = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
_DECIMAL = re.compile(r"-?(0|[1-9]\d{0,17})(\.\d{0,9}[1-9])?")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")
_DATETIME = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(Z|[+-]\d{2}:\d{2})?")


def check_reply(question: Question, reply: Reply, *, now: str) -> None:
    """Return when the reply answers exactly this question; raises ProviderFailed with the reason. `now` is UTC text."""
    check_as_of(reply.as_of, now)
    if set(reply.records) != set(question.subjects):
        raise ProviderFailed(Why.WRONG_SUBJECT)
    declared = {item["name"]: item for item in question.document["items"]}
    codes = {name: {entry["code"] for entry in entries} for name, entries in question.document.get("code_lists", {}).items()}
    for who, records in reply.records.items():
        if len(records) > MOST_RECORDS:
            raise ProviderFailed(Why.TOO_LARGE)
        for record in records:
            _check_record(question, who, record)
            for name, value in record.items():
                check_value(declared[name], value, codes)


def check_as_of(as_of: str, now: str) -> None:
    """A time in UTC that has been."""
    try:
        if not isinstance(as_of, str) or not _AS_OF.fullmatch(as_of):
            raise ValueError
        claimed = datetime.fromisoformat(as_of)
    except ValueError:
        raise ProviderFailed(Why.WRONG_SHAPE) from None
    if claimed > datetime.fromisoformat(now) + CLOCKS_APART:
        raise ProviderFailed(Why.STALE)


def _check_record(question: Question, who: tuple[str, str], record: Record) -> None:
    """The items asked, all of them and nothing else; and a record that names its subject names the one it was asked for."""
    if record.keys() != set(question.items):
        raise ProviderFailed(Why.WRONG_SHAPE)
    naming = [subject["item"] for subject in question.document["subjects"] if subject["kind"] == who[0]]
    if naming and all(item in record for item in naming) and who[1] not in [record[item] for item in naming]:
        raise ProviderFailed(Why.WRONG_SUBJECT)


def check_value(item: Mapping[str, Any], value: Any, codes: Mapping[str, set[str]]) -> None:
    """Return when `value` is one of the declared item; raises ProviderFailed(WRONG_TYPE). `codes` by code list."""
    if value is None:
        fits = not item.get("required")
    elif item["type"] == "code":
        fits = isinstance(value, str) and value in codes.get(item["code_list"], ())
    else:
        fits = _FITS[item["type"]](value)
    if not fits:
        raise ProviderFailed(Why.WRONG_TYPE)


def _is_text(value: Any) -> bool:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_TEXT:
        return False
    return "\0" not in value and not any("\ud800" <= character <= "\udfff" for character in value)


def _is_integer(value: Any) -> bool:
    return type(value) is int and abs(value) <= MAX_INTEGER


def _is_written(pattern: re.Pattern[str], read: Callable[[str], object]) -> Callable[[Any], bool]:
    def fits(value: Any) -> bool:
        if not isinstance(value, str) or not pattern.fullmatch(value):
            return False
        try:
            read(value)
        except ValueError:
            return False
        return True

    return fits


_FITS: Mapping[str, Callable[[Any], bool]] = {
    "identifier": _is_text,
    "text": _is_text,
    "integer": _is_integer,
    "decimal": lambda value: isinstance(value, str) and value != "-0" and bool(_DECIMAL.fullmatch(value)),
    "boolean": lambda value: isinstance(value, bool),
    "date": _is_written(_DATE, date.fromisoformat),
    "datetime": _is_written(_DATETIME, datetime.fromisoformat),
}
