"""`pull`: a whole export into a file, piece by piece, each checked against the signed manifest; goes on where it broke off."""

import time
from argparse import Namespace
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from hashlib import sha256
from pathlib import Path
from typing import Any

from audit.proof.canonical import CanonicalError, dumps, fresh_nonce, loads
from audit.proof.keys import SignatureError, verify_document
from audit.proof.sealed_box import SealError, opened
from hub_client.asking import common_wire
from hub_client.configuration import KnownAgreement
from hub_client.connection import MAX_ANSWER, Reply
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.filing import file_answer
from hub_client.session import Answered, Session, check_answer_signature, post, signed_get

FORMS = ("csv", "jsonl", "parquet", "arrow")
PIECES_AT_ONCE = 16
PATIENCE_S = 7_200
_BACKOFF_S = (0.2, 0.5, 1.0, 2.0, 5.0)
_GIVEN_OUT = frozenset({"READY", "COLLECTING", "COLLECTED"})

Sleep = Callable[[float], None]
Progress = Callable[[str, int], None]


@dataclass(frozen=True, slots=True)
class Order:
    """What is pulled, and what is remembered beside the unfinished file so that it can go on."""

    agreement: str
    form: str
    columns: tuple[str, ...]
    key: str
    leaf: str = ""

    def fits(self, other: "Order") -> bool:
        """Whether an unfinished file belongs to this order."""
        return (self.agreement, self.form, self.columns) == (other.agreement, other.form, other.columns)


@dataclass(slots=True)
class Pull:
    """One pull: session, order, the file to be, and how it waits and tells."""

    session: Session
    order: Order
    out: Path
    retries: int = 5
    sleep: Sleep = time.sleep
    progress: Progress = lambda step, percent: None

    @property
    def part(self) -> Path:
        """The unfinished file; it is renamed only when everything has verified."""
        return self.out.with_name(self.out.name + ".part")

    @property
    def note(self) -> Path:
        """What is remembered of the order beside it."""
        return self.out.with_name(self.out.name + ".part.json")


def pull(
    session: Session, agreement: KnownAgreement, options: Namespace, *, progress: Progress, sleep: Sleep = time.sleep
) -> dict[str, Any]:
    """Pull one export and give what `--json` shows. Raises RefusedError, DataError, NetworkError or UsageError; what was
    received stays in FILE.part, and the same command goes on with it."""
    columns = tuple(name for name in (options.columns or "").split(",") if name)
    order = Order(agreement.id, options.format, columns, fresh_nonce())
    work = Pull(session, order, Path(options.out), max(options.retries, 0), sleep, progress)
    pem = _seal_key(options.seal_key)
    if work.out.exists() and not options.force:
        raise UsageError("FILE_EXISTS", f"{work.out} exists already; give another file or --force")
    _remembered(work)
    export, receipt_file = _opened(work, common_wire(options, agreement))
    _wait(work, export)
    manifest = _manifest(work, export)
    if "sealed" in manifest and not pem:
        raise UsageError("NO_SEAL_KEY", f"this export is sealed to {manifest['sealed'].get('to')}: give its private key with --seal-key")
    _collect(work, export, manifest)
    _finish(work, manifest, pem)
    shown = {name: manifest[name] for name in ("agreement", "dataset", "revision", "as_of", "format", "rows", "bytes", "sha256")}
    return {"file": str(work.out), "export": export["id"], **shown, "receipt_file": receipt_file}


def _remembered(work: Pull) -> None:
    """Take up the order of an unfinished file, or write down this one; an unfinished file of another order is refused."""
    if not work.note.exists():
        _write_note(work)
        work.part.unlink(missing_ok=True)
        return
    try:
        document = loads(work.note.read_bytes())
        before = Order(**{**document, "columns": tuple(document["columns"])})
    except (CanonicalError, OSError, TypeError, KeyError):
        raise UsageError("BAD_PART", f"{work.note} cannot be read; remove it to begin anew") from None
    if not work.order.fits(before):
        raise UsageError("OTHER_PART", f"{work.note} belongs to another export; remove it and {work.part.name} to begin anew")
    work.order = before


def _write_note(work: Pull) -> None:
    order = work.order
    document: Any = {"agreement": order.agreement, "form": order.form, "columns": list(order.columns), "key": order.key, "leaf": order.leaf}
    work.note.write_bytes(dumps(document))
    work.note.chmod(0o600)


def _opened(work: Pull, common: Mapping[str, Any]) -> tuple[dict[str, Any], str]:
    """Ask for the export; with the key of an unfinished file the hub finds the same one again and counts nothing twice."""
    order = work.order
    wire: dict[str, Any] = {**common, "format": order.form, "idempotency_key": order.key, "salt": fresh_nonce()}
    if order.columns:
        wire["columns"] = list(order.columns)
    answered: Answered = _tried(
        work, lambda: post(work.session, f"/exchange/v1/{order.agreement}/exports", {**wire, "salt": fresh_nonce()})
    )
    receipt_file = file_answer(work.session.configuration.receipts_folder, answered, work.session)
    if answered.is_refusal:
        problem = {name: value for name, value in answered.body.items() if name != "receipt"}
        raise RefusedError(answered.status, problem, receipt_file or None)
    route = answered.receipt.route if answered.receipt else None
    if answered.receipt is None or not route or (route.get("agreement"), route.get("method")) != (order.agreement, "EXPORT"):
        raise DataError("OTHER_ROUTE", "the receipt does not record the export that was asked for")
    export = answered.body.get("export")
    if not isinstance(export, dict) or export.get("format") != order.form:
        raise DataError("OTHER_ANSWER", "the answer does not speak of the export that was asked for")
    if not order.leaf and route.get("type") == "export":
        work.order = Order(order.agreement, order.form, order.columns, order.key, f"sha256:{answered.receipt.leaf.hex()}")
        _write_note(work)
    return export, receipt_file


def _wait(work: Pull, export: Mapping[str, Any]) -> None:
    """Until the rows are ready. Raises RefusedError when the export has ended without."""
    told, waited, pause = dict(export), 0.0, 0.1
    while told["state"] == "PREPARING" and waited < PATIENCE_S:
        work.progress("preparing", int(told.get("progress", 0)))
        work.sleep(pause)
        waited, pause = waited + pause, min(pause * 1.5, 2.0)
        told = _told(work, export["addresses"]["status"])["export"]
    if told["state"] not in _GIVEN_OUT:
        work.note.unlink(missing_ok=True)
        work.part.unlink(missing_ok=True)
        detail = f"the export is {told['state']} {told.get('reason', '')}".rstrip() + "; ask for a new one"
        raise RefusedError(410, {"code": "EXPORT_ENDED", "detail": detail, "state": told["state"]})


def _told(work: Pull, path: str) -> dict[str, Any]:
    """The JSON answer to a signed GET, its signature verified."""

    def ask() -> dict[str, Any]:
        sent = signed_get(work.session, path)
        reply = work.session.transport.send("GET", path, headers=sent.headers, body=None)
        check_answer_signature(work.session, sent, reply)
        return _read(reply)

    answer: dict[str, Any] = _tried(work, ask)
    return answer


def _read(reply: Reply) -> dict[str, Any]:
    try:
        document = loads(reply.body, max_bytes=MAX_ANSWER)
    except CanonicalError as error:
        raise DataError("BAD_JSON", f"the answer: {error}") from None
    if not isinstance(document, dict):
        raise DataError("BAD_JSON", "the answer is no JSON object")
    if reply.status >= 400:
        raise RefusedError(reply.status, {name: value for name, value in document.items() if name != "receipt"})
    return document


def _manifest(work: Pull, export: Mapping[str, Any]) -> dict[str, Any]:
    """The manifest, signed by a certified answer key, of exactly this export."""
    body = _told(work, export["addresses"]["manifest"])
    try:
        document, signature = body["document"], body["signature"]
        public_key = work.session.answer_key(signature["keyid"])
        verify_document(signature, kind="export-manifest", document=document, public_key=public_key)
        names = [column["name"] for column in document["columns"]]
        same = (document["export"], document["agreement"], document["format"], document["hub"]) == (
            export["id"],
            work.order.agreement,
            work.order.form,
            work.session.trust().hub,
        )
        same = same and names == list(work.order.columns or names) and (not work.order.leaf or document["receipt"] == work.order.leaf)
        whole = len(document["pieces"]) == -(-document["bytes"] // document["piece_bytes"]) and 0 < document["piece_bytes"] <= 1 << 24
    except (KeyError, TypeError, SignatureError) as error:
        raise DataError("BAD_MANIFEST", f"the manifest does not hold: {error}") from None
    if not same or not whole:
        raise DataError("OTHER_MANIFEST", "the manifest is of another export")
    return dict(document)


def _collect(work: Pull, export: Mapping[str, Any], manifest: Mapping[str, Any]) -> None:
    """Fetch what is missing, some MiB a request; a piece that does not fit the manifest is never written."""
    size, step, pieces = manifest["bytes"], manifest["piece_bytes"], manifest["pieces"]
    have = _kept(work.part, manifest)
    with work.part.open("r+b" if work.part.exists() else "wb") as file:
        file.truncate(have * step)
        file.seek(have * step)
        while have < len(pieces):
            start, end = have * step, min((have + PIECES_AT_ONCE) * step, size)
            raw = _tried(work, partial(_fetched, work, export["addresses"]["data"], start, end))
            for place in range(0, len(raw), step):
                if f"sha256:{sha256(raw[place : place + step]).hexdigest()}" != pieces[have]:
                    raise DataError("PIECE_WRONG", f"piece {have} of the export is not the one that the manifest names")
                have += 1
            file.write(raw)
            file.flush()
            work.progress("collecting", 100 * end // max(size, 1))
    work.part.chmod(0o600)


def _kept(part: Path, manifest: Mapping[str, Any]) -> int:
    """How many whole pieces of an unfinished file are right."""
    if not part.exists():
        return 0
    with part.open("rb") as file:
        for number, expected in enumerate(manifest["pieces"]):
            if f"sha256:{sha256(file.read(manifest['piece_bytes'])).hexdigest()}" != expected:
                return number
    return len(manifest["pieces"])


def _fetched(work: Pull, path: str, start: int, end: int) -> bytes:
    """The bytes of one range; what is refused is told by the hub's signed answer."""
    sent = signed_get(work.session, path)
    headers = {**sent.headers, "range": f"bytes={start}-{end - 1}"}
    reply = work.session.transport.send("GET", path, headers=headers, body=None)
    if reply.status >= 400:
        check_answer_signature(work.session, sent, reply)
        _read(reply)
    if reply.status != 206 or len(reply.body) != end - start:
        raise NetworkError("CUT_SHORT", "the hub ended the export in its middle, or something in between did", status=reply.status)
    return reply.body


def _seal_key(path: str) -> bytes:
    try:
        return Path(path).read_bytes() if path else b""
    except OSError as error:
        raise UsageError("NO_SEAL_KEY", f"the key file {path} cannot be read: {error.strerror}") from None


def _unseal(work: Pull, manifest: Mapping[str, Any], pem: bytes) -> Path:
    """Open a sealed file beside itself; its rows are those that the manifest counted before they were sealed."""
    said, plain = manifest["sealed"], work.out.with_name(work.out.name + ".opened")
    try:
        with work.part.open("rb") as box, plain.open("wb") as file:
            plain.chmod(0o600)
            for frame in opened(box, pem=pem, context=str(said["context"])):
                file.write(frame)
        with plain.open("rb") as file:
            if file_digest_of(file) != said["sha256"]:
                raise SealError("what was sealed is not what the manifest says")
    except SealError as error:
        plain.unlink(missing_ok=True)
        raise DataError("SEAL_WRONG", f"the sealed export does not open: {error}") from None
    return plain


def _finish(work: Pull, manifest: Mapping[str, Any], pem: bytes) -> None:
    """The whole once more against the manifest, opened where it is sealed, then its name."""
    with work.part.open("rb") as file:
        found = file_digest_of(file)
    if found != manifest["sha256"] or work.part.stat().st_size != manifest["bytes"]:
        raise DataError("FILE_WRONG", f"{work.part} is not what the manifest says; remove it and pull again")
    if "sealed" in manifest:
        _unseal(work, manifest, pem).replace(work.out)
        work.part.unlink()
    else:
        work.part.replace(work.out)
    work.note.unlink(missing_ok=True)


def file_digest_of(file: Any) -> str:
    """SHA-256 of an open file as texts write it."""
    import hashlib

    return f"sha256:{hashlib.file_digest(file, 'sha256').hexdigest()}"


def _tried(work: Pull, step: Callable[[], Any]) -> Any:
    """Again where the hub could not be reached or had no room; each try is signed anew."""
    for attempt in range(work.retries):
        try:
            return step()
        except NetworkError:
            work.sleep(_BACKOFF_S[min(attempt, len(_BACKOFF_S) - 1)])
    return step()
