"""One round as one batch: each agreement and subject is one signed call, facts of the same one joined."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from audit import signers
from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Signer
from exchange.affairs.gathering.authority import Grounds, Lead, method_of
from exchange.affairs.recorded import AUTOMATIC
from exchange.affairs.rules import Asking
from exchange.delivery.door import Arrival
from exchange.delivery.handling import Response, handle
from exchange.delivery.inside import signed_arrival
from exchange.sharing.policy import Method


@dataclass(frozen=True)
class Question:
    """One piece of evidence on its way: what is asked, about whom (kind, identifier), and under which agreement."""

    evidence: int
    asking: Asking
    about: tuple[str, str]
    grounds: Grounds

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


@dataclass
class Letter:
    """One call and the questions that it carries; `facts` as sent, each once."""

    questions: list[Question] = field(default_factory=list)
    facts: list[dict[str, Any]] = field(default_factory=list)

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
        key = (*question.call_key, 0 if joined else question.evidence)
        letters.setdefault(key, Letter()).add(question)
    return list(letters.values())


def send(letters: Sequence[Letter], *, lead: Lead, case: str) -> list[Reply]:
    """Hand in one batch, signed as the lead department's own system. Never inside a transaction. Raises HubError without a key."""
    signer = signers.system_signer(lead.keyid)
    responses: list[Response] = handle([_arrival(letter, signer, case) for letter in letters])
    return [Reply(response.status, json.loads(response.body)) for response in responses]


def _arrival(letter: Letter, signer: Signer, case: str) -> Arrival:
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
