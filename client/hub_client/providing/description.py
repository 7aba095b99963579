"""What a department signed about its dataset, as its own service reads it: columns, their types, and who is a subject."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.proof.canonical import document_hash
from hub_client.errors import UsageError
from hub_client.filing import read_file

_NEEDED = ("code", "items", "subjects", "column_mapping", "provider_answer_key", "store")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: the type declared for its item, whether it may be empty, and the codes that it may hold."""

    name: str
    type: str
    required: bool
    codes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Description:
    """One published version. `version` is its hash, or empty for a draft that nobody has signed yet."""

    dataset: str
    version: str
    hub: str
    url: str
    keyid: str
    columns: Mapping[str, Column]
    naming: Mapping[str, tuple[str, ...]]  # kind of subject -> columns that name one


def read_description(path: Path) -> Description:
    """The description in a file, as it was signed. Raises UsageError or DataError."""
    return described(read_file(path))


def described(document: Mapping[str, Any]) -> Description:
    """The description of a version's document. Raises UsageError with what is missing."""
    missing = [name for name in _NEEDED if not document.get(name)]
    if missing:
        raise UsageError("BAD_DESCRIPTION", f"the document has no {', '.join(missing)}: take the text of the version as it was signed")
    try:
        return _read(document)
    except (KeyError, TypeError, AttributeError):
        raise UsageError("BAD_DESCRIPTION", "the document is no description of a dataset with store kind http") from None


def _read(document: Mapping[str, Any]) -> Description:
    mapping: Mapping[str, str] = document["column_mapping"]
    lists = {name: frozenset(str(entry["code"]) for entry in entries) for name, entries in document.get("code_lists", {}).items()}
    columns = {
        mapping[item["name"]]: Column(
            mapping[item["name"]], str(item["type"]), bool(item.get("required")), lists.get(str(item.get("code_list")), frozenset())
        )
        for item in document["items"]
        if item["name"] in mapping
    }
    naming: dict[str, tuple[str, ...]] = {}
    for subject in document["subjects"]:
        naming[subject["kind"]] = (*naming.get(subject["kind"], ()), mapping[subject["item"]])
    is_signed = "nonce" in document and "hub" in document
    return Description(
        dataset=str(document["code"]),
        version=document_hash(dict(document)) if is_signed else "",
        hub=str(document.get("hub", "")),
        url=str(document["store"]["url"]),
        keyid=str(document["provider_answer_key"]),
        columns=columns,
        naming=naming,
    )
