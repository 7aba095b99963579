"""The quota of an agreement: from the terms of a part or an offer to the signed text, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol


class Asked(Protocol):
    """Whatever says how many: a part of a request, its terms, or the terms of an offer."""

    @property
    def per_day(self) -> int: ...

    @property
    def per_minute(self) -> int: ...

    @property
    def fact_answers(self) -> int: ...

    @property
    def fact_days(self) -> int: ...

    @property
    def per_officer_day(self) -> int | None: ...

    @property
    def per_subject(self) -> int | None: ...

    @property
    def per_subject_days(self) -> int | None: ...


def quota_text(asked: Asked, within: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The member `quota`. `within`: the quota of the standing offer, whose closer limits hold for whoever falls into it."""
    outer = within or {}
    officer = _least(asked.per_officer_day, outer.get("per_officer_day"))
    subject = _of_subject(asked, outer.get("per_subject_days"))
    return {
        "per_day": asked.per_day,
        "burst_per_minute": asked.per_minute,
        "fact_answers": {"q": asked.fact_answers, "days": asked.fact_days},
        **({"per_officer_day": officer} if officer else {}),
        **({"per_subject_days": subject} if subject else {}),
    }


def terms_of_quota(quota: Mapping[str, Any]) -> dict[str, int | None]:
    """The signed quota as the fields of a part; what it does not limit is None."""
    subject = quota.get("per_subject_days") or {}
    return {
        "per_day": quota["per_day"],
        "per_minute": quota["burst_per_minute"],
        "fact_answers": quota["fact_answers"]["q"],
        "fact_days": quota["fact_answers"]["days"],
        "per_officer_day": quota.get("per_officer_day"),
        "per_subject": subject.get("n"),
        "per_subject_days": subject.get("days"),
    }


def _of_subject(asked: Asked, outer: Mapping[str, int] | None) -> dict[str, int] | None:
    own = {"n": asked.per_subject, "days": asked.per_subject_days} if asked.per_subject and asked.per_subject_days else None
    if own is None or outer is None:
        return dict(outer) if outer else own
    return {"n": min(own["n"], outer["n"]), "days": max(own["days"], outer["days"])}


def _least(*numbers: int | None) -> int | None:
    return min((number for number in numbers if number is not None), default=None)
