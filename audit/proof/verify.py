"""What anyone runs to check the log: one receipt with its proof, or every entry with what is disclosed beside it.

Needs Python and `cryptography` alone. Everything raises; nothing returns a bool that could be ignored.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any

from audit.proof.canonical import Document
from audit.proof.disclosure import (
    NAMES,
    DisclosureError,
    LogEntry,
    check_persons,
    digest,
    open_disclosure,
    parse_entry,
)
from audit.proof.merkle import Frontier, ProofError, leaf_hash, verify_consistency, verify_inclusion
from audit.proof.note import Checkpoint, NoteError, verify_checkpoint
from audit.proof.receipt import (
    ReceiptError,
    VerifiedReceipt,
    check_answer,
    hash_bytes,
    read_proof,
    verify_receipt,
)

_BUNDLE_MEMBERS = frozenset({"receipt", "answer", "checkpoint", "proof"})
_MINUTE = "%Y-%m-%dT%H:%MZ"
_PROGRESS_EVERY = 1000


class Fault(StrEnum):
    """What can be wrong with a stored log."""

    BYTES = "BYTES"  # the stored bytes are no entry
    LEAF = "LEAF"  # the bytes do not hash to the leaf that stands in the tree
    GAP = "GAP"  # an entry is missing, or stands in another place
    TIME = "TIME"  # an entry is earlier than those before it
    ROOT = "ROOT"  # the entries do not give the root that was signed
    MISSING = "MISSING"  # a disclosure that the entry commits to is gone
    MISMATCH = "MISMATCH"  # a disclosure is not the one that the entry commits to


class LogFault(ProofError):
    """The first thing that is wrong: which entry, which fault, and which part of what is disclosed beside it.

    `index` is the entry; where only a range can be named it runs from `index` to `last`.
    """

    def __init__(self, index: int, fault: Fault, text: str, *, part: str = "", last: int | None = None) -> None:
        """Name the entry in the message, so that a log line alone says where to look."""
        self.index, self.fault, self.part, self.last = index, fault, part, index if last is None else last
        where = f"entry {index}" if last in (None, index) else f"entries {index} to {last}"
        super().__init__(f"{where}: {text}")


@dataclass(frozen=True, slots=True)
class StoredEntry:
    """An entry as it is stored. `leaf` is its hash from a second place (tile or table), if there is one."""

    index: int
    raw: bytes
    leaf: bytes | None = None


@dataclass(frozen=True, slots=True)
class VerifiedBundle:
    """A receipt that verified; `checkpoint` and `index` are None while the entry is promised but not yet merged."""

    receipt: VerifiedReceipt
    checkpoint: Checkpoint | None
    index: int | None


@dataclass(slots=True)
class LogWalk:
    """Entry after entry, in constant memory: the tree so far, and the newest minute seen."""

    frontier: Frontier = field(default_factory=Frontier)
    newest: str = ""
    _earliest_allowed: str = field(init=False, default="")
    _newest_at: int = field(init=False, default=-1)
    _agreed: int = field(init=False, default=0)

    def __post_init__(self) -> None:
        """Go on where another walk stopped, with its time and its last agreed size."""
        self._agreed = self.frontier.size
        if self.newest:
            self._earliest_allowed = _minute_before(self.frontier.size, self.newest)

    @property
    def size(self) -> int:
        """How many entries have been walked."""
        return self.frontier.size

    def add(self, entry: StoredEntry) -> LogEntry:
        """Check the next entry: place, bytes, leaf hash, and a time at most one minute before any earlier one."""
        index = self.frontier.size
        if entry.index != index:
            raise LogFault(index, Fault.GAP, f"missing; what follows is entry {entry.index}")
        leaf = leaf_hash(entry.raw)
        if entry.leaf is not None and entry.leaf != leaf:
            raise LogFault(index, Fault.LEAF, "the stored bytes are not those whose hash stands in the tree")
        parsed = _parse(index, entry.raw)
        self._check_time(index, parsed.ts, is_certain=entry.leaf is not None)
        self.frontier.append(leaf)
        return parsed

    def check_root(self, size: int, root: bytes) -> None:
        """Compare with a signed root of the present size; name the entries since the last root that agreed."""
        if size != self.size:
            raise LogFault(self.size, Fault.GAP, f"missing; a tree of {size} entries was signed")
        if self.frontier.root() != root:
            first = min(self._agreed, max(size - 1, 0))
            raise LogFault(first, Fault.ROOT, "they do not give the root that was signed", last=max(size - 1, 0))
        self._agreed = size

    def _check_time(self, index: int, ts: str, *, is_certain: bool) -> None:
        """Where no second hash or signed root vouches for the newest time, its entry may be the forged one: name both."""
        if ts > self.newest:
            self._earliest_allowed = _minute_before(index, ts)
            self.newest, self._newest_at = ts, -1 if is_certain else index
        elif ts < self._earliest_allowed:
            first = index if self._newest_at < self._agreed else self._newest_at
            raise LogFault(first, Fault.TIME, f"the time goes back from {self.newest} to {ts}", last=index)


def verify_entries(
    entries: Iterable[StoredEntry],
    heads: Iterable[tuple[int, bytes]] = (),
    *,
    walk: LogWalk | None = None,
    progress: Callable[[int], None] | None = None,
) -> LogWalk:
    """Walk entries in order and compare with signed heads `(size, root)`, ascending; raise the first LogFault.

    Heads below the start of `walk` are skipped. `progress` is called with the size about every thousand entries.
    """
    walk = walk or LogWalk()
    waiting = [head for head in sorted(heads) if head[0] >= walk.size][::-1]
    _check_reached(walk, waiting)
    for entry in entries:
        walk.add(entry)
        _check_reached(walk, waiting)
        if progress and walk.size % _PROGRESS_EVERY == 0:
            progress(walk.size)
    if waiting:
        walk.check_root(*waiting[-1])
    return walk


def verify_disclosures(index: int, raw: bytes, texts: Sequence[str], *, persons: Sequence[str] | None = None) -> dict[str, Any]:
    """Match what lies beside an entry with it; give the values by name. Raises LogFault, naming the part.

    `texts` are the clear disclosures; every one that `route` lists in `parts` must be there and no other.
    `persons`, if given, are all person disclosures rebuilt, in order: they must give the subject's root.
    """
    entry = _parse(index, raw)
    opened: dict[str, Any] = {}
    for text in texts:
        name, value = _open(index, text)
        if name in opened or digest(text) not in entry.digests:
            raise LogFault(index, Fault.MISMATCH, f"the disclosure {name} is not the one in the entry", part=name)
        opened[name] = value
    _check_parts(index, opened)
    if persons is not None:
        _check_subject(index, opened.get("subject"), persons)
    return opened


def verify_person_count(index: int, opened: Mapping[str, Any], count: int) -> None:
    """Raise LogFault unless as many sealed persons lie beside the entry as its subject says; needs no key."""
    subject = opened.get("subject")
    expected = subject.get("n") if isinstance(subject, dict) else 0
    if count != expected:
        text = f"{count} sealed persons lie beside it instead of {expected}"
        raise LogFault(index, Fault.MISSING, text, part="person")


def verify_inclusion_proof(proof: Document, receipt: VerifiedReceipt, *, checkpoint: str, log_key: bytes) -> tuple[Checkpoint, int]:
    """Prove that a receipt's entry stands in the tree of a signed checkpoint; give the checkpoint and the index.

    `proof` is `{index, size, path}`, `checkpoint` the signed text, `log_key` the log's Ed25519 key.
    Raises ProofError or NoteError.
    """
    head = verify_checkpoint(checkpoint, receipt.log, log_key)
    index, size, path = read_proof(proof)
    if size != head.size:
        raise ProofError("the proof is for another size than the checkpoint")
    verify_inclusion(receipt.leaf, index, size, path, head.root)
    return head, index


def verify_extension(old: Checkpoint, new: Checkpoint, path: Sequence[str]) -> None:
    """Raise ProofError unless the newer checkpoint holds all that the older one held. Hashes as `sha256:…`."""
    if old.origin != new.origin:
        raise ProofError("the checkpoints are of two logs")
    verify_consistency(old.size, new.size, [hash_bytes(item) for item in path], old.root, new.root)


def verify_bundle(bundle: Document, *, receipt_keys: Mapping[str, bytes], log_key: bytes, log: str) -> VerifiedBundle:
    """Check a receipt file `{receipt, answer, checkpoint, proof}` offline; raise ReceiptError saying what fails.

    `receipt_keys` are the hub's answer keys by keyid. `answer` is the body with or without its member `receipt`, or
    null; `checkpoint` (text) and `proof` (`{index, size, path}`) may both be null while the entry is not merged yet.
    """
    if not isinstance(bundle, dict) or bundle.keys() != _BUNDLE_MEMBERS:
        raise ReceiptError("a receipt file has the members receipt, answer, checkpoint and proof")
    receipt = _verify_known_receipt(bundle["receipt"], receipt_keys, log)
    _check_bundled_answer(receipt, bundle)
    checkpoint, proof = bundle["checkpoint"], bundle["proof"]
    if checkpoint is None and proof is None:
        return VerifiedBundle(receipt, None, None)
    if not isinstance(checkpoint, str) or not isinstance(proof, dict):
        raise ReceiptError("a checkpoint and a proof belong together")
    try:
        head, index = verify_inclusion_proof(proof, receipt, checkpoint=checkpoint, log_key=log_key)
    except (ProofError, NoteError) as error:
        raise ReceiptError(str(error)) from None
    return VerifiedBundle(receipt, head, index)


def _verify_known_receipt(receipt: object, keys: Mapping[str, bytes], log: str) -> VerifiedReceipt:
    if not isinstance(receipt, dict):
        raise ReceiptError("the file holds no receipt")
    keyid = receipt.get("keyid")
    public_key = keys.get(keyid) if isinstance(keyid, str) else None
    if public_key is None:
        raise ReceiptError("the receipt is signed by a key that is not known here")
    return verify_receipt(receipt, public_key=public_key, log=log)


def _check_bundled_answer(receipt: VerifiedReceipt, bundle: Document) -> None:
    answer = bundle["answer"]
    if answer is None:
        return
    if not isinstance(answer, dict):
        raise ReceiptError("the answer is no JSON object")
    if answer.get("receipt", bundle["receipt"]) != bundle["receipt"]:
        raise ReceiptError("the answer holds another receipt")
    check_answer(receipt, answer)


def _check_reached(walk: LogWalk, waiting: list[tuple[int, bytes]]) -> None:
    while waiting and waiting[-1][0] == walk.size:
        walk.check_root(*waiting.pop())


def _parse(index: int, raw: bytes) -> LogEntry:
    try:
        return parse_entry(raw)
    except DisclosureError as error:
        raise LogFault(index, Fault.BYTES, str(error)) from None


def _open(index: int, text: str) -> tuple[str, Any]:
    try:
        _, name, value = open_disclosure(text)
    except DisclosureError as error:
        raise LogFault(index, Fault.MISMATCH, str(error)) from None
    if name not in NAMES:
        raise LogFault(index, Fault.MISMATCH, "a disclosure has a name that no entry has")
    return name, value


def _check_parts(index: int, opened: Mapping[str, Any]) -> None:
    """Every part that the route lists is there, and nothing else."""
    route = opened.get("route")
    if route is None:
        raise LogFault(index, Fault.MISSING, "the disclosure route is missing", part="route")
    parts = route.get("parts") if isinstance(route, dict) else None
    if not isinstance(parts, list) or "route" not in parts or not all(isinstance(name, str) for name in parts):
        raise LogFault(index, Fault.MISMATCH, "the route does not list the parts beside it", part="route")
    for name in parts:
        if name not in opened:
            raise LogFault(index, Fault.MISSING, f"the disclosure {name} is missing", part=name)
    for name in opened:
        if name not in parts:
            raise LogFault(index, Fault.MISMATCH, f"the route knows no disclosure {name}", part=name)


def _check_subject(index: int, subject: Any, persons: Sequence[str]) -> None:
    if subject is None and not persons:
        return
    try:
        check_persons(subject, persons)
    except DisclosureError as error:
        raise LogFault(index, Fault.MISMATCH, str(error), part="person") from None


def _minute_before(index: int, ts: str) -> str:
    try:
        return (datetime.strptime(ts, _MINUTE).replace(tzinfo=UTC) - timedelta(minutes=1)).strftime(_MINUTE)
    except (ValueError, OverflowError):
        raise LogFault(index, Fault.TIME, "its time is no date of the calendar") from None
