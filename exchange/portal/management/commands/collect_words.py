"""Lists the texts that have no Chinese yet, file by file, ready to be pasted into a part."""

from itertools import groupby
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from exchange.portal.word_sources import LOCALE, uses
from exchange.portal.words import Words, read_parts, to_po


class Command(BaseCommand):
    """`collect_words [PREFIX…]`: missing texts of the files whose path starts so, as .po entries; exit code 1 if any."""

    help = "List texts of templates and Python files that lack a Chinese translation."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Paths below the root, to narrow the list to one's own files."""
        parser.add_argument("prefixes", nargs="*")

    def handle(self, *args: Any, prefixes: list[str], **options: Any) -> None:
        """Print the missing entries under a comment with their file."""
        known = {entry.key for entry in read_parts(LOCALE / "parts") if entry.is_translated}
        missing = [use for use in uses() if use.key not in known and use.source.startswith(tuple(prefixes) or "")]
        for source, group in groupby(missing, key=lambda use: use.source):
            self.stdout.write(f"# {source}")
            self.stdout.write(to_po([Words(use.key, "", ("",)) for use in group]).split("\n\n", 1)[1])
        if missing:
            raise CommandError(
                f"{len(missing)} texts lack a Chinese text: add them to locale/zh_Hans/parts/ROOM.po and run compile_words.", returncode=1
            )
        self.stdout.write("Every text has its Chinese.")
