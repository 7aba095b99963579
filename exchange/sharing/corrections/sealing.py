"""What is written about a subject's value is sealed under the subject's own key: destroying the key destroys it too."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import orjson

from audit.proof import envelope
from audit.subjects import blind_of, find_keys, subject_keys
from exchange.accounts.subject import Subject, opened
from exchange.sharing.models import CorrectionRequest


@dataclass(frozen=True)
class Spoken:
    """What both sides wrote; empty where nothing was, or where the subject's key is gone."""

    believed: str = ""
    reason: str = ""
    evidence: str = ""
    answer: str = ""


def seal_words(subject: Subject, number: str, name: str, words: Mapping[str, str]) -> bytes:
    """Texts as one sealed column; `name` says which. Makes and commits a missing key in the key store."""
    key = subject_keys([subject.who])[subject.who].key
    return envelope.seal(key, orjson.dumps(dict(words)), _place(number, name))


def subject_of(correction: CorrectionRequest) -> Subject:
    """Whom the correction is about. Raises EnvelopeError where the row was altered."""
    return opened(correction.subject_kind, correction.subject_sealed, blind=correction.subject_blind)


def spoken(correction: CorrectionRequest) -> Spoken:
    """What was written, opened. Whose value it is does not stand in it."""
    blind_key = _key(subject_of(correction))
    if blind_key is None:
        return Spoken()
    told = orjson.loads(envelope.open_sealed(blind_key, bytes(correction.words), _place(correction.number, "words")))
    if correction.answer is not None:
        told |= orjson.loads(envelope.open_sealed(blind_key, bytes(correction.answer), _place(correction.number, "answer")))
    return Spoken(**told)


def _key(subject: Subject) -> bytes | None:
    blind = blind_of(*subject.who)
    return find_keys([blind]).get(blind)


def _place(number: str, name: str) -> str:
    return f"correction:{number}:{name}"
