"""Proof slips: one entry with the part that names one person, proved offline; and a person's lines in one signed file.

A slip proves that the entry stands in the tree of a signed checkpoint (RFC 6962), that its disclosures belong to it
(RFC 9901), and that the person disclosure is a leaf of the tree whose root stands in the entry's `subject`. Nobody else
of the same entry is in it: neighbours appear as hashes of salted texts. Needs Python and `cryptography` alone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from audit.proof.canonical import CanonicalError, Document, document_hash, dumps
from audit.proof.disclosure import PERSON, DisclosureError, open_disclosure
from audit.proof.entry_proof import ProvedEntry, verify_entry_document
from audit.proof.keys import SignatureError, Signer, sign_document, verify_document
from audit.proof.merkle import ProofError, inclusion_path, leaf_hash, verify_inclusion
from audit.proof.receipt import hash_bytes

SLIP = "slip"
LIST = "access-list"
ROLE = "hub"
_PERSON_MEMBERS = frozenset({"position", "disclosure", "path"})
_LINE_MEMBERS = frozenset({"entry", "told", "slip"})
_BUNDLE_MEMBERS = frozenset({"v", "form", "keys", "statement", "lines", "lines_hash", "signature"})
_STATEMENT_MEMBERS = frozenset({"hub", "nonce", "made_at", "subject", "size", "checkpoint"})


@dataclass(frozen=True, slots=True)
class ProvedSlip:
    """An entry that stands in the log, and what it says of the persons on the slip (one person, mostly once)."""

    entry: ProvedEntry
    persons: tuple[dict[str, Any], ...]


@dataclass(frozen=True, slots=True)
class ProvedList:
    """A person's lines as the hub signed them. `unproved` are entries that the hub itself could not prove whole."""

    statement: dict[str, Any]
    slips: tuple[ProvedSlip, ...]
    unproved: tuple[int, ...]

    @property
    def count(self) -> int:
        """How many lines the file holds."""
        return len(self.slips) + len(self.unproved)


def person_part(texts: Sequence[str], position: int) -> Document:
    """The part of a slip that names the person at `position`, from all person disclosures of the entry in order."""
    path = inclusion_path([leaf_hash(text.encode("ascii")) for text in texts], position)
    return {"position": position, "disclosure": texts[position], "path": ["sha256:" + item.hex() for item in path]}


def slip_document(entry: Document, persons: Sequence[Document]) -> Document:
    """The file: an `entry_document` and the parts that name the person."""
    return {**entry, "form": SLIP, "persons": list(persons)}


def verify_slip(document: object, *, log: str, log_key: bytes) -> ProvedSlip:
    """Check a slip wholly. Raises ProofError or NoteError, saying which part fails."""
    if not isinstance(document, dict) or document.get("form") != SLIP or not isinstance(document.get("persons"), list):
        raise ProofError("this is no proof slip")
    entry = {name: value for name, value in document.items() if name not in ("form", "persons")}
    proved = verify_entry_document(entry, log=log, log_key=log_key)
    return ProvedSlip(proved, tuple(_person(proved.opened.get("subject"), part) for part in document["persons"]))


def write_list(signer: Signer, *, statement: Document, keys: Document, lines: Iterable[Document], signed_at: str) -> Iterable[bytes]:
    """The file of all lines in pieces, as it is streamed; the signature over statement and lines stands at the end.

    `statement` is `{hub, nonce, made_at, subject, size, checkpoint}`: these are all lines about the subject below `size`.
    `keys` are the acts about keys as the hub serves them; whoever checks believes only what the authority's root signed.
    """
    yield b'{"form":%b,"keys":%b,"lines":[' % (dumps(LIST), dumps(keys))
    hashed = sha256()
    for number, line in enumerate(lines):
        raw = dumps(line)
        hashed.update(raw + b"\n")
        yield (b"," if number else b"") + b"\n" + raw
    lines_hash = "sha256:" + hashed.hexdigest()
    document: Document = {"statement": document_hash(statement), "lines": lines_hash, "hub": statement["hub"], "nonce": statement["nonce"]}
    signature = sign_document(signer, kind=LIST, document=document, role=ROLE, signed_at=signed_at)
    yield b'\n],"lines_hash":%b,"signature":%b,"statement":%b,"v":1}\n' % (dumps(lines_hash), dumps(signature), dumps(statement))


def verify_list(document: object, *, log: str, log_key: bytes, answer_keys: Mapping[str, bytes]) -> ProvedList:
    """Check a file of lines: the hub's signature over all of them, and each slip. Raises ProofError or NoteError.

    `answer_keys` are the hub's answer keys by keyid.
    """
    if not isinstance(document, dict) or document.keys() != _BUNDLE_MEMBERS or document["form"] != LIST or document["v"] != 1:
        raise ProofError("this is no file of lines about a person")
    statement, lines = document["statement"], document["lines"]
    if not isinstance(statement, dict) or statement.keys() != _STATEMENT_MEMBERS or not isinstance(lines, list):
        raise ProofError("the file says nothing about itself")
    _check_signature(document, statement, lines, log, answer_keys)
    slips: list[ProvedSlip] = []
    unproved: list[int] = []
    newest = -1
    for line in lines:
        newest = _require_order(line, newest, statement["size"])
        if line["slip"] is None:
            unproved.append(newest)
        else:
            slips.append(_line(line, statement, log, log_key))
    return ProvedList(statement, tuple(slips), tuple(unproved))


def is_list(document: object) -> bool:
    """Whether a file is a list of lines about a person."""
    return isinstance(document, dict) and document.get("form") == LIST


def is_slip(document: object) -> bool:
    """Whether a file is one proof slip."""
    return isinstance(document, dict) and document.get("form") == SLIP


def _person(subject: object, part: object) -> dict[str, Any]:
    """What a person disclosure says, once it is proved to be a leaf under the entry's subject."""
    if not isinstance(part, dict) or part.keys() != _PERSON_MEMBERS or not isinstance(part["path"], list):
        raise ProofError("the part that names the person has the members position, disclosure and path")
    if not isinstance(subject, dict) or type(part["position"]) is not int or type(subject.get("n")) is not int:
        raise ProofError("the entry names nobody at this place")
    text = str(part["disclosure"])
    try:
        _, name, value = open_disclosure(text)
    except (DisclosureError, ValueError) as error:
        raise ProofError(str(error)) from None
    if name != PERSON or not isinstance(value, dict):
        raise ProofError("the part that names the person is malformed")
    path = [hash_bytes(item) for item in part["path"]]
    verify_inclusion(leaf_hash(text.encode("ascii")), part["position"], subject["n"], path, hash_bytes(subject.get("root")))
    return value


def _check_signature(document: Document, statement: Document, lines: Sequence[Any], log: str, keys: Mapping[str, bytes]) -> None:
    signature: Any = document["signature"]
    try:
        hashed = sha256(b"".join(dumps(line) + b"\n" for line in lines)).hexdigest()
        signed: Document = {
            "statement": document_hash(statement),
            "lines": f"sha256:{hashed}",
            "hub": statement["hub"],
            "nonce": statement["nonce"],
        }
        key = keys.get(str(signature["keyid"]))
        if key is None or signature.get("role") != ROLE or statement["hub"] != log:
            raise ProofError("the file is signed by a key that is not known here, or is of another hub")
        if document["lines_hash"] != signed["lines"]:
            raise ProofError("a line was changed, added or taken away")
        verify_document(signature, kind=LIST, document=signed, public_key=key)
    except (SignatureError, CanonicalError, TypeError, KeyError, AttributeError) as error:
        raise ProofError(f"the hub did not sign these lines: {error}") from None


def _require_order(line: object, newest: int, size: object) -> int:
    if not isinstance(line, dict) or line.keys() != _LINE_MEMBERS or type(line["entry"]) is not int or type(size) is not int:
        raise ProofError("a line has the members entry, told and slip")
    if not newest < line["entry"] < size:
        raise ProofError("the lines are not in the order of the log, or reach beyond what the file speaks of")
    return line["entry"]


def _line(line: Document, statement: Document, log: str, log_key: bytes) -> ProvedSlip:
    proved = verify_slip(line["slip"], log=log, log_key=log_key)
    subject: Any = statement["subject"]
    if proved.entry.index != line["entry"] or proved.entry.checkpoint.size != statement["size"]:
        raise ProofError("a slip is for another entry, or under another checkpoint, than its line says")
    if any(person.get("id") != subject.get("id") for person in proved.persons):
        raise ProofError("a line is about somebody else")
    return proved
