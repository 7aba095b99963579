"""Small logs for tests, made through the same functions as the real one.

    log = SampleLog()
    log.exchange()                                   # one entry about one invented person
    log.exchange(persons=["p-1", "p-2"], minutes=3)  # two persons, three minutes after the start
    log.act("sha256:…")                              # an entry of an act: route and message only
    log.checkpoint()                                 # signed text at the present size, or at the size given
    log.bundle(0)                                    # receipt file {receipt, answer, checkpoint, proof} of entry 0
    log.stored(), log.heads(2, 5)                    # what `verify_entries` takes
    log.tiles()                                      # {path: bytes} of all tiles and entry bundles

Everything lies open in lists, so that a test can break one byte: `log.raw[3] = …`, `log.texts[3].pop()`,
`log.person_texts[3]`, `log.sealed[3]`, `log.answers[3]`. Keys are fresh for every log.
"""

from dataclasses import dataclass, field
from os import urandom
from typing import Any

from audit.proof.canonical import Document, fresh_nonce, sha256_text
from audit.proof.disclosure import compose_entry, message_value, minute
from audit.proof.envelope import fresh_subject_key, sealed_person
from audit.proof.keys import PemSigner, generate_private_key
from audit.proof.merkle import Frontier, inclusion_path, leaf_hash
from audit.proof.note import sign_checkpoint
from audit.proof.receipt import ReceiptParts, answer_digest, issue_receipts
from audit.proof.tiles import Place, encode_bundle, join_hashes, parent_hash, places_between
from audit.proof.verify import StoredEntry

ORIGIN = "log.example/mianzheng"
START_MS = 1_795_214_760_000  # 2026-11-20T22:46Z
PROMISE_MS = 3_600_000


def fresh_signer(keyid: str) -> PemSigner:
    """A signer with a key that nobody else has."""
    return PemSigner(keyid, generate_private_key())


@dataclass
class SampleLog:
    """A log in memory; see the module's text."""

    origin: str = ORIGIN
    log_signer: PemSigner = field(default_factory=lambda: fresh_signer("hub/log-1"))
    answer_signer: PemSigner = field(default_factory=lambda: fresh_signer("hub/answer-1"))
    raw: list[bytes] = field(default_factory=list)
    texts: list[list[str]] = field(default_factory=list)
    person_texts: list[list[str]] = field(default_factory=list)
    sealed: list[list[bytes]] = field(default_factory=list)
    answers: list[dict[str, Any]] = field(default_factory=list)
    subject_keys: dict[str, bytes] = field(default_factory=dict)
    entry_nonces: list[bytes] = field(default_factory=list)

    def exchange(self, *, persons: list[str] | None = None, minutes: int = 0, outcome: str = "ANSWERED") -> int:
        """Append an answered query about these persons; give the entry's index."""
        answer: Document = {"answer": {"state": "FOUND", "records": [{"grade": 2}]}, "salt": fresh_nonce()}
        nonce, texts, sealed = urandom(16), [], []
        for position, person in enumerate(["51010019900101123X"] if persons is None else persons):
            key = self.subject_keys.setdefault(person, fresh_subject_key())
            content: Document = {
                "id": person,
                "role": "subject",
                "case": "C-1",
                "officer": "automatic",
                "asked": ["grade"],
                "state": "FOUND",
            }
            text, ciphertext = sealed_person(key, nonce, position, content)
            texts.append(text)
            sealed.append(ciphertext)
        at_ms = START_MS + minutes * 60_000
        route: Document = {"type": "exchange", "time_ms": at_ms, "requester": "HOUSING", "outcome": outcome, "count": 1}
        message = message_value(request=sha256_text(b"request"), signature="c2ln", answer=answer_digest(answer))
        raw, clear = compose_entry(kind="x", ts=minute(at_ms), route=route, persons=texts, message=message)
        return self._append(raw, clear, persons=(texts, sealed), nonce=nonce, answer=answer)

    def act(self, act_hash: str, *, minutes: int = 0) -> int:
        """Append the entry of an act; give its index."""
        at_ms = START_MS + minutes * 60_000
        route: Document = {"type": "act", "time_ms": at_ms}
        raw, clear = compose_entry(kind="x", ts=minute(at_ms), route=route, message={"act": act_hash})
        return self._append(raw, clear, persons=([], []), nonce=urandom(16), answer={})

    def leaves(self) -> list[bytes]:
        """Leaf hashes of the entries as they are now."""
        return [leaf_hash(raw) for raw in self.raw]

    def root(self, size: int | None = None) -> bytes:
        """Root at a size."""
        frontier = Frontier()
        frontier.extend(self.leaves()[:size])
        return frontier.root()

    def heads(self, *sizes: int) -> list[tuple[int, bytes]]:
        """Sizes with their roots."""
        return [(size, self.root(size)) for size in sizes]

    def checkpoint(self, size: int | None = None) -> str:
        """Signed checkpoint at a size."""
        size = len(self.raw) if size is None else size
        return sign_checkpoint(self.log_signer, self.origin, size, self.root(size))

    def proof(self, index: int, size: int | None = None) -> dict[str, Any]:
        """Inclusion proof document of one entry."""
        leaves = self.leaves()[:size]
        path = inclusion_path(leaves, index)
        return {"index": index, "size": len(leaves), "path": ["sha256:" + item.hex() for item in path]}

    def receipts(self, *indexes: int) -> list[dict[str, Any]]:
        """Receipts of these entries, as one batch."""
        parts = [ReceiptParts(self.raw[index], self.texts[index] + self.person_texts[index]) for index in indexes]
        return issue_receipts(
            self.answer_signer, log=self.origin, hub=self.origin, parts=parts, issued_ms=START_MS, merge_by=START_MS + PROMISE_MS
        )

    def bundle(self, index: int) -> dict[str, Any]:
        """Receipt file of one entry."""
        return {
            "receipt": self.receipts(index)[0],
            "answer": self.answers[index],
            "checkpoint": self.checkpoint(),
            "proof": self.proof(index),
        }

    def stored(self) -> list[StoredEntry]:
        """Entries as they are stored, with the leaf hashes of a second place."""
        return [StoredEntry(index, raw, leaf_hash(raw)) for index, raw in enumerate(self.raw)]

    def tiles(self) -> dict[str, bytes]:
        """Every tile and entry bundle at the present size, by path."""
        found: dict[str, bytes] = {}
        full: dict[tuple[int, int], bytes] = {}
        leaves = self.leaves()
        for place in places_between(0, len(leaves)):
            level, start = place.level or 0, place.index * 256
            span = range(start, start + place.width)
            tile = join_hashes([leaves[at] if level == 0 else parent_hash(full[level - 1, at]) for at in span])
            found[place.path] = full[level, place.index] = tile
            if level == 0:
                found[Place(None, place.index, place.width).path] = encode_bundle(self.raw[at] for at in span)
        return found

    def _append(self, raw: bytes, clear: list[str], *, persons: tuple[list[str], list[bytes]], nonce: bytes, answer: dict[str, Any]) -> int:
        self.raw.append(raw)
        self.texts.append(clear)
        self.person_texts.append(persons[0])
        self.sealed.append(persons[1])
        self.entry_nonces.append(nonce)
        self.answers.append(answer)
        return len(self.raw) - 1
