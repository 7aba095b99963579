"""The bodies of the wire, read strictly: unknown members, missing members and wrong shapes are refused. Pure.

Protocol, section 4. Nothing here looks at a database; identifiers are only shaped, never printed in an error.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from exchange.sharing.policy import Method

MAX_SUBJECTS = 1000
MAX_FACTS = 50
_SALT = re.compile(r"[A-Za-z0-9_-]{22,128}")
_HASH = re.compile(r"sha256:[0-9a-f]{64}")
_ONCE = re.compile(r"[A-Za-z0-9_-]{16,128}")
_TEXT_LIMIT = 200
_NAME = re.compile(r"[A-Za-z_]{1,40}")
_COMMON = frozenset({"purpose", "salt", "case", "officer"})
_ONCE_MEMBER = "idempotency_key"
_MEMBERS = {
    Method.QUERY: _COMMON | {"subject", _ONCE_MEMBER},
    Method.VERIFY: _COMMON | {"subject", "facts", _ONCE_MEMBER},
    Method.BATCH: _COMMON | {"subjects", "facts", _ONCE_MEMBER},
    Method.EXPORT: _COMMON | {"after", "format", "columns", _ONCE_MEMBER},
    Method.CHANGES: _COMMON | {"cursor", "most"},
}


class WireError(ValueError):
    """The body is not of the form of protocol section 4; the text says which member and how to mend it."""


@dataclass(slots=True)
class SentSubject:
    """A subject as it was sent: ``kind`` is None for a bare string. ``echo`` goes back in a batch's answer."""

    kind: str | None
    identifier: str
    echo: Any
    case: str | None = None


@dataclass(slots=True)
class SentFact:
    """One fact asked, with its parameters as sent."""

    name: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class Cursor:
    """A place in a list: the hash of its file, and the number of the last row that was given. It names nobody."""

    revision: str
    row: int


@dataclass(slots=True)
class Body:
    """A well-formed body. `after` only of EXPORT: the cursor at which a list goes on (exchange/delivery/lists.py).

    `once`: the caller's idempotency key, for calls that a remote store answers.
    """

    method: Method
    purpose: str
    case: str | None
    officer: str | None
    subjects: tuple[SentSubject, ...]
    facts: tuple[SentFact, ...]
    after: Cursor | None = None
    once: str | None = None

    @property
    def has_case(self) -> bool:
        """Whether every subject is covered by a case reference, its own or the call's."""
        return bool(self.case) or (bool(self.subjects) and all(subject.case for subject in self.subjects))


def read_body(method: Method, document: Any) -> Body:
    """Read the JSON of one call; raises WireError."""
    if not isinstance(document, Mapping):
        raise WireError("send a JSON object")
    unknown = document.keys() - _MEMBERS[method]
    if unknown:
        raise WireError(f"unknown member{_shown(min(unknown))}; allowed are {', '.join(sorted(_MEMBERS[method]))}")
    salt = document.get("salt")
    if not isinstance(salt, str) or not _SALT.fullmatch(salt):
        raise WireError("salt: send at least 22 characters of base64url, fresh for each call")
    return Body(
        method=method,
        purpose=_text(document, "purpose", required=True) or "",
        case=_text(document, "case"),
        officer=_text(document, "officer"),
        subjects=_subjects(method, document),
        facts=_facts(document.get("facts"), required=method is Method.VERIFY),
        after=_cursor(document.get("after")),
        once=_once(document.get(_ONCE_MEMBER)),
    )


def _text(document: Mapping[str, Any], name: str, *, required: bool = False) -> str | None:
    value = document.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not 0 < len(value) <= _TEXT_LIMIT or not value.isprintable():
        raise WireError(f"{name}: send printable text of 1 to {_TEXT_LIMIT} characters")
    return value


def _subjects(method: Method, document: Mapping[str, Any]) -> tuple[SentSubject, ...]:
    if method in (Method.EXPORT, Method.CHANGES):
        return ()
    if method is not Method.BATCH:
        if "subject" not in document:
            raise WireError("subject: name the person or organisation that you ask about")
        return (read_subject(document["subject"], where="subject"),)
    subjects = document.get("subjects")
    if not isinstance(subjects, list) or not 0 < len(subjects) <= MAX_SUBJECTS:
        raise WireError(f"subjects: send a list of 1 to {MAX_SUBJECTS} subjects")
    return tuple(_batch_line(entry, position) for position, entry in enumerate(subjects))


def _batch_line(entry: Any, position: int) -> SentSubject:
    where = f"subjects[{position}]"
    if isinstance(entry, Mapping) and "subject" in entry:
        if entry.keys() - {"subject", "case"}:
            raise WireError(f"{where}: only subject and case are allowed")
        sent = read_subject(entry["subject"], where=where)
        return SentSubject(sent.kind, sent.identifier, sent.echo, _text(entry, "case"))
    return read_subject(entry, where=where)


def read_subject(value: Any, *, where: str) -> SentSubject:
    """A bare string, or ``{"kind": …, "id": …}``."""
    if isinstance(value, str):
        kind, identifier = None, value
    elif isinstance(value, Mapping) and value.keys() == {"kind", "id"}:
        kind, identifier = value["kind"], value["id"]
    else:
        raise WireError(f"{where}: send a string, or an object with kind and id")
    if not isinstance(identifier, str) or not 0 < len(identifier) <= _TEXT_LIMIT or not identifier.isprintable():
        raise WireError(f"{where}: the identifier must be printable text")
    if kind is not None and (not isinstance(kind, str) or not kind):
        raise WireError(f"{where}: kind must be text")
    return SentSubject(kind, identifier, value)


def _facts(value: Any, *, required: bool) -> tuple[SentFact, ...]:
    if value is None and not required:
        return ()
    if not isinstance(value, list) or not 0 < len(value) <= MAX_FACTS:
        raise WireError(f"facts: send a list of 1 to {MAX_FACTS} facts")
    return tuple(_fact(entry, position) for position, entry in enumerate(value))


def _fact(entry: Any, position: int) -> SentFact:
    where = f"facts[{position}]"
    if not isinstance(entry, Mapping) or not {"fact"} <= entry.keys() <= {"fact", "with"}:
        raise WireError(f"{where}: send an object with fact and, where it takes parameters, with")
    parameters = entry.get("with", {})
    if not isinstance(entry["fact"], str) or not isinstance(parameters, Mapping):
        raise WireError(f"{where}: fact is text, with is an object")
    return SentFact(entry["fact"], parameters)


def _once(value: Any) -> str | None:
    if value is not None and not (isinstance(value, str) and _ONCE.fullmatch(value)):
        raise WireError(f"{_ONCE_MEMBER}: send 16 to 128 characters of base64url, the same again when you repeat a call")
    return value


def _cursor(value: Any) -> Cursor | None:
    if value is None:
        return None
    if not isinstance(value, Mapping) or value.keys() != {"revision", "row"}:
        raise WireError("after: send an object with revision and row, as the list's page gave it")
    revision, row = value["revision"], value["row"]
    if not isinstance(revision, str) or not _HASH.fullmatch(revision) or type(row) is not int or not 0 <= row < 2**53:
        raise WireError("after: revision is a hash, row a whole number")
    return Cursor(revision, row)


def _shown(name: object) -> str:
    """A member's name for the error, unless it looks like anything but a name: it could be a person's number."""
    return f": {name!r}" if isinstance(name, str) and _NAME.fullmatch(name) else ""
