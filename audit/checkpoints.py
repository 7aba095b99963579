"""Signs tree heads, and refuses to contradict what was signed before (protocol section 7).

The signer remembers in the second copy as well as in the database, so that a database which was turned back, cut or
rewritten cannot make it sign a second history.
"""

from __future__ import annotations

import time

from audit import copy
from audit.authority import standing
from audit.errors import LogStopped
from audit.ground import log_origin
from audit.head import Head
from audit.logged import newest_checkpoint
from audit.models import Checkpoint
from audit.proof.keys import Use
from audit.proof.merkle import ProofError, verify_consistency
from audit.proof.note import Checkpoint as TreeHead
from audit.proof.note import sign_checkpoint
from audit.proof.tiles import TileTree
from audit.signers import hub_signer
from audit.tiles import read_tile


def sign(head: Head) -> str:
    """Sign exactly this size and root and keep the text in the second copy; the same again for a head signed before.

    Raises LogStopped for a smaller size, another root for a size, a tree that does not extend the signed one, or a
    clock that went back; PolicyRollback while the acts do not verify.
    """
    allowed = standing()
    with copy.signing_lock():
        known = newest_checkpoint(allowed)
        if known is not None:
            _refuse_contradiction(head, known)
        _check_tree(head, known)
        _refuse_earlier_clock()
        text = sign_checkpoint(hub_signer(Use.HUB_LOG), log_origin(), head.size, head.root)
        copy.catch_up()
        copy.keep_checkpoint(text)
    return text


def keep(head: Head, text: str) -> None:
    """Store a signed checkpoint; one that stands already must have the same root."""
    row, is_new = Checkpoint.objects.get_or_create(size=head.size, defaults={"root": head.root, "text": text, "signed_ms": _now_ms()})
    if not is_new and bytes(row.root) != head.root:
        raise LogStopped(f"the database holds another checkpoint for the size {head.size}")


def newest_size(up_to: int) -> int:
    """The size of the newest stored checkpoint of at most `up_to` entries; 0 before the first."""
    newest = Checkpoint.objects.filter(size__lte=up_to).order_by("-size").values_list("size", flat=True).first()
    return newest or 0


def published(size: int) -> Checkpoint | None:
    """The checkpoint to show to the world."""
    return Checkpoint.objects.filter(size=size).first()


def _refuse_contradiction(head: Head, known: TreeHead) -> None:
    if head.size < known.size:
        raise LogStopped(f"a checkpoint of {known.size} entries was signed, and the database has {head.size}")
    if head.size == known.size and head.root != known.root:
        raise LogStopped(f"another root was signed for {head.size} entries")


def _check_tree(head: Head, known: TreeHead | None) -> None:
    """The tiles give this root, and the newest signed tree is a prefix of it."""
    try:
        tree = TileTree(read_tile, head.size)
        if tree.root() != head.root:
            raise LogStopped(f"the tiles of {head.size} entries give another root than the head")
        if known is not None:
            verify_consistency(known.size, head.size, tree.consistency_path(known.size), known.root, head.root)
    except ProofError as error:
        raise LogStopped(f"the log does not extend what was signed: {error}") from error


def _refuse_earlier_clock() -> None:
    newest = Checkpoint.objects.order_by("-size").values_list("signed_ms", flat=True).first()
    if newest is not None and _now_ms() < newest:
        raise LogStopped("the clock went back behind the newest checkpoint; correct the time of this machine")


def _now_ms() -> int:
    return time.time_ns() // 1_000_000
