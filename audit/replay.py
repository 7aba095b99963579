"""Brings acts back from the second copy: what a hub does first when its database is older than the copy."""

from __future__ import annotations

from django.db import connection, transaction

from audit import copy, trail
from audit.authority import forget
from audit.copy import CopiedAct
from audit.errors import PolicyRollback
from audit.ground import ground
from audit.locks import lock_exclusive
from audit.models import Act, Entry, Pending
from audit.proof.acts import AuthorityError, StoredAct, empty, extend
from audit.proof.canonical import dumps, loads


def replay_copy() -> int:
    """Put back every act that the copy has and the database has not, or has otherwise; give how many.

    The whole copy is verified from the root first, so it can bring back only what the parties signed. Whoever wants
    the altered rows as evidence copies the database before. Raises PolicyRollback when the copy does not verify.
    """
    copied = list(copy.acts())
    try:
        extend(empty(ground()), [StoredAct(item.raw, item.hub_signature) for item in copied])
    except AuthorityError as error:
        raise PolicyRollback(f"the second copy does not verify: {error}", fault=str(error)) from error
    with transaction.atomic():
        with connection.cursor() as cursor:
            lock_exclusive(cursor)
        replayed = sum(_put_back(seq, item) for seq, item in enumerate(copied, 1))
    forget()
    return replayed


def _put_back(seq: int, item: CopiedAct) -> bool:
    row = Act.objects.filter(pk=seq).first()
    if row is not None and _is_the_same(row, item):
        return False
    act = loads(item.raw)
    Act.objects.filter(pk=seq).delete()
    Act.objects.filter(hash=item.hash).delete()
    Act.objects.create(
        seq=seq,
        hash=item.hash,
        type=act["order"]["type"],
        at=act["at"],
        raw=item.raw,
        hub_signature=dumps(item.hub_signature).decode(),
        leaf=item.leaf if _has_entry(item.leaf) else _record_again(seq, item, act),
    )
    return True


def _is_the_same(row: Act, item: CopiedAct) -> bool:
    """Whether the row is what the copy says; its entry may be a later one, where the first was lost and recorded again."""
    if (bytes(row.raw), row.hash, row.hub_signature) != (item.raw, item.hash, dumps(item.hub_signature).decode()):
        return False
    if bytes(row.leaf) == item.leaf:
        return _has_entry(item.leaf)
    return not _has_entry(item.leaf) and _has_entry(bytes(row.leaf))


def _has_entry(leaf: bytes) -> bool:
    return Entry.objects.filter(leaf=leaf).exists() or Pending.objects.filter(leaf=leaf).exists()


def _record_again(seq: int, item: CopiedAct, act: dict[str, object]) -> bytes:
    """The act's entry was lost with the database; the log says that it was replayed."""
    order = act["order"]
    route = {"type": "act", "act": order["type"] if isinstance(order, dict) else "", "seq": seq, "count": 1, "reason": "REPLAYED"}
    return trail.record(route, message={"act": item.hash}).leaf
