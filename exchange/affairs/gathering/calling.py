"""One round as one batch: each agreement and subject is one signed call, facts of the same one joined."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit import signers
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Signer
from catalog.stores import OFFICER
from exchange.affairs.gathering.authority import Grounds, Lead, method_of
from exchange.affairs.recorded import AUTOMATIC
from exchange.affairs.rules import Asking
from exchange.delivery.door import Arrival
from exchange.delivery.errands.asker import ASKER
from exchange.delivery.handling import handle
from exchange.delivery.inside import collecting_arrival, signed_arrival
from exchange.delivery.responding import Response
from exchange.sharing.policy import Method

ACCEPTED = 202
PATIENCE_S = 2.0
_LOOK_EVERY_S = 0.2


@dataclass(frozen=True)
class Question:
    """One piece of evidence on its way: what is asked, about whom (kind, identifier), and under which agreement.

    `pending`: it was asked before, and the answer of a remote store is waited for (agreement, leaf of the intent).
    """

    evidence: int
    asking: Asking
    about: tuple[str, str]
    grounds: Grounds
    pending: tuple[str, bytes] | None = None

    @property
    def call_key(self) -> tuple[str, str, tuple[str, str], str]:
        """Questions with the same one travel in one call."""
        policy = self.grounds.policy
        return (policy.agreement if policy else "", str(method_of(self.asking)), self.about, self.grounds.purpose)


@dataclass(frozen=True)
class Reply:
    """What came back for one call: the HTTP status and the body."""

    status: int
    body: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The code of a refusal; empty for an answer."""
        return str(self.body.get("code", ""))

    @property
    def is_waiting(self) -> bool:
        """Whether a remote store is still being asked."""
        return self.status == ACCEPTED

    @property
    def intent(self) -> bytes:
        """The leaf of the entry of the intent, by which the result is collected."""
        return bytes.fromhex(self.body["receipt"]["leaf"].removeprefix("sha256:"))


@dataclass
class Letter:
    """One call and the questions that it carries; `facts` as sent, each once."""

    questions: list[Question] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

    @property
    def agreement(self) -> str:
        """The agreement under which it was asked."""
        first = self.questions[0]
        return first.pending[0] if first.pending else first.call_key[0]

    @property
    def is_for_officer(self) -> bool:
        """Whether a person of the provider answers: nobody waits for that in a connection."""
        policy = self.questions[0].grounds.policy
        return policy is not None and policy.store_kind == OFFICER

    def add(self, question: Question) -> None:
        """Join a question."""
        self.questions.append(question)
        if question.asking.fact and (fact := fact_of(question)) not in self.facts:
            self.facts.append(fact)


def fact_of(question: Question) -> dict[str, Any]:
    """The fact as it is sent."""
    asking = question.asking
    return {"fact": asking.fact, "with": dict(asking.parameters)} if asking.parameters else {"fact": asking.fact}


def letters_of(questions: Sequence[Question], *, joined: bool = True) -> list[Letter]:
    """Questions joined into calls, or each by itself."""
    letters: dict[Any, Letter] = {}
    for question in questions:
        key = question.pending or (*question.call_key, 0 if joined else question.evidence)
        letters.setdefault(key, Letter()).add(question)
    return list(letters.values())


def send(letters: Sequence[Letter], *, lead: Lead, case: str) -> list[Reply]:
    """Hand in one batch, signed as the lead department's own system. Never inside a transaction. Raises HubError without a key."""
    signer = signers.system_signer(lead.keyid)
    responses: list[Response] = handle([_arrival(letter, signer, case) for letter in letters])
    replies = [Reply(response.status, json.loads(response.body)) for response in responses]
    return _with_patience(letters, replies, signer)


def _with_patience(letters: Sequence[Letter], replies: list[Reply], signer: Signer) -> list[Reply]:
    """Wait a little for services and databases, as every caller may; what is not there then is collected later."""
    until = time.monotonic() + PATIENCE_S
    while True:
        soon = [place for place, reply in enumerate(replies) if reply.is_waiting and not letters[place].is_for_officer]
        if not soon or time.monotonic() >= until:
            return replies
        ASKER.wake()
        time.sleep(_LOOK_EVERY_S)
        arrivals = [collecting_arrival(signer, agreement=letters[place].agreement, intent=replies[place].intent) for place in soon]
        for place, response in zip(soon, handle(arrivals), strict=True):
            replies[place] = Reply(response.status, json.loads(response.body))


def _arrival(letter: Letter, signer: Signer, case: str) -> Arrival:
    if pending := letter.questions[0].pending:
        return collecting_arrival(signer, agreement=pending[0], intent=pending[1])
    agreement, method, (kind, identifier), purpose = letter.questions[0].call_key
    document: dict[str, Any] = {
        "purpose": purpose,
        "salt": fresh_nonce(),
        "case": case,
        "officer": AUTOMATIC,
        "subject": {"kind": kind, "id": identifier},
    }
    if method == Method.VERIFY:
        document["facts"] = letter.facts
    return signed_arrival(signer, agreement=agreement, method=method.lower(), document=document)
