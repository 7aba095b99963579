"""The one refusal of this package: a data file that does not hold, with every fault named at once."""

from __future__ import annotations

from collections.abc import Sequence

from audit.errors import Fault, Invalid


class JurisdictionInvalid(Invalid):
    """A file of a jurisdiction is wrong: each fault says which file, which member, and what to do."""

    code = "JURISDICTION_INVALID"
    title = "A jurisdiction's data file is wrong"

    def __init__(self, file: str, faults: Sequence[Fault]) -> None:
        lines = [f"{file}: {fault.where}: {fault.message}" for fault in faults]
        super().__init__("\n".join(lines), faults=tuple(faults), file=file)
