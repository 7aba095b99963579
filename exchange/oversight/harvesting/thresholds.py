"""The jurisdiction's file `harvesting.yaml`: the thresholds of the rules, and how many wrong guesses a public door bears."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

from django.conf import settings

from exchange.jurisdictions.yaml_text import read_yaml
from exchange.oversight.harvesting.judging import Rule, Thresholds

FILE = "harvesting.yaml"


def thresholds() -> Thresholds:
    """The thresholds in force. Raises JurisdictionInvalid for a file that cannot be read, KeyError or TypeError for a wrong one."""
    return _read(settings.JURISDICTION_DIR / FILE, (settings.JURISDICTION_DIR / FILE).stat().st_mtime_ns)


@lru_cache(maxsize=4)
def _read(path: Path, _edition: int) -> Thresholds:
    told: dict[str, Any] = dict(read_yaml(path))
    told.pop("doors")
    rules = frozenset(Rule(name) for name in told.pop("rules"))
    return Thresholds(**{name: int(value) for name, value in told.items()}, rules=rules)
