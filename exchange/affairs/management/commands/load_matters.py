"""Loads the jurisdiction's service matters, or explains what is wrong with their files."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from exchange.affairs.errors import MatterInvalid
from exchange.affairs.matters import load_matter_file, publish_matter
from exchange.affairs.matters.registers import FileRegisters, PublishedRegisters, Registers


class Command(BaseCommand):
    """Load service matters."""

    help = "Load service matters from their files; nothing is loaded while one file has a fault. With --check, only look."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Files, and whether only to look."""
        parser.add_argument("files", nargs="*", type=Path, help="matter files; default: all of the jurisdiction")
        parser.add_argument("--check", action="store_true", help="explain each fault by line, load nothing; needs no hub")

    def handle(self, *args: Any, **options: Any) -> None:
        """Read all files first, so that every fault of every file is said in one go."""
        files: list[Path] = options["files"] or sorted((Path(settings.JURISDICTION_DIR) / "matters").glob("*.yaml"))
        if not files:
            raise CommandError("There are no matter files. Name some, or look at JURISDICTION_DIR.")
        registers: Registers = FileRegisters() if options["check"] else PublishedRegisters()
        documents = self._read(files, registers)
        for path, document in documents.items():
            if options["check"]:
                self.stdout.write(f"{path.name}: good ({document['code']} {document['title']['en']})")
            else:
                version = publish_matter(document, acting_system="load_matters")
                self.stdout.write(f"{path.name}: {version.matter_id} in force as {version.hash[7:19]}")

    def _read(self, files: list[Path], registers: Registers) -> dict[Path, dict[str, Any]]:
        documents: dict[Path, dict[str, Any]] = {}
        faults = 0
        for path in files:
            try:
                documents[path] = load_matter_file(path, registers=registers)
            except MatterInvalid as error:
                self.stderr.write(str(error))
                faults += len(error.faults)
        if faults:
            raise CommandError(f"Faults: {faults}. Nothing was loaded. Correct the lines above and run this again.")
        return documents
