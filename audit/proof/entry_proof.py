"""One entry with its proof in one file, and the check that anyone can run without the hub.

`python -m audit.proof.entry_proof FILE --key VERIFIER_KEY` needs Python and `cryptography` alone. The key is the log's,
as `/log/policy` lists it (C2SP signed-note verifier key); take it from somewhere else than the file.
"""

import argparse
import binascii
import sys
from base64 import b64decode, b64encode
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.proof.canonical import CanonicalError, Document, loads
from audit.proof.merkle import ProofError, leaf_hash, verify_inclusion
from audit.proof.note import Checkpoint, NoteError, parse_verifier_key, verify_checkpoint
from audit.proof.receipt import read_proof
from audit.proof.verify import verify_disclosures

VERSION = 1
_MEMBERS = frozenset({"v", "log", "index", "entry", "disclosures", "proof", "checkpoint"})


@dataclass(frozen=True, slots=True)
class ProvedEntry:
    """An entry that stands in the tree of a signed checkpoint, and what its disclosures say, by name."""

    index: int
    raw: bytes
    leaf: bytes
    checkpoint: Checkpoint
    opened: dict[str, Any]


def entry_document(*, log: str, index: int, raw: bytes, disclosures: Sequence[str], inclusion: Document) -> Document:
    """The file: `inclusion` is `{index, size, path, checkpoint}` as the log serves it."""
    proof: Document = {name: inclusion[name] for name in ("index", "size", "path")}
    return {
        "v": VERSION,
        "log": log,
        "index": index,
        "entry": b64encode(raw).decode("ascii"),
        "disclosures": list(disclosures),
        "proof": proof,
        "checkpoint": inclusion["checkpoint"],
    }


def verify_entry_document(document: object, *, log: str, log_key: bytes) -> ProvedEntry:
    """Check entry, disclosures, audit path and checkpoint. Raises ProofError or NoteError, saying which part fails."""
    if not isinstance(document, dict) or document.keys() != _MEMBERS or document["v"] != VERSION:
        raise ProofError("a proof of an entry has the members " + ", ".join(sorted(_MEMBERS)))
    if document["log"] != log:
        raise ProofError("the proof is of another log")
    raw, texts = _bytes(document["entry"]), document["disclosures"]
    if not isinstance(texts, list) or not all(isinstance(text, str) for text in texts):
        raise ProofError("the disclosures are a list of texts")
    head = verify_checkpoint(str(document["checkpoint"]), log, log_key)
    index, size, path = read_proof(document["proof"])
    if index != document["index"] or size != head.size:
        raise ProofError("the proof is for another place or size than the file and its checkpoint say")
    leaf = leaf_hash(raw)
    verify_inclusion(leaf, index, size, path, head.root)
    return ProvedEntry(index, raw, leaf, head, verify_disclosures(index, raw, texts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Check a file; 0 when everything holds, 1 with a sentence on the error stream when not."""
    parser = argparse.ArgumentParser(description="Check that an entry stands in the log, offline.")
    parser.add_argument("file", type=Path)
    parser.add_argument("--key", required=True, help="the log's verifier key, origin+hash+key, as /log/policy lists it")
    options = parser.parse_args(arguments)
    try:
        log, key = parse_verifier_key(options.key)
        proved = verify_entry_document(loads(options.file.read_bytes()), log=log, log_key=key)
    except (OSError, CanonicalError, ProofError, NoteError) as error:
        sys.stderr.write(f"Not proved: {error}\n")
        return 1
    parts = ", ".join(sorted(proved.opened))
    sys.stdout.write(f"Proved: entry {proved.index} stands in the log {log} of {proved.checkpoint.size} entries; disclosed: {parts}\n")
    return 0


def _bytes(text: object) -> bytes:
    try:
        return b64decode(str(text), validate=True)
    except (binascii.Error, ValueError):
        raise ProofError("the entry is no standard base64") from None


if __name__ == "__main__":
    sys.exit(main())
