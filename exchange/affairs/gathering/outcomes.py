"""What a reply means for each question that it answers: a state, a reason, never an empty field. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from exchange.affairs.gathering.calling import Letter, Question, Reply, fact_of
from exchange.affairs.lifecycle import EvidenceEvent

YES, UNKNOWN = "YES", "UNKNOWN"
PROVIDER_DOWN = "PROVIDER_DOWN"
WAITING = "WAITING"
# Refusals that pass by themselves, whatever their status: the question is asked again later.
_PASSING = frozenset(
    {
        *("HELD", "QUOTA", "TOO_MANY_REFUSALS", "SUPERSEDED", "REPLAYED", "TOO_MANY_ATTEMPTS"),
        *("RESULT_GONE", "RESULT_UNKNOWN", "DESCRIPTION_CHANGED"),  # of a remote store's result: it is asked anew
    }
)


@dataclass(frozen=True)
class Outcome:
    """What becomes of one piece of evidence. `found` is `{answer, values, as_of}` or None; `reason` a code."""

    question: Question
    event: EvidenceEvent
    found: Mapping[str, Any] | None = None
    reason: str = ""
    leaf: bytes | None = None
    receipt: Mapping[str, Any] | None = field(default=None, repr=False)

    @property
    def is_down(self) -> bool:
        """Whether it is asked again by itself."""
        return self.event is EvidenceEvent.PROVIDER_FAILS


def outcomes_of(letter: Letter, reply: Reply) -> list[Outcome]:
    """One outcome for each question of a call."""
    kept = _kept(reply)
    if reply.is_waiting:
        event = EvidenceEvent.WAIT_FOR_OFFICER if letter.is_for_officer else EvidenceEvent.PROVIDER_FAILS
        return [Outcome(question, event, reason=WAITING, **kept) for question in letter.questions]
    if reply.status != 200:
        event = EvidenceEvent.PROVIDER_FAILS if _passes(reply) else EvidenceEvent.PROVIDER_REFUSES
        return [Outcome(question, event, reason=reply.code, **kept) for question in letter.questions]
    return [_answered(question, reply.body, kept) for question in letter.questions]


def without_agreement(question: Question) -> Outcome:
    """Nobody may be asked: said, with the reason, and no exchange to show."""
    return Outcome(question, EvidenceEvent.PROVIDER_REFUSES, reason=question.grounds.reason)


def undelivered(questions: Sequence[Question], reason: str) -> list[Outcome]:
    """The hub itself could not send: asked again later."""
    return [Outcome(question, EvidenceEvent.PROVIDER_FAILS, reason=reason) for question in questions]


def _passes(reply: Reply) -> bool:
    """Whether a refusal speaks of the moment and not of the question: a register or the hub is away, or a signature was late."""
    return reply.status >= 500 or reply.status == 401 or reply.code in _PASSING


def _answered(question: Question, body: Mapping[str, Any], kept: Mapping[str, Any]) -> Outcome:
    return _verified(question, body, kept) if question.asking.fact else _queried(question, body, kept)


def _verified(question: Question, body: Mapping[str, Any], kept: Mapping[str, Any]) -> Outcome:
    sent = fact_of(question)
    given = next((answer for answer in body["answers"] if _is_about(answer, sent)), None)
    if given is None:
        return Outcome(question, EvidenceEvent.PROVIDER_FAILS, reason="NO_ANSWER", **kept)
    found = {"answer": given["answer"], "values": [], "as_of": given["as_of"]}
    return Outcome(question, EvidenceEvent.FETCH, found=found, **kept)


def _is_about(answer: Mapping[str, Any], sent: Mapping[str, Any]) -> bool:
    return answer["fact"] == sent["fact"] and dict(answer.get("with") or {}) == dict(sent.get("with") or {})


def _queried(question: Question, body: Mapping[str, Any], kept: Mapping[str, Any]) -> Outcome:
    answer = body["answer"]
    if answer["state"] != "FOUND":
        found = {"answer": UNKNOWN, "values": [], "as_of": answer["as_of"]}
        return Outcome(question, EvidenceEvent.FIND_NOTHING, found=found, **kept)
    # what the agreement gives beyond what the matter asks for is not even kept
    values = [{item: record[item] for item in question.asking.items if item in record} for record in answer["records"]]
    found = {"answer": YES, "values": values, "as_of": answer["as_of"]}
    return Outcome(question, EvidenceEvent.FETCH, found=found, **kept)


def _kept(reply: Reply) -> dict[str, Any]:
    """The proof of the exchange: its receipt, and the leaf hash of its entry."""
    receipt = reply.body.get("receipt")
    if not receipt:
        return {}
    return {"receipt": receipt, "leaf": bytes.fromhex(receipt["leaf"].removeprefix("sha256:"))}
