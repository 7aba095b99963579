"""Who applies: a bound account, a citizen at the counter, or a person to whom an office made an offer."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from exchange.accounts.subject import Assurance, Subject, subject_of
from exchange.affairs.models import Channel


@dataclass(frozen=True)
class Applicant:
    """For whom an action on a case is taken: doors make it from who is signed in, never from what was sent.

    `person` is the account's id (None at the counter), `clerk` the id of the clerk at the counter (else None).
    """

    subject: Subject
    assurance: Assurance
    channel: Channel
    person: uuid.UUID | None = None
    clerk: uuid.UUID | None = None

    @property
    def by(self) -> str:
        """Who acts, for the time line."""
        if self.channel is Channel.OFFER and self.person is None:
            return "HUB"  # nobody said a word: the hub offered, and nobody objected
        return "CLERK" if self.clerk else "CITIZEN"


def applicant_of(person: Any, *, channel: Channel = Channel.ONLINE) -> Applicant:
    """The applicant who is signed in. Raises NotBound where the account is bound to nobody."""
    return Applicant(subject_of(person), Assurance(person.assurance), channel, person=person.pk)
