"""Who a citizen is to the registers: one subject, bound to the account by somebody else's proof, never self-declared."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from django.utils.translation import gettext_lazy as _

from audit.errors import NotAllowed
from audit.proof.envelope import EnvelopeError
from exchange.accounts.columns import blind_identifier, open_column, open_identifier, seal_column, seal_identifier


class Assurance(StrEnum):
    """How sure the hub is that the person is the subject (eIDAS levels). A case keeps the one it was begun with."""

    LOW = "LOW"
    SUBSTANTIAL = "SUBSTANTIAL"
    HIGH = "HIGH"


RANKS: Mapping[Assurance, int] = {Assurance.LOW: 1, Assurance.SUBSTANTIAL: 2, Assurance.HIGH: 3}


class NotBound(NotAllowed):
    """The account does not say whose records it may ask for."""

    code = "NOT_BOUND"
    title = _("We do not know yet who you are")


@dataclass(frozen=True)
class Subject:
    """A person as the registers know them: kind of identifier and its normalised text. Never shown in an error or a log."""

    kind: str
    identifier: str

    def __repr__(self) -> str:
        return f"Subject({self.kind!r}, …)"

    @property
    def who(self) -> tuple[str, str]:
        """What the log finds a person by (audit.subjects)."""
        return self.kind, self.identifier

    @property
    def blind(self) -> bytes:
        """What our own columns find a person by."""
        return blind_identifier(self.kind, self.identifier)

    def sealed(self) -> tuple[bytes, bytes]:
        """(sealed, blind) for a column."""
        return seal_identifier(self.kind, self.identifier)


def opened(kind: str, sealed: bytes | memoryview, *, account: uuid.UUID | None = None, blind: bytes | memoryview | None = None) -> Subject:
    """The subject in a sealed column; with `account`, one that `sealed_for` made for that account (or other row).

    `blind` is the column beside it, by which the row is known to be somebody's: both must mean the same person.
    Raises envelope.EnvelopeError where it was altered, or copied from another row.
    """
    identifier = open_identifier(kind, bytes(sealed)) if account is None else open_column(bytes(sealed), _place(account, kind))
    subject = Subject(kind, identifier)
    if blind is not None and subject.blind != bytes(blind):
        raise EnvelopeError("a sealed subject stands beside another subject's blind")
    return subject


def sealed_for(account: uuid.UUID, subject: Subject) -> bytes:
    """The subject as the rows of one account (or of one visit) hold it: a copy in another's row does not open."""
    return seal_column(subject.identifier, _place(account, subject.kind))


def subject_of(person: Any) -> Subject:
    """The subject to whom an account is bound. Raises NotBound with the next step."""
    sealed = getattr(person, "identifier_sealed", None)
    if not sealed or not person.is_active:
        raise NotBound(_("Say first who you are: with the code sent to your phone, by your sign-in provider, or at a counter."))
    return opened(person.identifier_kind, sealed, account=person.pk)


def _place(account: uuid.UUID, kind: str) -> str:
    return f"account:{account}:{kind}"
