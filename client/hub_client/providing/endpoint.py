"""A decorated function becomes a department's service: questions verified before they are read, answers checked before they are signed."""

import json
import logging
import re
import time
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from audit.proof import message
from audit.proof.canonical import CanonicalError, dumps, loads
from audit.proof.keys import Signer
from audit.proof.message import MessageError, ParsedRequest
from hub_client.errors import ClientError, DataError, UsageError
from hub_client.providing.description import Description
from hub_client.providing.hub_keys import KnowsHub
from hub_client.providing.nonces import FRESH_S, Nonces
from hub_client.providing.values import WrongValue, utc_text_of, written

MOST_QUESTION = 2 * 1024 * 1024
MOST_ANSWER = 4 * 1024 * 1024
MOST_SUBJECTS = 1_000
MOST_RECORDS = 100
JSON_TYPE = "application/json"
_MEMBERS = {"v", "hub", "errand", "dataset", "version", "subjects", "items"}
_ERRAND = re.compile(r"[0-9a-f]{32}")
_LOG = logging.getLogger("hub_client.providing")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a question is about: the kind, and the identifier in normalised form."""

    kind: str
    id: str


@dataclass(frozen=True, slots=True)
class Asked:
    """A verified question: about whom, which columns and no other. `errand` names it in logs, and names nobody."""

    errand: str
    dataset: str
    subjects: tuple[Subject, ...]
    columns: tuple[str, ...]


Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Given:
    """The records of each subject (none: it has none), and until when the register is complete (None: now)."""

    records: Mapping[Subject, Iterable[Record]]
    as_of: datetime | None = None


AnswersAll = Callable[[Asked], Given]
AnswersOne = Callable[[Subject, tuple[str, ...]], Iterable[Record]]


@dataclass(frozen=True, slots=True)
class Handed:
    """What goes back over HTTP."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class Failure(Exception):
    """The question is not answered. The hub sees the status; `code` and text are for the department's own log."""

    def __init__(self, status: int, code: str, detail: str) -> None:
        """Keep status and code beside the sentence; none of them names a person."""
        super().__init__(detail)
        self.status, self.code = status, code


@dataclass
class Endpoint:
    """One address that the hub asks, for one dataset or several. Threads may share it."""

    url: str
    signer: Signer
    hub: KnowsHub
    nonces: Nonces | None = None
    clock: Callable[[], float] = time.time
    _answering: dict[str, tuple[Description, AnswersAll]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Without a file, nonces are kept in memory from now on."""
        if self.nonces is None:
            self.nonces = Nonces(started=int(self.clock()))

    def answers(self, description: Description) -> Callable[[AnswersOne], AnswersOne]:
        """Decorate a function of (subject, columns) that gives the records of one subject."""

        def register(function: AnswersOne) -> AnswersOne:
            self.answer_all(description, lambda asked: Given({who: function(who, asked.columns) for who in asked.subjects}))
            return function

        return register

    def answers_all(self, description: Description) -> Callable[[AnswersAll], AnswersAll]:
        """Decorate a function of one question with up to 1,000 subjects: one look into a database for all of them."""

        def register(function: AnswersAll) -> AnswersAll:
            self.answer_all(description, function)
            return function

        return register

    def answer_all(self, description: Description, function: AnswersAll) -> None:
        """Answer this dataset by this function. Raises UsageError where the description names another key or address."""
        if description.keyid != self.signer.keyid:
            raise UsageError("OTHER_KEY", f"{description.dataset} is answered with the key {description.keyid}, not {self.signer.keyid}")
        if description.url != self.url:
            raise UsageError("OTHER_ADDRESS", f"{description.dataset} is published at {description.url}, and this service is {self.url}")
        self._answering[description.dataset] = (description, function)

    def handle(self, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> Handed:
        """Answer one POST; `headers` as they came. Whatever goes wrong is a status and a code, never a trace."""
        try:
            parsed, asked, description, function = self._verified(headers, body)
            handed = self._signed(parsed, self._answer(asked, description, function))
        except Failure as failure:
            _LOG.warning("refused: %s %s (%s)", failure.status, failure.code, failure)
            return problem(failure)
        _LOG.info("errand %s: %s, answered about %d", asked.errand, asked.dataset, len(asked.subjects))
        return handed

    def _verified(self, headers: Iterable[tuple[bytes, bytes]], body: bytes) -> tuple[ParsedRequest, Asked, Description, AnswersAll]:
        """Signature, then clock, then nonce; only then is the body read."""
        if len(body) > MOST_QUESTION:
            raise Failure(413, "TOO_LARGE", f"a question has at most {MOST_QUESTION} bytes")
        try:
            single = message.single_headers(headers)
            parsed = message.parse_request(method="POST", target_uri=self.url, headers=single, body=body, tag=message.PROVIDER_REQUEST_TAG)
            message.verify_request(parsed, self._hub_key(parsed.keyid))
        except MessageError as error:
            raise Failure(401, error.code, str(error)) from None
        if single.get("content-type", "").partition(";")[0].strip().lower() != JSON_TYPE:
            raise Failure(415, "NOT_JSON", "a question is application/json")
        self._require_new(parsed)
        return parsed, *self._question(body)

    def _hub_key(self, keyid: str) -> bytes:
        try:
            return self.hub.public_key(keyid)
        except DataError as error:
            raise Failure(401, error.code, str(error)) from None
        except ClientError as error:
            raise Failure(503, error.code, str(error)) from None

    def _require_new(self, parsed: ParsedRequest) -> None:
        now = self.clock()
        if abs(now - parsed.created) > FRESH_S:
            raise Failure(401, "STALE", f"the question is {now - parsed.created:.0f} s old: check this machine's clock")
        if self.nonces is None or not self.nonces.spend(parsed.keyid, parsed.nonce, parsed.created, now):
            raise Failure(409, "REPLAYED", "this question was here before, or is older than this service's memory")

    def _question(self, body: bytes) -> tuple[Asked, Description, AnswersAll]:
        try:
            wire = loads(body, max_bytes=MOST_QUESTION)
        except CanonicalError as error:
            raise Failure(400, "NOT_JSON", f"no strict JSON: {error}") from None
        if not isinstance(wire, dict) or wire.keys() != _MEMBERS or wire["v"] != 1:
            raise Failure(400, "WRONG_SHAPE", "the question has not the members of version 1")
        if wire["hub"] != self.hub.log_origin:
            raise Failure(403, "OTHER_HUB", "the question is another hub's")
        description, function = self._answering.get(str(wire["dataset"]), (None, None))
        if description is None or function is None:
            raise Failure(404, "DATASET_UNKNOWN", "this service does not answer that dataset")
        if description.version and wire["version"] != description.version:
            raise Failure(409, "OTHER_VERSION", "the hub asks under another description: give this service the one now published")
        return _asked(wire, description), description, function

    def _answer(self, asked: Asked, description: Description, function: AnswersAll) -> bytes:
        try:
            given = function(asked)
            lines = _lines(asked, description, given)
            as_of = self._as_of(given)
            body = _written({"v": 1, "errand": asked.errand, "as_of": as_of, "answers": lines})
        except Failure:
            raise
        except WrongValue as error:
            raise Failure(500, "WRONG_TYPE", str(error)) from None
        except Exception as error:  # noqa: BLE001 - whatever a department's function raises, the hub gets a status
            raise Failure(500, "FUNCTION_FAILED", f"errand {asked.errand}: {_where(error)}") from None
        if len(body) > MOST_ANSWER:
            raise Failure(500, "TOO_LARGE", f"the answer has more than {MOST_ANSWER} bytes")
        return body

    def _as_of(self, given: Given) -> str:
        now = datetime.fromtimestamp(self.clock(), UTC)
        if given.as_of is not None and (given.as_of.tzinfo is None or given.as_of > now):
            raise Failure(500, "STALE", "as_of has no time zone, or lies in the future")
        return utc_text_of(given.as_of or now)

    def _signed(self, parsed: ParsedRequest, body: bytes) -> Handed:
        headers = message.sign_provider_answer(self.signer, content_type=JSON_TYPE, body=body, request=parsed, created=int(self.clock()))
        return Handed(200, {**headers, "cache-control": "no-store"}, body)


def _written(answer: Mapping[str, Any]) -> bytes:
    """Strict JSON, and not its canonical form: that knows no column names in Chinese."""
    return json.dumps(answer, ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode()


def problem(failure: Failure) -> Handed:
    """A status with a code. The hub looks at the status alone; the code helps whoever reads the connection by hand."""
    body = dumps({"status": failure.status, "code": failure.code})
    return Handed(failure.status, {"content-type": "application/problem+json", "cache-control": "no-store"}, body)


def _asked(wire: Mapping[str, Any], description: Description) -> Asked:
    try:
        subjects = tuple(Subject(**subject) for subject in wire["subjects"])
        columns = tuple(wire["items"])
        fits = isinstance(wire["items"], list) and bool(_ERRAND.fullmatch(wire["errand"]))
        fits = fits and all(isinstance(subject.id, str) for subject in subjects)
        known = all(subject.kind in description.naming for subject in subjects) and set(columns) <= description.columns.keys()
    except TypeError:
        raise Failure(400, "WRONG_SHAPE", "errand, subjects or items are malformed") from None
    if not fits or not 0 < len(set(subjects)) == len(subjects) <= MOST_SUBJECTS or len(set(columns)) != len(columns):
        raise Failure(400, "WRONG_SHAPE", "errand, subjects or items are malformed")
    if not known:
        raise Failure(422, "NOT_DESCRIBED", "the question names a column or a kind of subject that the description has not")
    return Asked(wire["errand"], description.dataset, subjects, columns)


def _lines(asked: Asked, description: Description, given: Given) -> list[dict[str, Any]]:
    """Each subject asked, once; each record with the columns asked and nothing else."""
    if not given.records.keys() <= set(asked.subjects):
        raise Failure(500, "WRONG_SUBJECT", "the function answered about somebody who was not asked about")
    return [
        {"subject": {"kind": who.kind, "id": who.id}, "records": _records(asked, description, who, given.records.get(who, ()))}
        for who in asked.subjects
    ]


def _records(asked: Asked, description: Description, who: Subject, found: Iterable[Record]) -> list[dict[str, Any]]:
    records = [_record(description, asked.columns, record) for record in found]
    if len(records) > MOST_RECORDS:
        raise Failure(500, "TOO_LARGE", f"one subject has more than {MOST_RECORDS} records")
    naming = description.naming[who.kind]
    if set(naming) <= set(asked.columns) and any(who.id not in [record[column] for column in naming] for record in records):
        raise Failure(500, "WRONG_SUBJECT", "a record names another subject than the one that was asked about")
    return records


def _record(description: Description, columns: Sequence[str], record: Record) -> dict[str, Any]:
    missing = [column for column in columns if column not in record]
    if missing:
        raise Failure(500, "WRONG_SHAPE", f"the function left out {', '.join(missing)}: give None where nothing is known")
    return {column: written(description.columns[column], record[column]) for column in columns}


def _where(error: Exception) -> str:
    """The kind of an exception and its place; not its text, which may name a person."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].filename}:{frames[-1].lineno}" if frames else type(error).__name__
