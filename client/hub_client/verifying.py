"""Check a receipt as an auditor would: whose signature, which answer, and that the log holds its entry."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote

from audit.proof.canonical import b64url, loads, sha256_text
from audit.proof.message import MessageError, ParsedRequest, parse_request, signing_keyid, verify_answer, verify_request
from audit.proof.receipt import ReceiptError
from audit.proof.verify import VerifiedBundle, verify_bundle
from hub_client import trust
from hub_client.configuration import Configuration
from hub_client.connection import Transport
from hub_client.errors import DataError, NetworkError
from hub_client.trust import Trust, utc_text

KEYS_FILE = "keys.json"
PROOF_PATH = "/api/v1/log/proof"
REPORTED = ("type", "requester", "provider", "dataset", "agreement", "method", "purpose", "outcome", "reason", "count")


@dataclass(frozen=True, slots=True)
class Report:
    """What a receipt proves. `index` and `size` are None while the entry is only promised."""

    leaf: str
    issued_at: str
    merge_by: str
    index: int | None
    size: int | None
    route: Mapping[str, Any]
    answer_checked: bool
    messages_checked: bool
    bundle: dict[str, Any]

    def as_json(self) -> dict[str, Any]:
        """For `--json` and for the relay."""
        return {
            "state": "PROMISED" if self.index is None else "IN_LOG",
            "leaf": self.leaf,
            "issued_at": self.issued_at,
            "merge_by": self.merge_by,
            "index": self.index,
            "size": self.size,
            "answer_checked": self.answer_checked,
            "messages_checked": self.messages_checked,
            "route": dict(self.route),
        }


def check_file(
    document: dict[str, Any],
    configuration: Configuration,
    *,
    transport: Transport | None,
    folder: Path | None = None,
    clock: Callable[[], float],
) -> Report:
    """Check a filed bundle, an answer, or a bare receipt; without `transport` from what is saved alone.

    `folder` may hold `keys.json`, the hub's keys as they were when the receipt was filed. Raises DataError.
    """
    bundle = _as_bundle(document)
    known = known_keys(bundle["keys"], configuration, transport, folder)
    if transport is not None and bundle["proof"] is None:
        _fetch_proof(bundle, transport)
    at = _issued_at(bundle)
    verified = _verified(bundle, known, at)
    if bundle["request"] is not None:
        _check_messages(bundle, known, at)
    _check_promise(verified, clock())
    bundle["keys"] = dict(known.document)
    return _report(bundle, verified)


def _as_bundle(document: dict[str, Any]) -> dict[str, Any]:
    """A copy in the form of a filed bundle, whatever kind of file it was."""
    empty: dict[str, Any] = {"v": 1, "request": None, "answer": None, "keys": None, "checkpoint": None, "proof": None}
    if "leaf" in document:
        return {**empty, "receipt": document}
    if "request" not in document and isinstance(document.get("receipt"), dict):
        if document.keys() == {"receipt", "answer", "checkpoint", "proof"}:  # a file of the hub's own /verify page
            return {**empty, **document, "answer": None, "plain_answer": document["answer"]}
        return {**empty, "receipt": document["receipt"], "plain_answer": document}
    if not isinstance(document.get("receipt"), dict) or document.keys() != {*empty, "receipt"}:
        raise DataError("NO_RECEIPT", "the file holds no receipt: give a filed receipt, or an answer with its receipt")
    return dict(document)


def known_keys(saved: Any, configuration: Configuration, transport: Transport | None, folder: Path | None) -> Trust:
    """The hub's keys as the root stands behind them: from the file itself, from the hub, or kept beside the file. Raises DataError."""
    beside = folder / KEYS_FILE if folder else None
    if isinstance(saved, dict):
        document = saved
    elif transport is not None:
        return trust.fetch(transport, configuration)
    elif beside is not None and beside.is_file():
        document = trust.parse(beside.read_bytes())
    else:
        raise DataError("NO_KEYS", "the hub's keys are not saved beside the receipt: check once online, with --save")
    return trust.read(document, root=configuration.root, log_origin=configuration.log_origin)


def _issued_at(bundle: Mapping[str, Any]) -> str:
    issued = bundle["receipt"].get("issued_ms")
    if type(issued) is not int or not 0 <= issued < 2**45:
        raise DataError("BAD_RECEIPT", "the receipt does not say when it was issued")
    return utc_text(issued / 1000)


def _fetch_proof(bundle: dict[str, Any], transport: Transport) -> None:
    """Ask the log where the entry stands; nothing is believed before it is verified."""
    leaf = str(bundle["receipt"].get("leaf", ""))
    reply = transport.send("GET", f"{PROOF_PATH}?leaf={quote(leaf, safe=':')}", headers={"accept": "application/json"}, body=None)
    if reply.status == 404 or (reply.status == 503 and b'"NOT_YET_MERGED"' in reply.body):
        return  # what that means depends on the promise
    if reply.status != 200:
        raise NetworkError("NO_PROOF", f"the log answered {reply.status} when asked for the proof", status=reply.status)
    found = trust.parse(reply.body)
    bundle["checkpoint"] = found.get("checkpoint")
    bundle["proof"] = {name: found.get(name) for name in ("index", "size", "path")}


def _verified(bundle: Mapping[str, Any], known: Trust, at: str) -> VerifiedBundle:
    """Receipt, answer and inclusion, by the project's own proof code.

    A revoked answer key counts only together with the log: whoever stole it cannot have written there before.
    """
    keyid = bundle["receipt"].get("keyid")
    key = known.answer_key(str(keyid), at, even_revoked=bundle["proof"] is not None)
    document = {
        "receipt": bundle["receipt"],
        "answer": _answer_of(bundle),
        "checkpoint": bundle["checkpoint"],
        "proof": bundle["proof"],
    }
    failure: Exception = DataError("NO_LOG_KEY", "the authority's root certified no key of the log")
    for log_key in known.log_keys():
        try:
            return verify_bundle(document, receipt_keys={str(keyid): key}, log_key=log_key, log=known.hub)
        except ReceiptError as error:
            failure = DataError("BAD_RECEIPT", f"the receipt does not hold: {error}")
    raise failure


def _answer_of(bundle: Mapping[str, Any]) -> dict[str, Any] | None:
    if bundle["answer"] is None:
        return bundle.get("plain_answer")
    return trust.parse(str(bundle["answer"]["body"]).encode())


def _check_messages(bundle: Mapping[str, Any], known: Trust, at: str) -> None:
    """The signatures over the two messages themselves, and that the receipt speaks of this request."""
    try:
        request, answer = bundle["request"], bundle["answer"]
        body = request["body"].encode()
        parsed = parse_request(method=request["method"], target_uri=request["target_uri"], headers=request["headers"], body=body)
        own = known.certificates.get(parsed.keyid)
        if own is not None:
            verify_request(parsed, own.certificate.public_key)
        _check_answer_message(answer, parsed, known, at, revoked=bundle["proof"] is not None)
    except (KeyError, TypeError, AttributeError):
        raise DataError("BAD_FILE", "the file's messages are malformed") from None
    except MessageError as error:
        raise DataError(error.code, f"the filed messages do not hold: {error}") from None
    _check_committed(bundle, sha256_text(body), b64url(parsed.signature))


def _check_answer_message(answer: Mapping[str, Any], parsed: ParsedRequest, known: Trust, at: str, *, revoked: bool) -> None:
    headers = answer["headers"]
    key = known.answer_key(signing_keyid(headers), at, even_revoked=revoked)
    verify_answer(status=answer["status"], headers=headers, body=answer["body"].encode(), request=parsed, public_key=key)


def _check_committed(bundle: Mapping[str, Any], request_digest: str, signature: str) -> None:
    opened = _disclosed(bundle["receipt"], "message")
    if (opened.get("request"), opened.get("signature")) != (request_digest, signature):
        raise DataError("OTHER_REQUEST", "the receipt belongs to another request")


def _disclosed(receipt: Mapping[str, Any], wanted: str) -> Mapping[str, Any]:
    """A disclosure of a receipt that verified already."""
    from audit.proof.canonical import unb64url

    for text in receipt["disclosures"]:
        _, name, value = loads(unb64url(text))
        if name == wanted and isinstance(value, dict):
            return value
    return {}


def _check_promise(verified: VerifiedBundle, now: float) -> None:
    if verified.index is None and verified.receipt.merge_by < now * 1000:
        raise DataError(
            "PROMISE_BROKEN",
            "the hub promised to have this in its log by now, and it is not proved here: check online, and keep this file as evidence",
        )


def _report(bundle: dict[str, Any], verified: VerifiedBundle) -> Report:
    receipt = verified.receipt
    route = receipt.route or {}
    return Report(
        leaf=f"sha256:{receipt.leaf.hex()}",
        issued_at=utc_text(receipt.issued_ms / 1000),
        merge_by=datetime.fromtimestamp(receipt.merge_by / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        index=verified.index,
        size=verified.checkpoint.size if verified.checkpoint else None,
        route={name: route[name] for name in REPORTED if name in route},
        answer_checked=_answer_of(bundle) is not None,
        messages_checked=bundle["request"] is not None,
        bundle=bundle,
    )
