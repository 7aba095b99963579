"""Joins the rooms' Chinese texts into one catalogue and compiles it, so that no gettext tools are needed."""

import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from exchange.portal.word_sources import LOCALE
from exchange.portal.words import WordsError, contradictions, merge, read_each, to_mo, to_po


def replace_file(path: Path, content: bytes) -> None:
    """Write by rename: a running server, or a second compilation, never reads half a file."""
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_bytes(content)
    fresh.replace(path)


class Command(BaseCommand):
    """`compile_words`: locale/zh_Hans/parts/*.po → LC_MESSAGES/django.po and django.mo."""

    help = "Merge and compile the Chinese texts."
    requires_system_checks: list[str] = []

    def handle(self, *args: Any, **options: Any) -> None:
        """Write both files; says how many texts there are."""
        try:
            parts = read_each(LOCALE / "parts")
        except WordsError as error:
            raise CommandError(str(error)) from error
        for sentence in contradictions(parts):
            self.stderr.write(sentence)
        entries = merge(parts)
        target = LOCALE / "LC_MESSAGES"
        target.mkdir(parents=True, exist_ok=True)
        replace_file(target / "django.po", to_po(entries).encode())
        replace_file(target / "django.mo", to_mo(entries))
        self.stdout.write(f"{sum(entry.is_translated for entry in entries)} texts of {len(entries)} compiled.")
