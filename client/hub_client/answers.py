"""Answers with types: what the wire says, as a program likes to read it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.proof.receipt import VerifiedReceipt
from hub_client.session import Answered

Subject = str | Mapping[str, Any]
Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What for: the purpose's code, the requester's own reference of the case, and its officer's staff number or `automatic`."""

    code: str
    case: str = ""
    officer: str = ""

    def wire(self) -> dict[str, str]:
        """The members that every call has."""
        told = {"purpose": self.code, "case": self.case, "officer": self.officer}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Exchange:
    """What proves an answer: its receipt, all that was sent and received, and where that was filed ("": nowhere)."""

    receipt: VerifiedReceipt | None
    bundle: Mapping[str, Any]
    receipt_file: str


@dataclass(frozen=True, slots=True)
class FactAnswer:
    """One fact: `answer` is YES, NO or UNKNOWN; `as_of` says until when the register is complete, in UTC."""

    fact: str
    parameters: Mapping[str, Any]
    answer: str
    as_of: str


@dataclass(frozen=True, slots=True)
class Verified:
    """The facts of one VERIFY, in the order asked."""

    answers: tuple[FactAnswer, ...]
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Found:
    """The records of one QUERY: `state` is FOUND or NO_RECORD; `withheld` says which item is not given and why."""

    state: str
    records: tuple[Record, ...]
    as_of: str
    withheld: tuple[Mapping[str, str], ...]
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class BatchLine:
    """One subject of a BATCH: records, or facts where these were asked."""

    subject: Subject
    state: str
    records: tuple[Record, ...]
    facts: tuple[FactAnswer, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """The lines in the order asked; one exchange for each 1,000 subjects."""

    lines: tuple[BatchLine, ...]
    exchanges: tuple[Exchange, ...]


@dataclass(frozen=True, slots=True)
class Changes:
    """One page of changes: `row`, `state` (SET or GONE) and, where set, `record`. Keep `cursor` once the page is durable."""

    changes: tuple[Mapping[str, Any], ...]
    cursor: str
    more: bool
    as_of: str
    exchange: Exchange


def verified(answered: Answered, exchange: Exchange) -> Verified:
    """The answer of a VERIFY."""
    return Verified(_facts(answered.body["answers"]), exchange)


def found(answered: Answered, exchange: Exchange) -> Found:
    """The answer of a QUERY."""
    body = answered.body["answer"]
    return Found(body["state"], tuple(body.get("records", ())), str(body.get("as_of", "")), tuple(body.get("withheld", ())), exchange)


def lines(answered: Answered) -> tuple[BatchLine, ...]:
    """The answers of a BATCH."""
    return tuple(
        BatchLine(line["subject"], str(line.get("state", "")), tuple(line.get("records", ())), _facts(line.get("facts", ())))
        for line in answered.body["answers"]
    )


def changes(answered: Answered, exchange: Exchange) -> Changes:
    """One page of CHANGES."""
    body = answered.body
    return Changes(tuple(body["changes"]), body["cursor"], body["more"], str(body.get("as_of", "")), exchange)


def _facts(answers: Any) -> tuple[FactAnswer, ...]:
    return tuple(FactAnswer(one["fact"], one.get("with", {}), one["answer"], str(one.get("as_of", ""))) for one in answers)
