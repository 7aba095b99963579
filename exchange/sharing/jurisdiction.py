"""What the jurisdiction says about requests, read from its data files: time limits, and coded legal grounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings

from catalog.clocks import Calendar, ListedCalendar, TimeLimit, country_calendar
from catalog.models import Dataset, in_active_language

_WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


@dataclass(frozen=True)
class Ground:
    """One coded legal ground: its title and article in both languages, and when somebody checked it (None: nobody)."""

    code: str
    titles: Mapping[str, str]
    articles: Mapping[str, str]
    verified_on: date | None

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return in_active_language(self.titles["en"], self.titles["zh"])

    @property
    def article(self) -> str:
        """The article in the reader's language."""
        return in_active_language(self.articles["en"], self.articles["zh"])


def time_limit(rule: str) -> TimeLimit:
    """The limit of a rule, `answer_conditional` for instance, in the profile in force. Raises KeyError for an unknown rule."""
    return _limit(time_limits()[rule])


def answer_limit(dataset: Dataset) -> TimeLimit:
    """The limit for the answer to a request for this dataset: by how it may be shared, and whether it is on the platform yet."""
    if dataset.sharing_attribute == "UNCONDITIONAL":
        return time_limit("answer_unconditional")
    rows, first = time_limits(), "answer_conditional_unpublished"
    return _limit(rows[first if first in rows and not _is_on_platform(dataset) else "answer_conditional"])


def time_limits() -> Mapping[str, Mapping[str, Any]]:
    """Every row of the profile in force, by rule (setting TIME_LIMITS_PROFILE; empty: the jurisdiction's own)."""
    from exchange.jurisdictions.time_limits import load_time_limits

    return load_time_limits(_folder(), str(settings.TIME_LIMITS_PROFILE))


def _limit(row: Mapping[str, Any]) -> TimeLimit:
    checked = row["verified_on"]
    return TimeLimit(
        rule=row["rule"],
        working_days=row["working_days"],
        extension_days=row["extension_days"],
        article=dict(row["article"]),
        verified_on=date.fromisoformat(checked) if checked else None,
        steps=tuple((step["step"], step["working_days"]) for step in row.get("steps") or ()),
        source=dict(row["source"]),
        profile=row["profile"],
    )


def _is_on_platform(dataset: Dataset) -> bool:
    """Whether there is something to share already: rows that were loaded, or a store of the provider's own."""
    version = dataset.current_version
    store = (version.content.get("store") or {}).get("kind") if version else None
    return dataset.current_revision_id is not None or store not in (None, "hosted")


def refusal_grounds() -> Mapping[str, Ground]:
    """Grounds on which an owner may refuse, by code."""
    return _grounds("refusal")


def ending_grounds() -> Mapping[str, Ground]:
    """Grounds on which an agreement is suspended, resumed or revoked, by code."""
    return _grounds("ending")


def ruling_grounds() -> Mapping[str, Ground]:
    """Grounds on which the authority rules in a dispute, by code."""
    return _grounds("ruling")


def calendar() -> Calendar:
    """The working days of the jurisdiction: its own list (`calendar.yaml`) where it has one, else its country's."""
    own = _folder() / "calendar.yaml"
    return _listed_calendar(own) if own.is_file() else country_calendar(str(settings.JURISDICTION).upper())


@cache
def _listed_calendar(path: Path) -> ListedCalendar:
    listed = _rows(path)
    return ListedCalendar(
        holidays=frozenset(listed["holidays"]),
        make_up=frozenset(listed["make_up"]),
        announced_until=listed["announced_until"],
        weekend=frozenset(_WEEKDAYS.index(day) for day in listed["weekend"]),
    )


def _grounds(kind: str) -> dict[str, Ground]:
    rows = _read("sharing_grounds.yaml")[kind]
    return {row["code"]: Ground(row["code"], dict(row["title"]), dict(row["article"]), row["verified_on"]) for row in rows}


def _folder() -> Path:
    return Path(settings.JURISDICTION_DIR)


def _read(name: str) -> Any:
    return _rows(_folder() / name)


@cache
def _rows(path: Path) -> Any:
    import yaml

    return yaml.safe_load(path.read_text(encoding="utf-8"))
