"""Makes the proof slip of one line: the entry, what lies beside it, the person's own part, and the proof."""

from __future__ import annotations

from collections.abc import Sequence

from django.utils.translation import gettext as _

from audit.errors import Missing, Unavailable
from audit.ground import log_origin
from audit.models import Blob, Checkpoint, Entry
from audit.parts import Part
from audit.proof.canonical import Document
from audit.proof.entry_proof import entry_document
from audit.proof.envelope import EnvelopeError, open_person, person_disclosure
from audit.proof.merkle import ProofError
from audit.proof.slip import person_part, slip_document
from audit.proofs import inclusion_under, published_checkpoint
from audit.subjects import find_keys
from exchange.accounts.subject import Subject
from exchange.oversight.access_records.lists import stood_on
from exchange.oversight.access_records.log_lines import OwnKey, matched, own_key


def make_slip(subject: Subject, entry: int) -> Document:
    """The slip of one line, under the newest published checkpoint.

    Raises Missing for an entry that does not name the person, Unavailable where it cannot be proved now.
    """
    own, row = own_key(subject), Entry.objects.filter(index=entry).first() if 0 <= entry < 2**62 else None
    if row is None:
        raise _no_such_line()
    body = Blob.objects.filter(pk=row.blob_id).values_list("body", flat=True).first()
    return slip_of(subject, own, row, bytes(body) if body is not None else None, newest_checkpoint())


def newest_checkpoint() -> Checkpoint:
    """The newest published checkpoint. Raises Unavailable before the first."""
    found = published_checkpoint()
    if found is None:
        raise Unavailable(_("Nothing can be proved yet. Try again in a few seconds."), code="NOT_YET_MERGED")
    return found


def slip_of(subject: Subject, own: OwnKey, row: Entry, body: bytes | None, checkpoint: Checkpoint) -> Document:
    """The slip of one stored entry under one checkpoint. Raises as `make_slip` does."""
    try:
        part, opened = matched(row.index, bytes(row.raw), body, row.position)
        places = [place for place, sealed in enumerate(part.persons) if sealed.blind == own.blind]
        if not places and stood_on(opened["route"], subject) is False:
            raise _no_such_line()
        persons = [person_part(texts, place) for place in places for texts in [_all_texts(part)]]
    except (ProofError, EnvelopeError):
        raise Unavailable(_("This line cannot be proved any more. Tell the sharing authority."), code="LINE_DAMAGED") from None
    if row.index >= checkpoint.size:
        raise Unavailable(_("This line is not proved yet. Try again in a few seconds."), code="NOT_YET_MERGED")
    proof = inclusion_under(checkpoint, row.index)
    document = entry_document(log=log_origin(), index=row.index, raw=bytes(row.raw), disclosures=part.disclosures, inclusion=proof)
    return slip_document(document, persons)


def _all_texts(part: Part) -> Sequence[str]:
    """Every person disclosure of the entry, rebuilt to give the hashes beside the person's own; never shown.

    Raises EnvelopeError where one cannot be rebuilt: then nothing proves the place of any.
    """
    keys = find_keys(list({sealed.blind for sealed in part.persons}))
    return [_text(keys.get(sealed.blind, b""), part.nonce, place, sealed.ciphertext) for place, sealed in enumerate(part.persons)]


def _text(key: bytes, nonce: bytes, place: int, ciphertext: bytes) -> str:
    return person_disclosure(key, nonce, place, open_person(key, nonce, place, ciphertext))


def _no_such_line() -> Missing:
    return Missing(_("There is no such line among those about you."))
