"""What the signed acts allow, verified from the stored bytes and held by this process.

The only authority there is: every state column elsewhere is a projection. Whatever fails here raises PolicyRollback,
and goes on raising until the data are right (protocol section 3).
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from audit import copy
from audit.errors import PolicyRollback
from audit.ground import ground
from audit.logged import prove_acts_logged
from audit.models import Act
from audit.proof.acts import AuthorityError, Head, Standing, StoredAct, empty, extend
from audit.proof.canonical import CanonicalError, loads
from audit.proof.merkle import ProofError
from audit.proof.note import NoteError

_CHUNK = 500


@dataclass(frozen=True, slots=True)
class _Held:
    """The verified chain of this process; acts up to `proven_seq` were seen under a signed checkpoint."""

    standing: Standing
    proven_seq: int


class _Drafts(threading.local):
    """Standings that contain acts of this thread's own, not yet committed transaction."""

    def __init__(self) -> None:
        self.stack: list[Standing] = []


_refreshing = threading.Lock()
_drafts = _Drafts()
_held: _Held | None = None


def version() -> Head:
    """(seq, hash) of the newest act: the policy version, by one SELECT."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM audit_act ORDER BY seq DESC LIMIT 1")
        row = cursor.fetchone()
    return Head(*row) if row else Head(0, "")


def standing() -> Standing:
    """What is allowed now. Costs one SELECT when nothing changed; raises PolicyRollback when anything fails."""
    newest = version()
    draft = _own_draft(newest)
    if draft is not None:
        return draft
    held = _held
    if held is not None and held.standing.head == newest:
        return held.standing
    with _refreshing:
        return _refresh()


def hold_draft(draft: Standing) -> None:
    """Remember a standing that includes an act of the running transaction; a rollback lets it fall away."""
    _drafts.stack.append(draft)


def drop_drafts() -> None:
    """The transaction has ended: from here on only verified stored bytes count."""
    _drafts.stack.clear()


def forget() -> None:
    """Begin again as a fresh process would. For tests, and after the second copy was replayed."""
    global _held
    drop_drafts()
    _held = None


def _own_draft(newest: Head) -> Standing | None:
    if not connection.in_atomic_block:
        _drafts.stack.clear()
    while _drafts.stack and _drafts.stack[-1].head != newest:
        _drafts.stack.pop()  # rolled back, wholly or to a savepoint
    return _drafts.stack[-1] if _drafts.stack else None


def _refresh() -> Standing:
    """Extend what is held by the stored acts after it, after all checks; the caller holds the lock."""
    global _held
    copied = copy.head()  # before the database is read: a copy is never ahead of it by itself
    newest = version()
    held = _held or _Held(empty(ground()), 0)
    if newest == held.standing.head and _held is not None:
        return held.standing
    try:
        extended = extend(held.standing, _stored_after(held.standing.head.seq))
        extended.require_head(*held.standing.head)
        extended.require_head(*copied)
        if extended.head != newest:
            raise AuthorityError(newest.seq, "TRUNCATED", "the newest act is not where the chain ends")
        proven = prove_acts_logged(extended, after=held.proven_seq)
    except (AuthorityError, CanonicalError, ProofError, NoteError) as error:
        raise _rollback(error) from error
    _held = _Held(extended, proven)
    return extended


def _stored_after(seq: int) -> Iterator[StoredAct]:
    """Acts after `seq` in order, in chunks read whole: a chain that fails half-way leaves no open cursor behind."""
    rows = Act.objects.order_by("seq").values_list("seq", "raw", "hub_signature")
    while chunk := list(rows.filter(seq__gt=seq)[:_CHUNK]):
        for _seq, raw, hub_signature in chunk:
            yield StoredAct(bytes(raw), loads(hub_signature.encode()))
        seq = chunk[-1][0]


def _rollback(error: Exception) -> PolicyRollback:
    sentence = _("The signed record of permissions does not verify ({fault}). Nothing is exchanged. Run: manage.py verify_log")
    return PolicyRollback(sentence.format(fault=error), fault=str(error), act=getattr(error, "seq", None))
