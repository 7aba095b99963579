"""Whose signatures count: the hub's keys, as certified by the authority's root that is pinned in the configuration."""

import time
from base64 import b64decode
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.proof.acts import AuthorityError, CertificateStanding, Ground, StoredAct, read_certificates
from audit.proof.canonical import CanonicalError, loads
from audit.proof.keys import Use
from hub_client.configuration import Configuration
from hub_client.connection import MAX_ANSWER, Transport
from hub_client.errors import DataError, NetworkError

KEYS_PATH = "/api/v1/keys"


@dataclass(frozen=True, slots=True)
class Trust:
    """The certificates that the root stands behind, and the document that proves it (kept beside receipts)."""

    hub: str
    certificates: Mapping[str, CertificateStanding]
    document: Mapping[str, Any]

    def answer_key(self, keyid: str, at: str, *, even_revoked: bool = False) -> bytes:
        """The public key of a hub-answer key valid at `at`; DataError says why there is none."""
        found = self.certificates.get(keyid)
        if found is None or found.certificate.use is not Use.HUB_ANSWER:
            raise DataError("KEY_UNKNOWN", f"the authority's root never certified {keyid} for answers")
        if not found.certificate.valid_at(at):
            raise DataError("KEY_EXPIRED", f"the hub's key {keyid} was not valid at {at}")
        if found.revoked_seq is not None and not even_revoked:
            raise DataError("KEY_REVOKED", f"the hub's key {keyid} was revoked by act {found.revoked_seq}")
        return found.certificate.public_key

    def log_keys(self) -> list[bytes]:
        """Public keys that may have signed checkpoints and were not revoked."""
        standing = self.certificates.values()
        return [item.certificate.public_key for item in standing if item.certificate.use is Use.HUB_LOG and item.revoked_seq is None]


def fetch(transport: Transport, configuration: Configuration) -> Trust:
    """Ask the hub for the acts about keys and believe what the root signed of them."""
    reply = transport.send("GET", KEYS_PATH, headers={"accept": "application/json"}, body=None)
    if reply.status != 200:
        raise NetworkError("NO_KEYS", f"the hub answered {reply.status} when asked for its keys")
    return read(parse(reply.body), root=configuration.root, log_origin=configuration.log_origin)


def parse(raw: bytes) -> dict[str, Any]:
    """A JSON object from bytes; DataError if it is none."""
    try:
        document = loads(raw, max_bytes=MAX_ANSWER)
    except CanonicalError as error:
        raise DataError("BAD_JSON", f"what came is no strict JSON: {error}") from None
    if not isinstance(document, dict):
        raise DataError("BAD_JSON", "what came is no JSON object")
    return document


def read(document: Mapping[str, Any], *, root: bytes, log_origin: str) -> Trust:
    """Check the document of `GET /api/v1/keys` from the pinned root on; the root that it names itself is not looked at.

    An empty `log_origin` takes the hub's own word. That is safe once, when a client is configured: every certificate
    names the hub under the root's signature.
    """
    try:
        hub = str(document["log"])
        acts = [StoredAct(b64decode(item["act"], validate=True), item["hub_signature"]) for item in document["acts"]]
    except (KeyError, TypeError, ValueError):
        raise DataError("BAD_KEYS", "the list of keys is malformed") from None
    if log_origin and hub != log_origin:
        raise DataError("OTHER_HUB", f"this is the hub {hub}, and the configuration names {log_origin}")
    try:
        certificates = read_certificates(Ground(hub, root, ""), acts)
    except AuthorityError as error:
        raise DataError("BAD_KEYS", f"the hub's keys do not go back to the authority's root: {error}") from None
    return Trust(hub, certificates, document)


def utc_text(seconds: float | None = None) -> str:
    """A time as protocol texts write it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))
