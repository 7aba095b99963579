"""All lines about one person in one file, streamed in the order of the log, and signed as a whole."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime

from django.utils import translation

from audit.errors import Unavailable
from audit.ground import log_origin
from audit.keys_document import keys_document
from audit.models import Blob, Checkpoint, Entry, LogHead
from audit.proof.canonical import Document, fresh_nonce
from audit.proof.keys import Use
from audit.proof.slip import write_list
from audit.signers import hub_signer
from exchange.accounts.subject import Subject
from exchange.oversight.access_records.listing import all_indexes, records_of
from exchange.oversight.access_records.log_lines import OwnKey, own_key
from exchange.oversight.access_records.records import AccessRecord
from exchange.oversight.slips.making import newest_checkpoint, slip_of

_LANGUAGES = {"en": "en", "zh": "zh-hans"}


def take_away(subject: Subject) -> Iterable[bytes]:
    """The file in pieces: every line below the newest checkpoint that the index reaches, each with its slip.

    Raises Unavailable at once, before the first piece, where nothing can be proved yet.
    """
    checkpoint = _reached_checkpoint()
    now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    statement: Document = {
        "hub": log_origin(),
        "nonce": fresh_nonce(),
        "made_at": now,
        "subject": {"kind": subject.kind, "id": subject.identifier},
        "size": checkpoint.size,
        "checkpoint": checkpoint.text,
    }
    signer, keys = hub_signer(Use.HUB_ANSWER), keys_document()
    return write_list(signer, statement=statement, keys=keys, lines=_lines(subject, checkpoint), signed_at=now)


def _reached_checkpoint() -> Checkpoint:
    """The newest checkpoint below which the index leaves nothing out."""
    newest = newest_checkpoint()
    followed = LogHead.objects.values_list("followed_size", flat=True).first() or 0
    if newest.size <= followed:
        return newest
    return Checkpoint.objects.filter(size__lte=followed).order_by("-size").first() or newest


def _lines(subject: Subject, checkpoint: Checkpoint) -> Iterator[Document]:
    own = own_key(subject)
    for indexes in all_indexes(subject, below=checkpoint.size):
        rows = {row.index: row for row in Entry.objects.filter(index__in=indexes)}
        bodies = dict(Blob.objects.filter(pk__in={row.blob_id for row in rows.values()}).values_list("pk", "body"))
        for record in records_of(subject, own, indexes):
            row = rows[record.entry]
            body = bodies.get(row.blob_id)
            slip = _slip_or_none(subject, own, row, bytes(body) if body is not None else None, checkpoint)
            yield {"entry": record.entry, "told": _told(record), "slip": slip}


def _slip_or_none(subject: Subject, own: OwnKey, row: Entry, body: bytes | None, checkpoint: Checkpoint) -> Document | None:
    """The slip; None, which the file says of the line, where the hub itself can no longer prove it."""
    try:
        return slip_of(subject, own, row, body, checkpoint)
    except Unavailable:
        return None


def _told(record: AccessRecord) -> Document:
    """The sentence in both languages, for people; what is proved stands in the slip."""
    told: Document = {}
    for name, code in _LANGUAGES.items():
        with translation.override(code):
            told[name] = record.sentence
    return told
