"""Patterns of items: regular expressions in the syntax of RE2, which takes linear time whatever the data are.

The quality gate runs them in RE2; what RE2 has not (look-around, back references) is refused here, and so is what Python
cannot compile, because departments check their files with Python before they send them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from django.utils.translation import gettext as _

from audit.errors import Fault

LONGEST = 300
_NOT_IN_RE2 = re.compile(r"\(\?(?!:)|\\[1-9]|[*+?}]\+")


def pattern_fault(where: str, pattern: str, *, allowed: bool) -> Iterator[Fault]:
    """The fault of a pattern, if it has one; `allowed` says whether items of this type have patterns at all."""
    if not allowed:
        yield Fault(where, "pattern", _("Only texts and identifiers have a pattern"))
    elif len(pattern) > LONGEST or _NOT_IN_RE2.search(pattern) or not _compiles(pattern):
        yield Fault(where, "pattern", _("The pattern is not a regular expression that can be checked safely (RE2 syntax, no look-around)"))


def _compiles(pattern: str) -> bool:
    import duckdb

    try:
        re.compile(pattern)
        with duckdb.connect(":memory:") as database:
            database.execute("SELECT regexp_full_match('', ?)", [pattern])
    except (re.error, duckdb.Error, RecursionError):
        return False
    return True
