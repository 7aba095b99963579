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
from catalog.models import in_active_language

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
    """The limit of a rule, `answer_conditional` for instance. Raises KeyError for a rule that the file does not have."""
    for row in _read("time_limits.yaml")["limits"]:
        if row["rule"] == rule:
            return TimeLimit(rule, row["working_days"], row["extension_days"], dict(row["article"]), row["verified_on"])
    raise KeyError(rule)


def refusal_grounds() -> Mapping[str, Ground]:
    """Grounds on which an owner may refuse, by code."""
    return _grounds("refusal")


def ending_grounds() -> Mapping[str, Ground]:
    """Grounds on which an agreement is suspended, resumed or revoked, by code."""
    return _grounds("ending")


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
