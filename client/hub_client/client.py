"""The library: one object that asks, verifies every answer, keeps the receipts, and gives typed answers. Threads may share it."""

from argparse import Namespace
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from hub_client import answers, asking, configuration, pulling, results
from hub_client.answers import Batch, Changes, Exchange, Found, Purpose, Subject, Verified
from hub_client.asking import MAX_SUBJECTS, Trying
from hub_client.configuration import Configuration, KnownAgreement
from hub_client.errors import UsageError
from hub_client.filing import file_answer
from hub_client.keyfile import open_signer
from hub_client.pool import Pool
from hub_client.session import Answered, Session, check_content

Fact = str | Mapping[str, Any]
Filing = Callable[[Answered, Session], str]


def file_in_folder(answered: Answered, session: Session) -> str:
    """File the receipt in the configuration's folder, one file an exchange, before the answer is given on."""
    return file_answer(session.configuration.receipts_folder, answered, session)


def file_nowhere(answered: Answered, session: Session) -> str:
    """Keep no receipt: the caller does, from `exchange.bundle`."""
    return ""


@dataclass(frozen=True, slots=True)
class Settings:
    """How a client behaves: tries again, waits for results that come later (seconds), and files receipts."""

    retries: int = 2
    wait_s: float = 30
    filing: Filing = file_in_folder


class Client:
    """The hub, as one system of a department asks it.

    Raises RefusedError (the hub's code and what it says), DataError (something does not verify: use nothing of it),
    NetworkError (no answer; WAITING names the result to fetch later), UsageError.
    """

    def __init__(self, session: Session, settings: Settings | None = None) -> None:
        """Usually made by `Client.open`; a session with another transport (a fake hub) serves as well."""
        self.session, self.settings = session, settings or Settings()

    @classmethod
    def open(cls, config: Path | Configuration | None = None, settings: Settings | None = None) -> Self:
        """A client by hub.toml (this one, or the usual one) or by a configuration; connections are kept for the next call."""
        known = config if isinstance(config, Configuration) else configuration.load({"config": str(config)} if config else {})
        return cls(Session(known, open_signer(known), Pool(known.address)), settings)

    def __enter__(self) -> Self:
        """Use it in a `with`."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        """Close the connections."""
        self.close()

    def close(self) -> None:
        """Close the connections that are kept."""
        if isinstance(self.session.transport, Pool):
            self.session.transport.close()

    def verify(self, agreement: str, subject: Subject, facts: Sequence[Fact], purpose: Purpose, *, key: str = "") -> Verified:
        """Whether facts hold: `"alive"`, `"age_at_least:n=80"` or `{"fact": …, "with": {…}}`. `key`: idempotency, remote stores."""
        wire = {**_common(purpose, key), "subject": subject, "facts": _facts(facts)}
        return answers.verified(*self._asked(agreement, "verify", wire))

    def query(self, agreement: str, subject: Subject, purpose: Purpose, *, key: str = "") -> Found:
        """The agreed items about one subject."""
        return answers.found(*self._asked(agreement, "query", {**_common(purpose, key), "subject": subject}))

    def batch(self, agreement: str, subjects: Sequence[Any], purpose: Purpose, *, facts: Sequence[Fact] = ()) -> Batch:
        """Records or facts about many subjects, 1,000 in each exchange; one may be `{"subject": …, "case": …}`.

        An error in the middle loses nothing that was filed: each exchange has its receipt.
        """
        if not subjects:
            raise UsageError("HOW_MANY", "a batch names at least one subject")
        lines: list[answers.BatchLine] = []
        exchanges = []
        for start in range(0, len(subjects), MAX_SUBJECTS):
            wire = {**_common(purpose), "subjects": list(subjects[start : start + MAX_SUBJECTS])}
            if facts:
                wire["facts"] = _facts(facts)
            answered, exchange = self._asked(agreement, "batch", wire)
            lines += answers.lines(answered)
            exchanges.append(exchange)
        return Batch(tuple(lines), tuple(exchanges))

    def changes(self, agreement: str, purpose: Purpose, *, cursor: str = "", most: int = 1_000) -> Changes:
        """One page of what has changed since `cursor` (none: from the beginning). Keep the page, then its cursor."""
        wire: dict[str, Any] = {**_common(purpose), "most": most, **({"cursor": cursor} if cursor else {})}
        return answers.changes(*self._asked(agreement, "changes", wire))

    def pull(self, agreement: str, purpose: Purpose, out: Path, *, form: str = "csv", columns: Sequence[str] = ()) -> dict[str, Any]:
        """A whole export into a file; the same call goes on where an earlier one broke off."""
        wanted = Namespace(format=form, columns=",".join(columns), out=str(out), retries=self.settings.retries, seal_key="", force=False)
        wanted.purpose, wanted.case, wanted.officer = purpose.code, purpose.case, purpose.officer
        return pulling.pull(self.session, KnownAgreement(agreement), wanted, progress=lambda _step, _percent: None)

    def result(self, agreement: str, intent: str) -> Verified | Found | Batch:
        """What a call that waited has come to; the hub gives it out once. Raises NetworkError WAITING while there is none."""
        answered = results.collect(self.session, agreement, intent, hold_s=self.settings.wait_s)
        if answered.is_waiting:
            answered = results.wait(self.session, answered, self.settings.wait_s)
        exchange = self._filed(answered)
        results.require_arrived(answered)
        return _typed(answered, exchange)

    def _asked(self, agreement: str, method: str, wire: dict[str, Any]) -> tuple[Answered, Exchange]:
        """Ask, wait where the answer comes later, and file what came."""
        answered = asking.tried(self.session, agreement, method, wire, Trying(self.settings.retries))
        exchange = self._filed(answered)
        if answered.is_waiting:
            answered = results.wait(self.session, answered, self.settings.wait_s)
            results.require_arrived(answered)
            exchange = self._filed(answered)
            check_content(method, wire, answered.body)
        return answered, exchange

    def _filed(self, answered: Answered) -> Exchange:
        receipt_file = self.settings.filing(answered, self.session)
        if answered.is_refusal:
            raise asking.refused(answered, receipt_file)
        return Exchange(answered.receipt, answered.bundle, receipt_file)


def _typed(answered: Answered, exchange: Exchange) -> Verified | Found | Batch:
    method = asking.method_of(answered)
    if method == "verify":
        return answers.verified(answered, exchange)
    return answers.found(answered, exchange) if method == "query" else Batch(answers.lines(answered), (exchange,))


def _common(purpose: Purpose, key: str = "") -> dict[str, Any]:
    return {**purpose.wire(), **({"idempotency_key": key} if key else {})}


def _facts(facts: Sequence[Fact]) -> list[dict[str, Any]]:
    return [asking.read_fact(fact) if isinstance(fact, str) else dict(fact) for fact in facts]
