"""`verify-fact`, `query` and `batch`: from what was typed to the wire, and from the answer to what is shown."""

import csv
import io
import time
from argparse import Namespace
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from audit.proof.canonical import CanonicalError, loads
from hub_client import results
from hub_client.configuration import Configuration, KnownAgreement
from hub_client.errors import ClientError, NetworkError, RefusedError, UsageError
from hub_client.filing import file_answer
from hub_client.session import Answered, Session, ask, check_content

Sleep = Callable[[float], None]
MAX_SUBJECTS = 1000
_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)


@dataclass(frozen=True, slots=True)
class Trying:
    """How often a call is tried again, and how many seconds a result that comes later is waited for."""

    retries: int = 2
    wait_s: float = 0
    sleep: Sleep = time.sleep


def choose_agreement(configuration: Configuration, options: Namespace, method: str) -> KnownAgreement:
    """The agreement named by id (or its beginning), by dataset, or the only one that serves this method."""
    known, named = configuration.agreements, options.agreement or ""
    found = [item for item in known if item.id.startswith(named)]
    if named and not found:
        return KnownAgreement(named)
    if options.dataset:
        found = [item for item in found if item.dataset == options.dataset]
    if len(found) > 1 or not named:
        found = [item for item in found if not item.methods or method in item.methods]
    if len(found) != 1:
        shown = "; ".join(f"{item.id} ({item.dataset}, {item.purpose})" for item in found) or "none known"
        raise UsageError("WHICH_AGREEMENT", f"say which agreement, with --agreement or --dataset: {shown}")
    return found[0]


def common_wire(options: Namespace, agreement: KnownAgreement) -> dict[str, Any]:
    """The members that every call has; the salt is added when it is signed."""
    purpose = options.purpose or agreement.purpose
    if not purpose:
        raise UsageError("NO_PURPOSE", "say what for, with --purpose")
    wire: dict[str, Any] = {"purpose": purpose}
    if options.case:
        wire["case"] = options.case
    if options.officer:
        wire["officer"] = options.officer
    return wire


def read_fact(text: str) -> dict[str, Any]:
    """A fact as typed: `alive`, `age_at_least:n=80`, `lives_in:division="510104",since=2020-01-01`, or as JSON."""
    if text.startswith("{"):
        document = _json_text(text.encode(), "--fact")
        if not isinstance(document, dict):
            raise UsageError("BAD_FACT", "--fact as JSON is an object")
        return document
    name, _, rest = text.partition(":")
    pairs = [part.partition("=") for part in rest.split(",")] if rest else []
    if not name or any(not key or not equals for key, equals, _ in pairs):
        raise UsageError("BAD_FACT", "write a fact as name or name:parameter=value")
    return {"fact": name, "with": {key: _value(value) for key, _, value in pairs}}


def read_subjects(path: Path) -> list[Any]:
    """1 to 1,000 subjects from a file: JSON list, CSV with a column subject (and case), or one identifier a line."""
    subjects = _subjects_in(path)
    if not 0 < len(subjects) <= MAX_SUBJECTS:
        raise UsageError("HOW_MANY", f"{path} names {len(subjects)} subjects; one call takes 1 to {MAX_SUBJECTS}")
    return subjects


def _subjects_in(path: Path) -> list[Any]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("NO_SUBJECTS", f"{path} cannot be read as UTF-8 text: {type(error).__name__}") from None
    if text.lstrip().startswith("["):
        listed: list[Any] = _json_text(text.encode(), str(path))
        return listed
    rows = [row for row in csv.reader(io.StringIO(text)) if any(cell.strip() for cell in row)]
    if rows and "subject" in rows[0]:
        return [_line(dict(zip(rows[0], row, strict=False))) for row in rows[1:]]
    return [row[0].strip() for row in rows]


def subject_of(options: Namespace) -> Any:
    """The subject as it goes on the wire."""
    return {"kind": options.kind, "id": options.subject} if options.kind else options.subject


def call(
    session: Session,
    agreement: str,
    method: str,
    wire: dict[str, Any],
    *,
    trying: Trying,
) -> tuple[Answered, str]:
    """Ask, file the receipt, and give the answer with its file. A verified refusal raises RefusedError.

    Tried again where the hub could not be reached or had no room; each try is signed anew and is a new exchange. A
    result that comes later is waited for as long as `trying` says; after that the answer still `is_waiting`.
    """
    answered = tried(session, agreement, method, wire, trying)
    receipt_file = filed(session, answered)
    if answered.is_waiting and trying.wait_s > 0:
        answered = results.wait(session, answered, trying.wait_s, sleep=trying.sleep)
        if not answered.is_waiting and not answered.is_refusal:
            check_content(method, wire, answered.body)
        receipt_file = filed(session, answered)
    return answered, receipt_file


def filed(session: Session, answered: Answered) -> str:
    """File an answer's receipt; the file. A verified refusal raises RefusedError."""
    receipt_file = file_answer(session.configuration.receipts_folder, answered, session)
    if answered.is_refusal:
        raise refused(answered, receipt_file)
    return receipt_file


def refused(answered: Answered, receipt_file: str) -> RefusedError:
    """A verified refusal as an error."""
    problem = {name: value for name, value in answered.body.items() if name != "receipt"}
    return RefusedError(answered.status, problem, receipt_file or None)


def tried(session: Session, agreement: str, method: str, wire: dict[str, Any], trying: Trying) -> Answered:
    for attempt in range(trying.retries):
        try:
            return ask(session, agreement, method, wire)
        except NetworkError as error:
            if error.code == "TIMEOUT":  # it may have been recorded, and would count twice against the quota
                raise
            trying.sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)])
    return ask(session, agreement, method, wire)


def plain(answered: Answered, receipt_file: str) -> dict[str, Any]:
    """An answer for `--json`: as the hub gave it, with the receipt's file in place of the receipt.

    With what is left of the limits, where the hub said so; one that waits, with its name.
    """
    document = {name: value for name, value in answered.body.items() if name != "receipt"}
    later = results.told_later(answered) if answered.is_waiting else {}
    left = {"limits": {name: dict(one) for name, one in answered.left.items()}} if answered.left else {}
    return {**document, **later, **left, "receipt_file": receipt_file}


def method_of(answered: Answered) -> str:
    """The method as the receipt records it, in small letters."""
    route = (answered.receipt.route if answered.receipt else None) or {}
    return str(route.get("method", "")).lower()


def shown_lines(answered: Answered, receipt_file: str) -> list[str]:
    """An answer for a person to read; where it waits, how to fetch it later."""
    lines = lines_of(method_of(answered), answered.body, receipt_file)
    if answered.is_waiting:
        named = results.told_later(answered)
        lines.append(f"Fetch it later, once: hub result {named['agreement']} {named['intent']} --wait 60")
    return lines


def lines_of(method: str, body: dict[str, Any], receipt_file: str) -> list[str]:
    """An answer for a person to read."""
    if body.get("state") == "WAITING":
        return ["WAITING: the department that knows is being asked.", f"receipt: {receipt_file}"]
    if method == "verify":
        lines = [_fact_line(answer) for answer in body["answers"]]
    elif method == "batch":
        lines = [line for answer in body["answers"] for line in _batch_lines(answer)]
    else:
        lines = _record_lines(body["answer"])
    return [*lines, f"receipt: {receipt_file}"]


def _fact_line(answer: dict[str, Any]) -> str:
    parameters = " ".join(f"{name}={value}" for name, value in answer.get("with", {}).items())
    as_of = f" (as of {answer['as_of']})" if answer.get("as_of") else ""
    return f"{answer['fact']} {parameters}".rstrip() + f": {answer['answer']}{as_of}"


def _record_lines(answer: dict[str, Any]) -> list[str]:
    lines = [str(answer.get("state", ""))]
    for record in answer.get("records", []):
        lines += [f"  {name}: {value}" for name, value in record.items()]
    lines += [f"  {item.get('item')}: withheld ({item.get('reason')})" for item in answer.get("withheld", [])]
    return [*lines, f"as of {answer['as_of']}"] if answer.get("as_of") else lines


def _batch_lines(answer: dict[str, Any]) -> list[str]:
    subject = answer["subject"]
    shown = subject.get("id") if isinstance(subject, dict) else subject
    if "facts" in answer:
        return [f"{shown}  {_fact_line(fact)}" for fact in answer["facts"]]
    return [f"{shown}  {line}" for line in _record_lines(answer)]


def _line(row: dict[str, str]) -> Any:
    subject = row["subject"].strip()
    return {"subject": subject, "case": row["case"].strip()} if row.get("case", "").strip() else subject


def _value(text: str) -> Any:
    """A parameter as typed: whole numbers are numbers, `a|b` is a list, all else and what stands in quotes is text."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "'\"":
        return text[1:-1]
    if "|" in text:
        return [_value(part) for part in text.split("|")]
    return int(text) if text.removeprefix("-").isdecimal() and len(text) < 16 and not text.startswith("0") else text


def _json_text(raw: bytes, where: str) -> Any:
    try:
        return loads(raw)
    except CanonicalError as error:
        raise UsageError("BAD_JSON", f"{where}: {error}") from None


def error_lines(error: ClientError) -> list[str]:
    """An error for a person to read."""
    lines = [f"{error.code}: {error}"]
    if isinstance(error, RefusedError):
        faults = [fault for fault in error.problem.get("errors") or [] if isinstance(fault, dict)]
        lines += [f"  {fault.get('where', '')}: {fault.get('message', '')}" for fault in faults]
    if isinstance(error, RefusedError) and error.receipt_file:
        lines.append(f"receipt for the refusal: {error.receipt_file}")
    return lines
