"""What differs from country to country, as data: departments, registers, kinds of identifiers, purposes, words.

Code reads it through this package only; a second jurisdiction is a second folder beside ``cn``.
"""

from exchange.jurisdictions.errors import JurisdictionInvalid
from exchange.jurisdictions.reading import (
    divisions_path,
    load_departments,
    load_identifier_kinds,
    load_purposes,
    load_register,
    load_registers,
    load_residents,
    load_words,
)

__all__ = [
    "JurisdictionInvalid",
    "divisions_path",
    "load_departments",
    "load_identifier_kinds",
    "load_purposes",
    "load_register",
    "load_registers",
    "load_residents",
    "load_words",
]
