"""`hub provide --check`: what the hub would see, before it asks: key, certificate, description, rows, and one signed answer."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from audit.proof import message
from audit.proof.canonical import dumps, fresh_nonce
from audit.proof.keys import PemSigner, Use, generate_private_key
from audit.proof.message import MessageError
from hub_client.errors import ClientError, DataError, UsageError
from hub_client.providing.description import Description
from hub_client.providing.endpoint import AnswersAll, Endpoint
from hub_client.providing.hub_keys import HubKeys
from hub_client.trust import utc_text


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    is_good: bool
    detail: str


def check(description: Description, signer: PemSigner, source: AnswersAll, hub: HubKeys) -> list[Finding]:
    """Everything that can be looked at from here. Whether the hub reaches the address is seen from the hub alone."""
    looks: list[tuple[str, Callable[[], str]]] = [
        ("description", lambda: _described(description, hub)),
        ("address", lambda: _address(description)),
        ("key", lambda: _certified(signer, hub)),
        ("answer", lambda: _answers(description, signer, source)),
    ]
    return [_looked(name, look) for name, look in looks]


def lines_of(findings: Sequence[Finding]) -> list[str]:
    """Findings for a person to read."""
    return [f"{'good' if finding.is_good else 'BAD '}  {finding.name}: {finding.detail}" for finding in findings]


def _looked(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, True, look())
    except ClientError as error:
        return Finding(name, False, str(error))


def _described(description: Description, hub: HubKeys) -> str:
    if not description.version:
        return f"{description.dataset}, a draft: the version of a question is not checked until the document is the signed one"
    if description.hub != hub.log_origin:
        raise DataError("OTHER_HUB", f"the document is for the hub {description.hub}, the configuration for {hub.log_origin}")
    return f"{description.dataset}, {description.version}"


def _address(description: Description) -> str:
    if not description.url.startswith("https://"):
        raise UsageError("NO_TLS", f"{description.url}: the hub calls https addresses only (http in demonstrations on one machine)")
    return f"{description.url}; the hub must reach it at an address of its networks"


def _certified(signer: PemSigner, hub: HubKeys) -> str:
    held = hub.known().certificates.get(signer.keyid)
    if held is None or held.certificate.use is not Use.PROVIDER_ANSWER:
        raise DataError("KEY_UNKNOWN", f"{signer.keyid} is not certified for provider-answer: see the page Keys of the console")
    if held.revoked_seq is not None or not held.certificate.valid_at(utc_text()):
        raise DataError("KEY_ENDED", f"{signer.keyid} was revoked, or is not valid today: certify a new one and publish it")
    if held.certificate.public_key != signer.public_key:
        raise DataError("OTHER_KEY", f"the file holds another key than the one certified as {signer.keyid}")
    return f"{signer.keyid} is certified for provider-answer"


class _OneKey:
    """A hub of our own that asks itself: the key of this check alone."""

    def __init__(self, log_origin: str, key: bytes) -> None:
        self.log_origin, self._key = log_origin, key

    def public_key(self, _keyid: str) -> bytes:
        return self._key


def _answers(description: Description, signer: PemSigner, source: AnswersAll) -> str:
    """Ask about an invented identifier, all columns; the answer must verify. The rows were checked when they were read."""
    asking = PemSigner("hub/check-1", generate_private_key())
    endpoint = Endpoint(description.url, signer, _OneKey(description.hub, asking.public_key))
    endpoint.answer_all(description, source)
    subject = {"kind": next(iter(description.naming)), "id": "0" * 18}
    body = dumps(
        {
            "v": 1,
            "hub": description.hub,
            "errand": "0" * 32,
            "dataset": description.dataset,
            "version": description.version,
            "subjects": [subject],
            "items": list(description.columns),
        }
    )
    headers = message.sign_provider_request(asking, target_uri=description.url, body=body, created=int(time.time()), nonce=fresh_nonce())
    wire = {**headers, "content-type": "application/json"}
    handed = endpoint.handle([(name.encode(), value.encode()) for name, value in wire.items()], body)
    if handed.status != 200:
        raise DataError("NO_ANSWER", f"a question is refused with {handed.status}: {handed.body.decode()}")
    parsed = message.parse_request(method="POST", target_uri=description.url, headers=headers, body=body, tag=message.PROVIDER_REQUEST_TAG)
    try:
        message.verify_answer(
            status=200,
            headers=handed.headers,
            body=handed.body,
            request=parsed,
            public_key=signer.public_key,
            tag=message.PROVIDER_ANSWER_TAG,
        )
    except MessageError as error:
        raise DataError(error.code, str(error)) from None
    rows = getattr(source, "rows", None)
    return "signed as agreed" + (f"; {rows} rows, every value of its declared type" if rows is not None else "")
