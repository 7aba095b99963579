"""The descriptions of datasets that a matter is held against: the version in force, else the jurisdiction's file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Protocol

from django.conf import settings

Document = Mapping[str, Any]


class Registers(Protocol):
    """Where a dataset's description comes from, and which departments and purposes are known."""

    def description(self, code: str) -> Document | None:
        """The description of a dataset, or None."""
        ...

    def every(self) -> list[Document]:
        """Every description."""
        ...

    @property
    def departments(self) -> frozenset[str]:
        """Codes of departments."""
        ...

    @property
    def purposes(self) -> frozenset[str]:
        """Codes of purposes."""
        ...

    @property
    def identifier_kinds(self) -> frozenset[str]:
        """Names of identifier kinds."""
        ...


class FileRegisters:
    """What the jurisdiction's files describe: for looking at a matter before there is a hub."""

    def __init__(self, folder: Path | None = None) -> None:
        from exchange.jurisdictions.reading import load_departments, load_identifier_kinds, load_purposes, load_registers

        place = folder or Path(settings.JURISDICTION_DIR)
        self._found: dict[str, Document] = dict(load_registers(place))
        self.departments = frozenset(load_departments(place))
        self.purposes = frozenset(load_purposes(place))
        self.identifier_kinds = frozenset(load_identifier_kinds(place))

    def description(self, code: str) -> Document | None:
        """See Registers."""
        return self._found.get(code)

    def every(self) -> list[Document]:
        """See Registers."""
        return list(self._found.values())


class PublishedRegisters:
    """What stands in the catalogue now; where the catalogue has no version of a dataset, the file speaks."""

    def __init__(self) -> None:
        from catalog.models import Dataset, Department, Purpose

        files = FileRegisters()
        self._found = {description["code"]: description for description in files.every()}
        for dataset in Dataset.objects.filter(current_version__isnull=False).select_related("current_version"):
            if dataset.current_version is not None:
                self._found[dataset.code] = dataset.current_version.content
        self.departments = frozenset(Department.objects.values_list("code", flat=True))
        self.purposes = frozenset(Purpose.objects.values_list("code", flat=True))
        self.identifier_kinds = files.identifier_kinds

    def description(self, code: str) -> Document | None:
        """See Registers."""
        return self._found.get(code)

    def every(self) -> list[Document]:
        """See Registers."""
        return list(self._found.values())
