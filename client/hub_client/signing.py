"""`hub sign`: a department's own machine reads an order, shows it, computes its hash again, and signs with a key that never leaves."""

import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from audit.proof.acts import OrderFault, agreement_id, require_order
from audit.proof.canonical import document_hash, dumps
from audit.proof.keys import KEYID, PemSigner, SignatureError, Use, sign_document
from hub_client import showing, trust
from hub_client.configuration import Configuration
from hub_client.connection import Transport
from hub_client.errors import DataError, NetworkError, RefusedError, UsageError
from hub_client.trust import parse, utc_text

ORDERS_PATH = "/api/v1/orders"
SIGNED_HERE = frozenset({"agree", "offer", "emergency", "suspend", "resume", "revoke"})
ROLES = frozenset({"provider", "requester", "authority"})
Confirm = Callable[[list[str]], bool]
_NUMBER = re.compile(r"[a-z2-7]{32}")


@dataclass(frozen=True, slots=True)
class Fetched:
    """An order that waits, checked: its hash is computed here, it is for this hub, and its key's department is a party in it."""

    number: str
    order: dict[str, Any]
    hash: str
    keyid: str
    role: str
    target: dict[str, Any] | None
    described: Mapping[str, Any]

    def lines(self) -> list[str]:
        """What the signer reads before saying yes."""
        head = [f"You sign as {self.role} with the key {self.keyid}, at the hub {self.order['hub']}:"]
        return [*head, *showing.order_lines(self.order, self.target, self.described), f"  hash of the order: {self.hash}"]


def fetch(number: str, configuration: Configuration, transport: Transport) -> Fetched:
    """The order of this number, with everything checked that can be. Raises UsageError, NetworkError, RefusedError, DataError."""
    if not _NUMBER.fullmatch(number):
        raise UsageError("BAD_NUMBER", "the number of an order is 32 letters and digits, as its page shows it")
    hub = configuration.require("log_origin")
    reply = transport.send("GET", f"{ORDERS_PATH}/{number}", headers={"accept": "application/json"}, body=None)
    if reply.status != 200:
        raise _refused(reply.status, reply.body)
    return read(parse(reply.body), number=number, hub=hub)


def read(document: Mapping[str, Any], *, number: str, hub: str) -> Fetched:
    """Check what the hub sent. Nothing of it is believed but what the order itself says. Raises DataError."""
    order = document.get("order")
    try:
        kind = require_order(order)
        keyid, role, described = document["keyid"], document["role"], document["described"]
    except (OrderFault, KeyError) as error:
        raise DataError("BAD_ORDER", f"this is no order: {error}") from None
    if not isinstance(order, dict) or kind not in SIGNED_HERE or role not in ROLES or not KEYID.fullmatch(str(keyid)):
        raise DataError("BAD_ORDER", "an order of this kind is not signed here")
    fetched = Fetched(number, order, document_hash(order), str(keyid), role, document.get("target"), described)
    if fetched.hash != document.get("hash"):
        raise DataError("HASH_DIFFERS", "the hub names another hash than this text has: sign nothing, and tell the authority")
    _require_hub(fetched, hub)
    _require_target(fetched)
    _require_party(fetched)
    return fetched


def sign(fetched: Fetched, signer: PemSigner, transport: Transport, *, now: float | None = None) -> dict[str, Any]:
    """Sign and hand in; the hub's answer. Raises RefusedError with what it says."""
    kind, at = str(fetched.order["type"]), utc_text(time.time() if now is None else now)
    signature = sign_document(signer, kind=kind, document=fetched.order, role=fetched.role, signed_at=at)
    path, headers = f"{ORDERS_PATH}/{fetched.number}/signature", {"content-type": "application/json", "accept": "application/json"}
    reply = transport.send("POST", path, headers=headers, body=dumps({"signature": signature}))
    if reply.status != 200:
        raise _refused(reply.status, reply.body)
    return parse(reply.body)


def open_document_signer(fetched: Fetched, configuration: Configuration, transport: Transport) -> PemSigner:
    """The key file, if it holds the very key that the authority's root certified under this name. Raises UsageError, DataError."""
    path = configuration.key_file
    try:
        signer = PemSigner(fetched.keyid, path)
    except OSError as error:
        raise UsageError("NO_KEY_FILE", f"the key file {path} cannot be read: {error.strerror}") from None
    except SignatureError as error:
        raise UsageError("BAD_KEY_FILE", f"{path}: {error}") from None
    held = trust.fetch(transport, configuration).certificates.get(fetched.keyid)
    if held is None or held.certificate.use is not Use.DOCUMENT or held.revoked_seq is not None:
        raise DataError("KEY_UNKNOWN", f"the authority's root certified no document key {fetched.keyid} that is valid")
    if held.certificate.public_key != signer.public_key:
        raise UsageError("OTHER_KEY", f"{path} holds another key than {fetched.keyid}: choose its file with --private-key-file")
    return signer


def require_expected(fetched: Fetched, expected: str) -> None:
    """Whether the hash that the person read on a page is that of this order or of the text in it. Raises DataError."""
    text = fetched.order.get("agreement") or fetched.order.get("offer")
    names = {fetched.hash}
    if isinstance(text, dict):
        names |= {document_hash(text), agreement_id(text)}
    if expected not in names:
        raise DataError("HASH_DIFFERS", "this is not the text whose hash you named: sign nothing, and tell the authority")


def _require_hub(fetched: Fetched, hub: str) -> None:
    text = fetched.order.get("agreement") or fetched.order.get("offer")
    named = {fetched.order["hub"]} | ({text["hub"]} if isinstance(text, dict) else set())
    if named != {hub}:
        raise DataError("OTHER_HUB", f"this order is for the hub {', '.join(sorted(map(str, named)))}, and the configuration names {hub}")


def _require_target(fetched: Fetched) -> None:
    """What is stopped is named by a hash of its text: so the text that is shown must have that name."""
    if "target" not in fetched.order:
        return
    target = fetched.target
    if not isinstance(target, dict) or fetched.order["target"] not in {agreement_id(target), document_hash(target)}:
        raise DataError("TARGET_DIFFERS", "the hub shows another text than the one that this order is about: sign nothing")


def _require_party(fetched: Fetched) -> None:
    """The key's department stands on the side that it would sign for; the authority's key is checked by the hub's acts alone."""
    text = fetched.target if "target" in fetched.order else fetched.order.get("agreement") or fetched.order.get("offer")
    owner = fetched.keyid.partition("/")[0]
    if fetched.role != "authority" and (not isinstance(text, dict) or text.get(fetched.role) != owner):
        raise DataError("OTHER_PARTY", f"the text names another {fetched.role} than {owner}")


def _refused(status: int, body: bytes) -> RefusedError | NetworkError:
    try:
        problem = parse(body)
    except DataError:
        return NetworkError("NO_ORDER", f"the hub answered {status}")
    return RefusedError(status, problem)
