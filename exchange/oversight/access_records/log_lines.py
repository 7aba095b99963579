"""Reads entries that name a person, with that person's own key. The index only says where to look; nothing of it is believed.

What comes back was matched with the exact bytes of the entry (RFC 9901 digests) and opened under the person's key
(AES-256-GCM, bound to the entry and the position), so a line that was altered is told as damaged, never as something else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from audit.models import Blob, Entry
from audit.parts import Part, part_at
from audit.proof.disclosure import DisclosureError, parse_entry
from audit.proof.envelope import EnvelopeError, open_person
from audit.proof.merkle import ProofError
from audit.proof.verify import verify_disclosures, verify_person_count
from audit.subjects import blind_of, find_keys
from exchange.accounts.subject import Subject


@dataclass(frozen=True)
class OwnKey:
    """What finds and opens the lines of one person. No key: nothing ever named the person, or the key was destroyed."""

    blind: bytes = field(repr=False)
    key: bytes | None = field(repr=False)


@dataclass(frozen=True)
class Mention:
    """One place of an entry that names the person; `role` is subject, parameter or answer."""

    position: int
    role: str
    case: str
    officer: str
    asked: tuple[Any, ...]
    state: Any


@dataclass(frozen=True)
class LogLine:
    """One entry, opened for one person: `mentions` is empty where it does not name the person.

    `is_damaged`: what lies beside the entry is not what the entry commits to; then only the time is known.
    """

    entry: int
    at_ms: int
    route: Mapping[str, Any] = field(default_factory=dict, repr=False)
    mentions: tuple[Mention, ...] = ()
    is_damaged: bool = False


def own_key(subject: Subject) -> OwnKey:
    """The person's blind and key, without making a key for somebody whom nothing names."""
    blind = blind_of(*subject.who)
    return OwnKey(blind, find_keys([blind]).get(blind))


def read_lines(own: OwnKey, indexes: Sequence[int]) -> dict[int, LogLine]:
    """The lines of these entries by index, in two queries; an entry that the log does not have is left out."""
    rows = list(Entry.objects.filter(index__in=indexes))
    bodies = {pk: bytes(body) for pk, body in Blob.objects.filter(pk__in={row.blob_id for row in rows}).values_list("pk", "body")}
    return {row.index: opened_line(own, row, bodies.get(row.blob_id)) for row in rows}


def opened_line(own: OwnKey, row: Entry, body: bytes | None) -> LogLine:
    """One entry opened for a person; damaged where what lies beside it does not belong to it or does not open."""
    raw = bytes(row.raw)
    try:
        part, opened = matched(row.index, raw, body, row.position)
        mentions = tuple(own_mentions(own, part))
    except (ProofError, EnvelopeError):
        return LogLine(row.index, _minute_ms(raw), is_damaged=True)
    return LogLine(row.index, int(opened["route"].get("time_ms") or _minute_ms(raw)), opened["route"], mentions)


def matched(index: int, raw: bytes, body: bytes | None, position: int) -> tuple[Part, dict[str, Any]]:
    """What lies beside an entry and what it says in clear, matched with the entry's bytes. Raises ProofError."""
    if body is None:
        raise ProofError("nothing lies beside the entry")
    part = part_at(body, position)
    opened = verify_disclosures(index, raw, part.disclosures)
    verify_person_count(index, opened, len(part.persons))
    return part, opened


def own_mentions(own: OwnKey, part: Part) -> Iterable[Mention]:
    """Every place at which the person stands, opened. Raises EnvelopeError where one does not open."""
    for position, sealed in enumerate(part.persons):
        if sealed.blind == own.blind:
            yield _mention(position, open_person(own.key or b"", part.nonce, position, sealed.ciphertext))


def mentions_by_key(own: OwnKey, part: Part) -> Iterable[Mention]:
    """The same without believing the blinds: whatever the key opens. Slow, for a recount."""
    for position, sealed in enumerate(part.persons):
        try:
            yield _mention(position, open_person(own.key or b"", part.nonce, position, sealed.ciphertext))
        except EnvelopeError:
            continue


def _mention(position: int, person: Mapping[str, Any]) -> Mention:
    asked = person.get("asked")
    return Mention(
        position=position,
        role=str(person.get("role", "")),
        case=str(person.get("case") or ""),
        officer=str(person.get("officer") or ""),
        asked=tuple(asked) if isinstance(asked, list) else (),
        state=person.get("state"),
    )


def _minute_ms(raw: bytes) -> int:
    """The time that the entry itself shows; 0 where its bytes are no entry."""
    try:
        return int(datetime.strptime(parse_entry(raw).ts, "%Y-%m-%dT%H:%M%z").timestamp() * 1000)
    except (DisclosureError, ValueError):
        return 0
