"""What kind of line an entry gives the person whom it names. Pure: plain values in, one word out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

SUBJECT = "subject"
OWNER_CHECK = "OWNER_CHECK"
STEPS = ("account", "case", "correction", "question")


class AccessKind(StrEnum):
    """One kind of line; each has whole sentences of its own."""

    QUESTION = "QUESTION"
    QUESTIONS = "QUESTIONS"
    DATA = "DATA"
    GROUP_QUESTION = "GROUP_QUESTION"
    GROUP_QUESTIONS = "GROUP_QUESTIONS"
    GROUP_DATA = "GROUP_DATA"
    REFUSED = "REFUSED"
    FAILED = "FAILED"
    WAITING = "WAITING"
    NAMED_IN_QUESTION = "NAMED_IN_QUESTION"
    NAMED_IN_ANSWER = "NAMED_IN_ANSWER"
    LIST = "LIST"
    LIST_UNKNOWN = "LIST_UNKNOWN"
    OWN_ROWS = "OWN_ROWS"
    STEP = "STEP"
    VIEW = "VIEW"
    OTHER = "OTHER"
    DAMAGED = "DAMAGED"


class Group(StrEnum):
    """What a reader narrows the list to."""

    OFFICES = "offices"
    STEPS = "steps"
    OFFICERS = "officers"
    LISTS = "lists"
    OWN_RECORDS = "own"


def kind_of(route: Mapping[str, Any], roles: Sequence[str]) -> AccessKind:
    """The kind of an entry with this route, in which the person stands in these roles."""
    type_ = route.get("type")
    if type_ == "intent":
        return AccessKind.WAITING
    if type_ in ("exchange", "refusal", "outcome"):
        return _kind_of_exchange(route, roles)
    if type_ == "view":
        return AccessKind.VIEW
    return AccessKind.STEP if type_ in STEPS else AccessKind.OTHER


def _kind_of_exchange(route: Mapping[str, Any], roles: Sequence[str]) -> AccessKind:
    outcome = route.get("outcome")
    if outcome in ("REFUSED", "FAILED", "ABANDONED"):
        return AccessKind.REFUSED if outcome == "REFUSED" else AccessKind.FAILED
    if SUBJECT not in roles:
        return AccessKind.NAMED_IN_QUESTION if "parameter" in roles else AccessKind.NAMED_IN_ANSWER
    if route.get("purpose") == OWNER_CHECK:
        return AccessKind.OWN_ROWS
    return _kind_of_call(route)


def _kind_of_call(route: Mapping[str, Any]) -> AccessKind:
    questions, is_group = len(route.get("facts") or ()), int(route.get("count") or 1) > 1
    if not questions:
        return AccessKind.GROUP_DATA if is_group else AccessKind.DATA
    if questions == 1:
        return AccessKind.GROUP_QUESTION if is_group else AccessKind.QUESTION
    return AccessKind.GROUP_QUESTIONS if is_group else AccessKind.QUESTIONS
