"""What comes later: the result of a call that the hub answered with 202, collected by a signed GET and checked like an answer."""

import re
import time
from collections.abc import Callable, Mapping
from typing import Any

from audit.proof.canonical import b64url, sha256_text
from audit.proof.receipt import VerifiedReceipt
from hub_client import limits
from hub_client.connection import Reply
from hub_client.errors import DataError, NetworkError, UsageError
from hub_client.session import (
    Answered,
    Sent,
    Session,
    bundle_of,
    check_answer_signature,
    check_message,
    check_route,
    check_waiting,
    checked_receipt,
    json_object,
    signed_get,
)

Sleep = Callable[[float], None]
LONGEST_HOLD_S = 20  # what the hub keeps a connection open for
_PAUSES_S = (1, 1, 2, 3, 5, 8, 10)
_INTENT = re.compile(r"[0-9a-f]{64}")
_AGREEMENT = re.compile(r"[a-z2-7]{32}")


def intent_of(answered: Answered) -> str:
    """The name of the result, 64 hexadecimal digits: the leaf of the entry that says that the question was taken."""
    if answered.receipt is None:
        raise DataError("NO_RECEIPT", "a question that waits has no name without its receipt")
    return answered.receipt.leaf.hex()


def wait(session: Session, answered: Answered, most_s: float, *, sleep: Sleep = time.sleep) -> Answered:
    """The result of a 202, or the 202 again when `most_s` seconds have not brought one. Other answers are given back as they are.

    The outcome's own receipt is checked: it names the same question, agreement and method. Raises as `session.ask` does.
    """
    if not answered.is_waiting:
        return answered
    route = (answered.receipt.route if answered.receipt else None) or {}
    agreement, intent = str(route.get("agreement", "")), intent_of(answered)
    first = answered
    until = time.monotonic() + most_s
    for pause in _pauses():
        left = until - time.monotonic()
        answered = collect(session, agreement, intent, hold_s=left, first=first)
        if not answered.is_waiting or until - time.monotonic() <= pause:
            return answered
        sleep(pause)
    return answered


def _pauses() -> Any:
    yield from _PAUSES_S
    while True:
        yield _PAUSES_S[-1]


def collect(session: Session, agreement: str, intent: str, *, hold_s: float = 0, first: Answered | None = None) -> Answered:
    """One signed GET of a result: 200, 202 or a refusal, each verified. The hub gives a result out once.

    `first` is the 202, where it is at hand: then the outcome must be that of this very request. A lost connection
    may have taken the result with it; the next GET says RESULT_GONE, and the question has to be asked anew.
    """
    if not _INTENT.fullmatch(intent) or not _AGREEMENT.fullmatch(agreement):
        raise UsageError("BAD_INTENT", "a result is named by the agreement's id and 64 hexadecimal digits, as the answer that waits says")
    path = f"/exchange/v1/{agreement}/results/{intent}"
    sent = signed_get(session, path)
    held = {"prefer": f"wait={max(0, min(int(hold_s), LONGEST_HOLD_S))}"}
    reply = session.transport.send("GET", path, headers={**sent.headers, **held}, body=None)
    check_answer_signature(session, sent, reply)
    return _checked(session, sent, reply, agreement=agreement, intent=intent, first=first)


def _checked(session: Session, sent: Sent, reply: Reply, *, agreement: str, intent: str, first: Answered | None) -> Answered:
    document = json_object(reply)
    receipt = checked_receipt(session, document)
    answered = Answered(reply.status, document, receipt, bundle_of(sent, reply, document), limits.left(reply.headers))
    if receipt is None:
        if answered.is_refusal:
            return answered
        raise DataError("NO_RECEIPT", "the result came without a receipt: do not use it")
    _require_same_question(receipt, agreement, intent, is_waiting=answered.is_waiting)
    if first is not None:
        _require_same_request(receipt, sent, first)
    if answered.is_waiting:
        check_waiting(answered)
    return answered


def _require_same_question(receipt: VerifiedReceipt, agreement: str, intent: str, *, is_waiting: bool) -> None:
    """While it waits the receipt is the question's own; the outcome's names the question that it ends."""
    route = receipt.route or {}
    check_route(receipt, agreement, str(route.get("method", "")))
    named = receipt.leaf.hex() if is_waiting else str(route.get("intent", "")).removeprefix("sha256:")
    if named != intent or (route.get("outcome") == "WAITING") != is_waiting:
        raise DataError("OTHER_RESULT", "the receipt is about another question than the one whose result was asked for")


def _require_same_request(receipt: VerifiedReceipt, sent: Sent, first: Answered) -> None:
    """The outcome names the request that began it; a refusal at the last moment names the GET."""
    began = (first.receipt.message if first.receipt else None) or {}
    route: Mapping[str, Any] = (first.receipt.route if first.receipt else None) or {}
    if (receipt.route or {}).get("method") != route.get("method"):
        raise DataError("OTHER_RESULT", "the result is of another method than the question")
    try:
        check_message(receipt, str(began.get("request")), str(began.get("signature")))
    except DataError:
        if (receipt.route or {}).get("outcome") != "REFUSED":
            raise
        check_message(receipt, sha256_text(sent.body), b64url(sent.parsed.signature))


def told_later(answered: Answered) -> dict[str, str]:
    """How a result that waits is named: agreement and intent."""
    route = (answered.receipt.route if answered.receipt else None) or {}
    return {"agreement": str(route.get("agreement", "")), "intent": intent_of(answered)}


def require_arrived(answered: Answered) -> None:
    """Raise NetworkError WAITING with the result's name where it has not come yet."""
    if answered.is_waiting:
        named = told_later(answered)
        raise NetworkError("WAITING", f"no result yet; later: hub result {named['agreement']} {named['intent']}", **named)
