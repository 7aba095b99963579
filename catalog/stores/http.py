"""A provider's own service: a signed question by POST, a signed answer, verified before it is read (docs/provider_protocol.md).

Nothing that the other side does may cost more than one errand: one deadline for everything, a limit on the size, no
redirect, no proxy, no compression, and the connection goes to the address that was checked.
"""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.utils import timezone

from audit import acts, signers
from audit.ground import log_origin
from audit.proof import message
from audit.proof.canonical import CanonicalError, dumps, fresh_nonce, loads
from audit.proof.keys import Signer, Use
from audit.proof.message import MessageError, ParsedRequest
from catalog.orders import time_text
from catalog.stores import ProviderFailed, Question, Record, Reply, Why
from catalog.stores.checking import check_reply
from catalog.stores.egress import checked_address

MOST_BYTES = 4 * 1024 * 1024
JSON_TYPES = frozenset({"application/json", "application/json; charset=utf-8"})
_PORTS = {"https": 443, "http": 80}
_ANSWER_MEMBERS = {"v", "errand", "as_of", "answers"}
_THREADS = ThreadPoolExecutor(max_workers=16, thread_name_prefix="http-store")


@dataclass(frozen=True)
class HttpStore:
    """One dataset version's service: where it is, and the key that its answers must be signed with."""

    document: Mapping[str, Any]
    version: str
    keyid: str
    public_key: bytes | None
    signer: Signer
    hub: str

    async def ask(self, question: Question) -> Reply:
        """The records of the subjects asked, verified and checked. Raises ProviderFailed."""
        if self.public_key is None:
            raise ProviderFailed(Why.BAD_SIGNATURE)
        try:
            async with asyncio.timeout(question.timeout_s):
                return await self._ask(question)
        except TimeoutError:
            raise ProviderFailed(Why.TIMEOUT) from None

    async def _ask(self, question: Question) -> Reply:
        loop, store = asyncio.get_running_loop(), self.document["store"]
        body = dumps(self._body(question))
        headers = message.sign_provider_request(
            self.signer, target_uri=store["url"], body=body, created=int(time.time()), nonce=fresh_nonce()
        )
        parsed = message.parse_request(method="POST", target_uri=store["url"], headers=headers, body=body, tag=message.PROVIDER_REQUEST_TAG)
        address = await loop.run_in_executor(_THREADS, _address_of, store)
        received = await _sent(store["url"], address, headers, body)
        return await loop.run_in_executor(_THREADS, self._read, question, parsed, received)

    def _body(self, question: Question) -> dict[str, Any]:
        columns = self.document["column_mapping"]
        return {
            "v": 1,
            "hub": self.hub,
            "errand": question.errand,
            "dataset": question.dataset,
            "version": self.version,
            "subjects": [{"kind": kind, "id": identifier} for kind, identifier in question.subjects],
            "items": [columns[item] for item in question.items],
        }

    def _read(self, question: Question, parsed: ParsedRequest, received: tuple[Mapping[str, str], bytes]) -> Reply:
        """Verify, and only then look at what it says."""
        headers, body = received
        try:
            if message.signing_keyid(headers) != self.keyid or self.public_key is None:
                raise ProviderFailed(Why.BAD_SIGNATURE)
            message.verify_answer(
                status=200, headers=headers, body=body, request=parsed, public_key=self.public_key, tag=message.PROVIDER_ANSWER_TAG
            )
        except MessageError:
            raise ProviderFailed(Why.BAD_SIGNATURE) from None
        if headers.get("content-type", "").lower() not in JSON_TYPES:
            raise ProviderFailed(Why.NOT_JSON)
        try:
            answer = loads(body, max_bytes=MOST_BYTES)
        except CanonicalError:
            raise ProviderFailed(Why.NOT_JSON) from None
        reply = Reply(_records(answer, question, self.document["column_mapping"]), answer["as_of"], self.keyid)
        check_reply(question, reply, now=time_text(timezone.now()))
        return reply


def make(document: Mapping[str, Any]) -> HttpStore:
    """The store of a signed dataset version, with the certificates as they stand now. Reads the database."""
    standing = acts.standing()
    keyid = str(document.get("provider_answer_key") or "")
    held = standing.certificates.get(keyid)
    counts = (
        held is not None
        and held.revoked_seq is None
        and held.certificate.use is Use.PROVIDER_ANSWER
        and held.department == document["provider"]
        and held.certificate.valid_at(time_text(timezone.now()))
    )
    version = standing.versions.get(document["code"])
    return HttpStore(
        document,
        version=version.hash if version else "",
        keyid=keyid,
        public_key=held.certificate.public_key if held is not None and counts else None,
        signer=signers.hub_signer(Use.HUB_ANSWER),
        hub=log_origin(),
    )


def _address_of(store: Mapping[str, Any]) -> tuple[str, int]:
    """The checked address and the port. Without TLS only where this machine itself may be called (tests, demonstrations)."""
    url = urlsplit(store["url"])
    port = url.port or _PORTS[url.scheme]
    address = checked_address(url.hostname or "", port, store["networks"], store["ports"])
    if url.scheme != "https" and not settings.EGRESS_ALLOW_LOOPBACK:
        raise ProviderFailed(Why.EGRESS_DENIED)
    return address, port


async def _sent(url: str, pinned: tuple[str, int], headers: Mapping[str, str], body: bytes) -> tuple[dict[str, str], bytes]:
    """POST to the pinned address under the service's own name; the headers and the whole body of a 200."""
    parts, (address, port) = urlsplit(url), pinned
    place = f"[{address}]" if ":" in address else address
    request_headers = {
        **headers,
        "host": parts.netloc,
        "content-type": "application/json",
        "accept": "application/json",
        "accept-encoding": "identity",
        "user-agent": "mianzheng-hub",
    }
    options = {"verify": _tls(settings.STORE_CA_FILE), "trust_env": False, "follow_redirects": False, "timeout": None}
    try:
        async with httpx.AsyncClient(**options) as client:  # type: ignore[arg-type]
            target = f"{parts.scheme}://{place}:{port}{parts.path or '/'}"
            extensions = {"sni_hostname": parts.hostname}
            async with client.stream("POST", target, headers=request_headers, content=body, extensions=extensions) as response:
                return await _received(response)
    except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError, OSError, ssl.SSLError):
        raise ProviderFailed(Why.CONNECT) from None


async def _received(response: httpx.Response) -> tuple[dict[str, str], bytes]:
    if response.status_code != 200:
        raise ProviderFailed(Why.HTTP_STATUS)
    parts, size = [], 0
    async for part in response.aiter_raw():  # as it came: nothing is unpacked
        size += len(part)
        if size > MOST_BYTES:
            raise ProviderFailed(Why.TOO_LARGE)
        parts.append(part)
    try:
        return message.single_headers(response.headers.raw), b"".join(parts)
    except MessageError:
        raise ProviderFailed(Why.BAD_SIGNATURE) from None


@lru_cache(maxsize=4)
def _tls(ca_file: str) -> ssl.SSLContext:
    """The system's authorities, or the file of those that departments' own services are certified by."""
    return ssl.create_default_context(cafile=ca_file or None)


def _records(answer: Any, question: Question, columns: Mapping[str, str]) -> dict[tuple[str, str], list[Record]]:
    """The records under the dataset's own names; raises ProviderFailed for another shape, another errand, another subject."""
    if not isinstance(answer, dict) or answer.keys() != _ANSWER_MEMBERS or answer["v"] != 1 or answer["errand"] != question.errand:
        raise ProviderFailed(Why.WRONG_SHAPE)
    if not isinstance(answer["answers"], list):
        raise ProviderFailed(Why.WRONG_SHAPE)
    names = {columns[item]: item for item in question.items}
    found: dict[tuple[str, str], list[Record]] = {}
    for line in answer["answers"]:
        who, records = _line(line)
        if who in found or who not in question.subjects:
            raise ProviderFailed(Why.WRONG_SUBJECT)
        if any(not isinstance(record, dict) or record.keys() != names.keys() for record in records):
            raise ProviderFailed(Why.WRONG_SHAPE)
        found[who] = [{names[name]: value for name, value in record.items()} for record in records]
    return found


def _line(line: Any) -> tuple[tuple[str, str], list[Any]]:
    """One subject with its records."""
    if not isinstance(line, dict) or line.keys() != {"subject", "records"} or not isinstance(line["records"], list):
        raise ProviderFailed(Why.WRONG_SHAPE)
    subject = line["subject"]
    if not isinstance(subject, dict) or subject.keys() != {"kind", "id"} or not all(isinstance(text, str) for text in subject.values()):
        raise ProviderFailed(Why.WRONG_SHAPE)
    return (subject["kind"], subject["id"]), line["records"]
