"""`manage.py publish_dataset FILE.yaml --by USERNAME [--rows FILE.csv]`: the publish path of the pages, for scripts."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from django.contrib.auth import get_user_model
from django.core.management.base import BaseCommand, CommandError, CommandParser

from audit.errors import HubError, Invalid
from catalog import actions
from catalog.models import Department, Load
from catalog.quality.words import file_text, rule_text


class Command(BaseCommand):
    """Publishes a description and, if a file is given, loads and publishes its rows."""

    help = "Publish the description of a dataset, and load its rows."

    def add_arguments(self, parser: CommandParser) -> None:
        """The description, the person, the rows."""
        parser.add_argument("description", type=Path)
        parser.add_argument("--by", required=True, help="sign-in name of a publisher of the department")
        parser.add_argument("--rows", type=Path, help="CSV or XLSX file with the rows")

    def handle(self, *_arguments: Any, description: Path, by: str, rows: Path | None, **_options: Any) -> None:
        """Publish, load, publish the load; every fault is printed."""
        person = get_user_model().objects.filter(username=by).first()
        document = yaml.safe_load(description.read_text("utf-8"))
        department = Department.objects.filter(code=document.get("provider")).first()
        if person is None or department is None:
            raise CommandError("There is no such person or department on this hub.")
        try:
            version = actions.publish_version(department, document=document, acting_user=person)
            self.stdout.write(f"{version.dataset.code} published: {version.hash}")
            if rows is not None:
                self._load(actions.load_file(version.dataset, path=rows, filename=rows.name, acting_user=person), person)
        except Invalid as refused:
            faults = "\n".join(f"  {fault.where}: {fault.message}" for fault in refused.faults)
            raise CommandError(f"{refused}\n{faults}") from None
        except HubError as refused:
            raise CommandError(str(refused)) from None

    def _load(self, load: Load, person: Any) -> None:
        if load.state == "REFUSED":
            raise CommandError("\n".join(_lines(load.report)))
        revision = actions.publish_revision(load, acting_user=person)
        self.stdout.write(f"{revision.row_count} rows published.")


def _lines(report: dict[str, Any]) -> list[str]:
    if "file" in report:
        return [file_text(report["file"])]
    faults = report["faults"]
    return [
        f"{faults['total']} faults:",
        *[f"  row {fault['row']}, {fault['item']}: {rule_text(fault['rule'])}" for fault in faults["listed"]],
    ]
