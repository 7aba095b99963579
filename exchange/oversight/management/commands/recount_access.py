"""`recount_access`: for auditors: do the lists of persons hold what the log holds? Counts only; nobody is named.

Identifiers come from standard input, one `kind identifier` a line, so that none stands in a shell's history.
"""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.accounts.subject import Subject
from exchange.oversight.access_records.listing import all_indexes
from exchange.oversight.access_records.recount import recount

_EVERYTHING = 2**62


class Command(BaseCommand):
    """Compare lists with a walk through the whole log."""

    help = "Compare what persons are shown with the log. Reads `kind identifier` lines from standard input; prints counts only."

    def handle(self, *_arguments: Any, **_options: Any) -> None:
        """One line for each person, by number; exit 1 where one list is not what the log holds."""
        wrong = 0
        for number, text in enumerate(filter(None, map(str.strip, sys.stdin)), 1):
            kind, _, identifier = text.partition(" ")
            subject = Subject(kind, identifier.strip())
            counted = recount(subject)
            listed = [entry for lot in all_indexes(subject, below=_EVERYTHING) for entry in lot]
            missing, extra = set(counted.entries) - set(listed), set(listed) - set(counted.entries)
            wrong += bool(missing or extra)
            self.stdout.write(f"{number}: {len(counted.entries)} in the log, {len(missing)} not listed, {len(extra)} too many")
        if wrong:
            raise CommandError(f"{wrong} lists differ from the log. Run: manage.py rebuild_index")
