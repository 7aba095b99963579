"""Run as a program on a copy of a hub: does with SQL what only somebody with the database could do, and tells what `verify_log` says.

`python -m tests.journeys.tampering try`      each case in a transaction of its own, undone afterwards; prints JSON
`python -m tests.journeys.tampering do CASE`  one case, for good
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import django

django.setup()

from django.core.management import CommandError, call_command  # noqa: E402  (after setup)
from django.db import connection, transaction  # noqa: E402

from audit.proof.canonical import b64url, dumps, loads, unb64url  # noqa: E402
from audit.proof.merkle import leaf_hash  # noqa: E402

Row = dict[str, Any]
_KINDS = ("route", "subject", "message")


def select(statement: str, *parameters: Any) -> list[tuple[Any, ...]]:
    """All rows."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return cursor.fetchall()


def execute(statement: str, *parameters: Any) -> None:
    """Change exactly one row, or say that the case did not do what it says."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        if cursor.rowcount != 1:
            raise SystemExit(f"{statement}: {cursor.rowcount} rows")


def exchange_entry() -> tuple[int, int, int]:
    """(index, blob, position) of the first answered exchange about a person."""
    found = select("SELECT entry FROM audit_entryindex WHERE type = 'exchange' AND method = 'QUERY' ORDER BY entry LIMIT 1")
    return select('SELECT "index", blob_id, position FROM audit_entry WHERE "index" = %s', found[0][0])[0]  # type: ignore[return-value]


def newest_entry() -> int:
    """The index of the last entry."""
    return int(select('SELECT max("index") FROM audit_entry')[0][0])


def edit_entry() -> str:
    """Another minute in the bytes of an entry."""
    index, _, _ = exchange_entry()
    (raw,) = select('SELECT raw FROM audit_entry WHERE "index" = %s', index)[0]
    execute('UPDATE audit_entry SET raw = %s WHERE "index" = %s', bytes(raw).replace(b'"ts":"20', b'"ts":"19'), index)
    return f"entry {index}:"


def edit_entry_with_its_leaf() -> str:
    """The same by somebody who knows about leaf hashes."""
    index, _, _ = exchange_entry()
    (raw,) = select('SELECT raw FROM audit_entry WHERE "index" = %s', index)[0]
    start = bytes(raw).index(b'"_sd":["') + 8
    forged = bytes(raw)[:start] + (b"B" if raw[start] == ord("A") else b"A") + bytes(raw)[start + 1 :]
    execute('UPDATE audit_entry SET raw = %s, leaf = %s WHERE "index" = %s', forged, leaf_hash(forged), index)
    return f"entry {index}:"


def delete_entry() -> str:
    """An entry in the middle."""
    index, _, _ = exchange_entry()
    execute('DELETE FROM audit_entry WHERE "index" = %s', index)
    return f"entry {index}: deleted"


def delete_newest_entry() -> str:
    """The last one, where no gap shows."""
    index = newest_entry()
    execute('DELETE FROM audit_entry WHERE "index" = %s', index)
    return f"entry {index}: deleted"


def edit_act() -> str:
    """Another day in the first agreement."""
    seq, raw = select("SELECT seq, raw FROM audit_act WHERE type = 'agree' ORDER BY seq LIMIT 1")[0]
    execute("UPDATE audit_act SET raw = %s WHERE seq = %s", bytes(raw).replace(b'"until":"20', b'"until":"21'), seq)
    return f"act {seq}"


def delete_act() -> str:
    """An act in the middle."""
    ((seq,),) = select("SELECT min(seq) FROM audit_act WHERE type = 'agree'")
    execute("DELETE FROM audit_act WHERE seq = %s", seq)
    return f"act {seq}"


def delete_newest_act() -> str:
    """The last act, so that the chain looks whole."""
    ((seq,),) = select("SELECT max(seq) FROM audit_act")
    execute("DELETE FROM audit_act WHERE seq = %s", seq)
    return f"act {seq}"


def sign_act_anew() -> str:
    """The hub's signature of another act in the place of this one's."""
    ((seq,),) = select("SELECT min(seq) FROM audit_act WHERE type = 'agree'")
    ((other,),) = select("SELECT hub_signature FROM audit_act WHERE seq = %s", seq + 1)
    execute("UPDATE audit_act SET hub_signature = %s WHERE seq = %s", other, seq)
    return f"act {seq}"


def edit_disclosure(name: str) -> str:
    """Another value behind the same salt."""

    def change(part: Row) -> None:
        part["disclosures"] = [_forged(text) if _name(text) == name else text for text in part["disclosures"]]

    return _change_part(change)


def delete_disclosure(name: str) -> str:
    """What lies beside the entry, without one of its texts."""

    def change(part: Row) -> None:
        part["disclosures"] = [text for text in part["disclosures"] if _name(text) != name]

    return _change_part(change)


def edit_person() -> str:
    """One bit of a sealed person."""

    def change(part: Row) -> None:
        sealed = bytearray(unb64url(part["persons"][0]["ciphertext"]))
        sealed[-1] ^= 1
        part["persons"][0]["ciphertext"] = b64url(bytes(sealed))

    return _change_part(change)


def delete_person() -> str:
    """A person who was asked about, made to vanish."""

    def change(part: Row) -> None:
        del part["persons"][0]

    return _change_part(change)


def delete_blob() -> str:
    """All that lies beside the entries of one batch."""
    _, blob, _ = exchange_entry()
    ((first,),) = select('SELECT min("index") FROM audit_entry WHERE blob_id = %s', blob)
    execute("DELETE FROM audit_blob WHERE id = %s", blob)
    return f"entry {first}:"


def edit_checkpoint() -> str:
    """Another root under the log's signature."""
    size, text = select("SELECT size, text FROM audit_checkpoint ORDER BY size LIMIT 1")[0]
    lines = text.split("\n")
    lines[2] = ("B" if lines[2][0] == "A" else "A") + lines[2][1:]
    execute("UPDATE audit_checkpoint SET text = %s WHERE size = %s", "\n".join(lines), size)
    return f"checkpoint {size}"


def open_state_of_newest_revocation() -> str:
    """The chain ends before its newest revocation of an agreement, and the agreement's own row says IN_FORCE again."""
    agreements = {name for (name,) in select("SELECT agreement_id FROM sharing_agreement WHERE agreement_id IS NOT NULL")}
    revoked = [(seq, loads(bytes(raw))["order"]["target"]) for seq, raw in select("SELECT seq, raw FROM audit_act WHERE type = 'revoke'")]
    seq, target = max(found for found in revoked if found[1] in agreements)
    execute("UPDATE sharing_agreement SET state = 'IN_FORCE' WHERE agreement_id = %s", target)
    for (later,) in select("SELECT seq FROM audit_act WHERE seq >= %s", seq):
        execute("DELETE FROM audit_act WHERE seq = %s", later)
    return str(target)


def _change_part(change: Callable[[Row], None]) -> str:
    index, blob, position = exchange_entry()
    ((body,),) = select("SELECT body FROM audit_blob WHERE id = %s", blob)
    parts: Any = loads(bytes(body), max_bytes=1 << 26)
    change(parts[position])
    forged = dumps(parts)
    if forged == bytes(body):
        raise SystemExit("the case changed nothing")
    execute("UPDATE audit_blob SET body = %s WHERE id = %s", forged, blob)
    return f"entry {index}:"


def _name(text: str) -> str:
    _, name, _ = _opened(text)
    return str(name)


def _forged(text: str) -> str:
    salt, name, value = _opened(text)
    return b64url(dumps([salt, name, {**value, "root": "changed", "answer": "changed", "purpose": "changed"}]))


def _opened(text: str) -> list[Any]:
    opened: Any = loads(unb64url(text))
    return list(opened)


CASES: dict[str, Callable[[], str]] = {
    "entry edited": edit_entry,
    "entry edited with its leaf hash": edit_entry_with_its_leaf,
    "entry deleted": delete_entry,
    "newest entry deleted": delete_newest_entry,
    "act edited": edit_act,
    "act deleted": delete_act,
    "newest act deleted": delete_newest_act,
    "act signed by another's signature": sign_act_anew,
    **{f"{kind} edited": lambda kind=kind: edit_disclosure(kind) for kind in _KINDS},  # type: ignore[misc]
    **{f"{kind} deleted": lambda kind=kind: delete_disclosure(kind) for kind in _KINDS},  # type: ignore[misc]
    "person edited": edit_person,
    "person deleted": delete_person,
    "everything beside a batch deleted": delete_blob,
    "checkpoint edited": edit_checkpoint,
}
FOR_GOOD = CASES | {"newest revocation deleted": open_state_of_newest_revocation}


def tried(case: Callable[[], str]) -> Row:
    """What `verify_log` says after a case, which is undone again."""
    with transaction.atomic():
        expected = case()
        try:
            call_command("verify_log", stdout=StringIO(), stderr=StringIO())
        except CommandError as error:
            found = {"code": error.returncode, "said": str(error)}
        else:
            found = {"code": 0, "said": ""}
        transaction.set_rollback(True)
    return {**found, "expected": expected}


if __name__ == "__main__":
    if sys.argv[1] == "do":
        print(FOR_GOOD[sys.argv[2]]())  # noqa: T201  (a program's output)
    else:
        print(json.dumps({name: tried(case) for name, case in CASES.items()}))  # noqa: T201  (a program's output)
