"""Who received a value: read from the log's own bytes with the subject's key. The index only says where to look.

A department shows that it received a value by the entry of its own exchange; nobody else's entry counts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import orjson
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Missing, Unavailable
from audit.head import read_head
from audit.models import Blob, Entry, EntryIndex, SubjectTrace
from audit.parts import part_at
from audit.proof.acts.masks import items_read
from audit.proof.envelope import EnvelopeError, open_person
from audit.proof.merkle import ProofError
from audit.proof.verify import verify_disclosures
from audit.subjects import blind_of, find_keys
from catalog import identifiers
from exchange.accounts.subject import Subject
from exchange.sharing.errors import NotReceived
from exchange.sharing.models import Agreement

ANSWERS = ("exchange", "outcome")
_LEAF = "sha256:"
_HEX = 64
_LONGEST_ENTRY = 18


@dataclass(frozen=True)
class ReadEntry:
    """One entry: what it says in clear, and what it says about one person (empty: it does not name that person)."""

    index: int
    route: Mapping[str, Any] = field(repr=False)
    mentions: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)

    def gave(self, *names: str) -> bool:
        """Whether it was answered, with one of these items or facts."""
        route = self.route
        if route.get("type") not in ANSWERS or route.get("outcome") != "ANSWERED":
            return False
        return bool({*(route.get("items") or ()), *(fact.get("fact") for fact in route.get("facts") or ())} & {*names})

    @property
    def found_somebody(self) -> bool:
        """Whether there was a record about the person."""
        return any(person.get("role") == "subject" and person.get("state") != "NO_RECORD" for person in self.mentions)


def entry_of(text: str) -> int:
    """The number of the entry that somebody names: a number, a leaf (`sha256:…`), or a whole receipt. Raises NotReceived."""
    named = text.strip()
    if named.isascii() and named.isdigit() and len(named) <= _LONGEST_ENTRY:
        return int(named)
    if named.startswith("{"):
        named = _leaf_of(named)
    leaf = named.removeprefix(_LEAF)
    try:
        found = Entry.objects.filter(leaf=bytes.fromhex(leaf)).values_list("index", flat=True).first() if len(leaf) == _HEX else None
    except ValueError:
        found = None
    if found is None:
        raise NotReceived(_("The log has no such entry. Give the number of the entry, or the receipt that came with the answer."))
    return int(found)


def received_value(agreement: Agreement, *, entry: int, item: str, subject: Subject) -> None:
    """Return when this entry gave this item about this subject to the agreement's requester, under it. Raises NotReceived."""
    found = read_entry(entry, subject) if 0 <= entry < read_head().published_size else None
    if found is None:
        raise NotReceived(_("The log has no such entry. Give the number of the entry, or the receipt that came with the answer."))
    mine = found.route.get("agreement") == agreement.agreement_id and found.route.get("requester") == agreement.requester_id
    if not mine or not found.gave(item):
        raise NotReceived(_("This entry is no answer under this agreement that holds this item."))
    if is_personal(subject.kind) and not found.found_somebody:
        raise NotReceived(_("This entry brought no record of this subject."))


def receivers(agreement: Agreement, *, entry: int, item: str, subject: Subject) -> dict[str, list[int]]:
    """Departments that received this item, or an answer that rests on it, since the revision that the entry read, with their entries.

    Only persons leave traces: about other subjects nobody can be found, and the dictionary is empty.
    """
    dataset = str(agreement.document["dataset"])
    traced = SubjectTrace.objects.filter(blind=blind_of(*subject.who), entry__gte=_revision_entry(dataset, entry)).values("entry")
    lines = EntryIndex.objects.filter(entry__in=traced, type__in=ANSWERS, dataset=dataset, outcome="ANSWERED").order_by("entry")
    names, found = resting_on(dataset, item), dict[str, list[int]]()
    for index in lines.values_list("entry", flat=True):
        read = read_entry(index, subject)
        if read is not None and read.gave(*names) and read.found_somebody:
            found.setdefault(str(read.route["requester"]), []).append(index)
    return found


def resting_on(dataset: str, name: str) -> frozenset[str]:
    """What is wrong where an item is wrong: the item, and every fact that reads it; of a fact, the same for each item it reads."""
    held = acts.standing().versions.get(dataset)
    declared: Any = held.version["facts"] if held is not None else ()
    reads = {str(fact["name"]): frozenset(items_read(fact["expression"])) for fact in declared}
    items = reads.get(name, frozenset({name}))
    return frozenset({name, *items, *(fact for fact, read in reads.items() if read & items)})


def read_entry(index: int, subject: Subject) -> ReadEntry | None:
    """An entry opened for one person, matched with its exact bytes; None where there is none. Raises Unavailable when damaged."""
    row = Entry.objects.filter(index=index).first()
    if row is None:
        return None
    body = Blob.objects.filter(pk=row.blob_id).values_list("body", flat=True).first()
    try:
        part = part_at(bytes(body or b""), row.position)
        opened = verify_disclosures(index, bytes(row.raw), part.disclosures)
        blind = blind_of(*subject.who)
        places = [place for place, sealed in enumerate(part.persons) if sealed.blind == blind]
        key = find_keys([blind]).get(blind, b"") if places else b""
        people = tuple(open_person(key, part.nonce, place, part.persons[place].ciphertext) for place in places)
    except (ProofError, EnvelopeError) as error:
        raise Unavailable(_("The log cannot be read here. Run: manage.py verify_log"), code="LOG_DAMAGED") from error
    return ReadEntry(index, opened["route"], people)


def normalised(kind: str, identifier: str, *, allowed: Sequence[str]) -> Subject:
    """The subject as the registers write it. Raises Missing (kind) or NotReceived; neither ever holds the identifier."""
    if kind not in allowed:
        raise Missing(_("This dataset is not about subjects of that kind."))
    known = identifiers.kinds()[kind]
    text = known.normalise(identifier)
    if not known.pattern.fullmatch(text):
        raise NotReceived(_("The identifier is not well formed; check it for typing mistakes."))
    return Subject(kind, text)


def is_personal(kind: str) -> bool:
    """Whether a kind names a person. An unknown kind counts as personal: the careful reading."""
    known = identifiers.kinds()
    return kind not in known or known[kind].is_personal


def _revision_entry(dataset: str, before: int) -> int:
    """Where the log says that the rows were published which this entry read; 0 where nothing says it."""
    acts = EntryIndex.objects.filter(type="act", act_type="revision", dataset=dataset, entry__lt=before)
    found = acts.order_by("-entry").values_list("entry", flat=True).first()
    return int(found or 0)


def _leaf_of(receipt: str) -> str:
    try:
        document = orjson.loads(receipt)
    except orjson.JSONDecodeError:
        return ""
    held = document.get("receipt", document) if isinstance(document, dict) else {}
    return str(held.get("leaf", "")) if isinstance(held, dict) else ""
