"""Verifies the chain of acts, and that each act stands in the log with its own hash and in the second copy."""

from __future__ import annotations

from audit import copy
from audit.ground import ground
from audit.proof.acts import AuthorityError, Standing, StoredAct, empty, extend
from audit.proof.canonical import CanonicalError
from audit.verification.report import VerificationReport
from audit.verification.source import LogSource, StoredActRow, acts, has_leaf


def verify_chain(source: LogSource, report: VerificationReport) -> tuple[Standing, list[StoredActRow]]:
    """Fold all acts from the first; give what stands before the first bad one, and the rows."""
    copied = copy.head() if source.is_live else None  # before the rows: it is never ahead of them by itself
    rows = list(acts(source))
    standing = _fold([row.act for row in rows], report)
    report.acts = standing.head.seq
    for row in rows[: standing.head.seq]:
        if standing.act_seqs.get(row.hash) != row.seq:
            report.add("act", row.seq, f"act {row.seq}: the hash in its column is not that of its bytes")
    if copied is not None and not report.findings:
        try:
            standing.require_head(*copied)
        except AuthorityError as error:
            report.add("act", error.seq, f"{error} (the second copy has it)")
    return standing, rows


def match_with_log(source: LogSource, rows: list[StoredActRow], logged: dict[int, tuple[int, str]], report: VerificationReport) -> None:
    """Compare acts with their entries, `logged` giving index and hash by seq: neither may be without the other."""
    known = {row.seq: row for row in rows}
    for seq, (index, act_hash) in sorted(logged.items()):
        if seq not in known:
            report.add("act", seq, f"act {seq}: deleted; entry {index} of the log records it")
        elif known[seq].hash != act_hash:
            report.add("act", seq, f"act {seq}: changed; entry {index} of the log records another act at this place")
    for row in rows:
        if row.seq not in logged and not has_leaf(source, row.leaf):
            report.add("act", row.seq, f"act {row.seq}: the log has no entry for it")


def _fold(stored: list[StoredAct], report: VerificationReport) -> Standing:
    start = empty(ground())
    try:
        return extend(start, stored)
    except AuthorityError as error:
        report.add("act", error.seq, str(error))
        return extend(start, stored[: error.seq - 1])
    except CanonicalError as error:
        report.add("act", 0, f"acts: {error}")
        return start
