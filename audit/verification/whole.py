"""The whole verification as a checklist: acts, entries with tree and disclosures, their match, what waits, the head."""

from __future__ import annotations

from audit import copy
from audit.logged import verify_log_checkpoint
from audit.parts import part_at
from audit.proof.acts import Standing
from audit.proof.merkle import ProofError, leaf_hash
from audit.proof.note import Checkpoint as TreeHead
from audit.proof.note import NoteError
from audit.subjects import find_keys
from audit.verification.chain import match_with_log, verify_chain
from audit.verification.entries import EntryWalk, check_part
from audit.verification.report import Cancelled, OnProgress, Progress, VerificationReport
from audit.verification.source import LiveLog, LogSource, StoredRow, bodies_of, entry_chunks, head_of, waiting_chunks


def verify(*, on_progress: OnProgress | None = None, source: LogSource | None = None) -> VerificationReport:
    """Prove the stored log again and say what is wrong; `on_progress` may raise Cancelled.

    Reads in pieces, so the memory does not grow with the log. What is added while it runs is left for the next time.
    """
    report = VerificationReport()
    try:
        _verify(source or LiveLog(), report, on_progress or _ignore)
    except Cancelled:
        report.is_cancelled = True
    return report


def _verify(source: LogSource, report: VerificationReport, on_progress: OnProgress) -> None:
    copied_text = copy.checkpoint_text() if source.is_live else None  # before the head, which is never behind it
    size, root = head_of(source) or (0, b"")
    standing, acts = verify_chain(source, report)
    copied = _copied_head(standing, copied_text, report)
    walk = EntryWalk(source, report, standing, max(size, copied.size if copied else 0))
    for rows in entry_chunks(source, size):
        walk.take(rows)
        report.size = walk.walk.size
        on_progress(Progress(report.size, size))
        if walk.is_broken:
            break
    walk.finish()
    if not walk.is_broken:
        _check_heads(walk, size, root, copied)
        match_with_log(source, acts, walk.logged_acts, report)
    _verify_waiting(source, report)


def _check_heads(walk: EntryWalk, size: int, root: bytes, copied: TreeHead | None) -> None:
    if size and walk.walk.frontier.root() != root:
        walk.report.add("head", size, f"the head: {size} entries do not give the root in its row")
    if copied is not None and copied.size == size:
        walk.check_root(copied.size, copied.root)


def _copied_head(standing: Standing, text: str | None, report: VerificationReport) -> TreeHead | None:
    if text is None:
        return None
    try:
        return verify_log_checkpoint(standing, text)
    except NoteError as error:
        report.add("checkpoint", 0, f"the checkpoint of the second copy: {error}")
        return None


def _verify_waiting(source: LogSource, report: VerificationReport) -> None:
    for rows in waiting_chunks(source):
        bodies = bodies_of(source, rows)
        for row in rows:
            report.waiting += 1
            try:
                _check_waiting(row, bodies, report)
            except (ProofError, KeyError):
                report.add("waiting", row.index, f"waiting entry {row.index}: its bytes or what lies beside it were changed")


def _check_waiting(row: StoredRow, bodies: dict[int, bytes], report: VerificationReport) -> None:
    if leaf_hash(row.raw) != row.leaf:
        raise ProofError("the stored bytes were changed")
    part = part_at(bodies[row.blob_id], row.position)
    check_part(row, part, find_keys([person.blind for person in part.persons]), report)


def _ignore(_progress: Progress) -> None:
    """Nobody is watching."""
