"""Signatures on HTTP messages: RFC 9421 with the digest of RFC 9530, in the one profile of protocol section 4.

Everything is matched and built as text, without a structured-field library: the data path does this 10,000 times a
second. The profile is narrow on purpose: one member `hub`, fixed components, canonical serialisation, no options.
"""

import binascii
import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from audit.proof.keys import ALGORITHM, KEYID, SignatureError, Signer, verify_bytes

REQUEST_TAG = "mianzheng-request-v1"
ANSWER_TAG = "mianzheng-answer-v1"
ERROR_TAG = "mianzheng-error-v1"
PROVIDER_REQUEST_TAG = "mianzheng-provider-request-v1"  # the hub asks a provider's service (docs/provider_protocol.md)
PROVIDER_ANSWER_TAG = "mianzheng-provider-answer-v1"

_REQUEST_COMPONENTS = '("@method" "@target-uri" "content-digest")'
_ANSWER_COMPONENTS = (
    '("@status" "content-type" "content-digest" "@method";req "@target-uri";req "content-digest";req '
    '"signature-input";req;key="hub" "signature";req;key="hub")'
)
_ERROR_COMPONENTS = '("@status" "content-digest")'

_REQUEST_PARAMETERS = frozenset({"created", "nonce", "keyid", "alg", "tag"})
_ANSWER_PARAMETERS = frozenset({"created", "keyid", "alg", "tag"})

_SIGNATURE = re.compile(r"hub=:([A-Za-z0-9+/]{86}==):")
_LAST = frozenset("AQgw")  # before the padding of 64 bytes: any other character has unused bits set
# The parameters of a request in the order in which nearly everyone writes them.
_USUAL = re.compile(
    r';created=(0|[1-9][0-9]{0,14});nonce="([A-Za-z0-9_-]{22,128})";keyid="([A-Za-z0-9-]{1,64}/[A-Za-z0-9-]{1,64})";alg="ed25519";tag="([a-z0-9-]+)"'
)
_PARAMETERS = re.compile(r'(?:;[a-z]+=(?:"[^"\\]*"|[0-9]+))*')
_PARAMETER = re.compile(r';([a-z]+)=(?:"([^"\\]*)"|([0-9]+))')
_CREATED = re.compile(r"0|[1-9][0-9]{0,14}")
_NONCE = re.compile(r"[A-Za-z0-9_-]{22,128}")
_DIGESTS = re.compile(r"([a-z0-9-]+)=:([A-Za-z0-9+/]+={0,2}):(?:, ?|$)")
_METHOD = re.compile(r"[A-Z]{1,16}")
_TARGET = re.compile(r"https?://[\x21\x22\x24-\x3e\x40-\x7e]+")  # no space, control, query string or fragment
_FIELD = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")

# A second line of one of these would let two readers of one message see two different messages.
_SINGLE = frozenset({"signature", "signature-input", "content-digest", "content-type", "content-encoding"})


class MessageError(ValueError):
    """The message is not signed as protocol section 4 says; `code` is stable, the text says what to change."""

    def __init__(self, code: str, message: str) -> None:
        """Keep the code beside the sentence."""
        super().__init__(message)
        self.code = code


@dataclass(slots=True)
class ParsedRequest:
    """A well-formed signed request whose digest is right; its signature is not verified yet."""

    keyid: str
    created: int
    nonce: str
    signature_base: bytes
    signature: bytes
    content_digest: str
    signature_input: str
    signature_header: str
    method: str
    target_uri: str


def single_headers(pairs: Iterable[tuple[bytes, bytes]]) -> dict[str, str]:
    """Raw header lines (as ASGI hands them) as a mapping with lower-case names.

    Raises MessageError HEADER_TWICE where a header that the signature depends on comes twice; others are joined.
    """
    headers: dict[str, str] = {}
    for raw_name, raw_value in pairs:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1").strip(" \t")
        if name in headers:
            if name in _SINGLE:
                raise MessageError("HEADER_TWICE", f"send {name} once")
            value = f"{headers[name]}, {value}"
        headers[name] = value
    return headers


def content_digest(body: bytes) -> str:
    """The Content-Digest (RFC 9530) of the raw bytes of a body: `sha-256=:…:`."""
    return f"sha-256=:{_base64(hashlib.sha256(body).digest())}:"


def sign_request(signer: Signer, *, method: str, target_uri: str, body: bytes, created: int, nonce: str) -> dict[str, str]:
    """The headers that sign a request: content-digest, signature-input and signature. `created` in Unix seconds."""
    member = _request_member(signer, created, nonce, REQUEST_TAG)
    return _sign_request(signer, method, target_uri, content_digest(body), member)


def sign_provider_request(signer: Signer, *, target_uri: str, body: bytes, created: int, nonce: str) -> dict[str, str]:
    """The same for the hub's own question to a provider's service: POST, with the tag of such questions."""
    member = _request_member(signer, created, nonce, PROVIDER_REQUEST_TAG)
    return _sign_request(signer, "POST", target_uri, content_digest(body), member)


def _request_member(signer: Signer, created: int, nonce: str, tag: str) -> str:
    if not _NONCE.fullmatch(nonce):
        raise MessageError("PARAMETERS_WRONG", "a nonce is at least 22 characters of base64url")
    return f'{_REQUEST_COMPONENTS};created={created};nonce="{nonce}";keyid="{signer.keyid}";alg="{signer.alg}";tag="{tag}"'


def _sign_request(signer: Signer, method: str, target_uri: str, digest: str, member: str) -> dict[str, str]:
    _require_target(method, target_uri)
    return _signed_headers(signer, _request_base(method, target_uri, digest, member), digest, member)


def parse_request(*, method: str, target_uri: str, headers: Mapping[str, str], body: bytes, tag: str = REQUEST_TAG) -> ParsedRequest:
    """Read a signed request; `headers` has lower-case names, `target_uri` is built from PUBLIC_URLS and the raw path.

    Checks digest, label, exact components, parameters (in any order), algorithm and tag. Raises MessageError.
    Does not look at the clock, the nonce's history or the key: `verify_request` does the key.
    """
    _require_target(method, target_uri)
    digest = _checked_digest(headers, body)
    member, parameters, signature = _read_signature(headers, _REQUEST_COMPONENTS, _REQUEST_PARAMETERS, tag)
    if not _NONCE.fullmatch(parameters["nonce"]):
        raise MessageError("PARAMETERS_WRONG", "nonce must be at least 22 characters of base64url, fresh each time")
    return ParsedRequest(
        keyid=parameters["keyid"],
        created=int(parameters["created"]),
        nonce=parameters["nonce"],
        signature_base=_request_base(method, target_uri, digest, member),
        signature=signature,
        content_digest=digest,
        signature_input=headers["signature-input"],
        signature_header=headers["signature"],
        method=method,
        target_uri=target_uri,
    )


def verify_request(parsed: ParsedRequest, public_key: bytes) -> None:
    """Raise MessageError SIGNATURE_WRONG unless the request is signed by this key."""
    _verify(public_key, parsed.signature_base, parsed.signature)


def sign_answer(signer: Signer, *, status: int, content_type: str, body: bytes, request: ParsedRequest, created: int) -> dict[str, str]:
    """The four headers of an answer, content-type among them, signed together with the request that they answer."""
    member = _answer_member(signer, created, ANSWER_TAG)
    return _sign_answer(signer, (status, content_type), content_digest(body), request, member)


def sign_provider_answer(signer: Signer, *, content_type: str, body: bytes, request: ParsedRequest, created: int) -> dict[str, str]:
    """The same for a provider's service, whose every answer that counts has status 200."""
    member = _answer_member(signer, created, PROVIDER_ANSWER_TAG)
    return _sign_answer(signer, (200, content_type), content_digest(body), request, member)


def _answer_member(signer: Signer, created: int, tag: str) -> str:
    return f'{_ANSWER_COMPONENTS};created={created};keyid="{signer.keyid}";alg="{signer.alg}";tag="{tag}"'


def _sign_answer(signer: Signer, told: tuple[int, str], digest: str, request: ParsedRequest, member: str) -> dict[str, str]:
    status, content_type = told
    base = _answer_base(status, content_type, digest, request, member)
    return {"content-type": content_type, **_signed_headers(signer, base, digest, member)}


def verify_answer(
    *, status: int, headers: Mapping[str, str], body: bytes, request: ParsedRequest, public_key: bytes, tag: str = ANSWER_TAG
) -> None:
    """Raise MessageError unless this is the hub's answer (by its tag: a provider's), unchanged, to exactly this request."""
    digest = _checked_digest(headers, body)
    member, _, signature = _read_signature(headers, _ANSWER_COMPONENTS, _ANSWER_PARAMETERS, tag)
    base = _answer_base(status, headers.get("content-type", ""), digest, request, member)
    _verify(public_key, base, signature)


def sign_error(signer: Signer, *, status: int, body: bytes, created: int) -> dict[str, str]:
    """The headers of an error that came before authentication; nobody accepts it as an answer."""
    digest = content_digest(body)
    member = f'{_ERROR_COMPONENTS};created={created};keyid="{signer.keyid}";alg="{signer.alg}";tag="{ERROR_TAG}"'
    return _signed_headers(signer, _error_base(status, digest, member), digest, member)


def verify_error(*, status: int, headers: Mapping[str, str], body: bytes, public_key: bytes) -> None:
    """Raise MessageError unless the hub signed this error. It says nothing about which request it meets."""
    digest = _checked_digest(headers, body)
    member, _, signature = _read_signature(headers, _ERROR_COMPONENTS, _ANSWER_PARAMETERS, ERROR_TAG)
    _verify(public_key, _error_base(status, digest, member), signature)


def signing_keyid(headers: Mapping[str, str]) -> str:
    """The keyid that an answer or error names, to look its certificate up. Nothing is verified yet."""
    start = headers.get("signature-input", "").rfind(")")
    found = dict(_parameters(headers.get("signature-input", "")[start + 1 :]))
    if not KEYID.fullmatch(found.get("keyid", "")):
        raise MessageError("SIGNATURE_MISSING", "the answer is not signed: Signature-Input names no key")
    return found["keyid"]


def _request_base(method: str, target_uri: str, digest: str, member: str) -> bytes:
    return (f'"@method": {method}\n"@target-uri": {target_uri}\n"content-digest": {digest}\n"@signature-params": {member}').encode("ascii")


def _answer_base(status: int, content_type: str, digest: str, request: ParsedRequest, member: str) -> bytes:
    if not _FIELD.fullmatch(content_type):
        raise MessageError("CONTENT_TYPE", "the answer has no readable Content-Type")
    return (
        f'"@status": {_status(status)}\n"content-type": {content_type}\n"content-digest": {digest}\n'
        f'"@method";req: {request.method}\n"@target-uri";req: {request.target_uri}\n'
        f'"content-digest";req: {request.content_digest}\n'
        f'"signature-input";req;key="hub": {request.signature_input[4:]}\n'
        f'"signature";req;key="hub": {request.signature_header[4:]}\n"@signature-params": {member}'
    ).encode("ascii")


def _error_base(status: int, digest: str, member: str) -> bytes:
    return f'"@status": {_status(status)}\n"content-digest": {digest}\n"@signature-params": {member}'.encode("ascii")


def _signed_headers(signer: Signer, base: bytes, digest: str, member: str) -> dict[str, str]:
    return {
        "content-digest": digest,
        "signature-input": f"hub={member}",
        "signature": f"hub=:{_base64(signer.sign(base))}:",
    }


def _read_signature(headers: Mapping[str, str], components: str, names: frozenset[str], tag: str) -> tuple[str, dict[str, str], bytes]:
    """The member's text as it stands in the base, its parameters, and the signature's 64 bytes."""
    signature_input = headers.get("signature-input")
    signature = headers.get("signature")
    if not signature_input or not signature:
        raise MessageError("SIGNATURE_MISSING", "send Signature-Input and Signature (RFC 9421)")
    if not signature_input.startswith(f"hub={components}"):
        raise MessageError("COMPONENTS_WRONG", f"Signature-Input must hold one member: hub={components};…")
    parameters = _checked_parameters(signature_input[4 + len(components) :], names, tag)
    return signature_input[4:], parameters, _signature_bytes(signature)


def _checked_parameters(text: str, names: frozenset[str], tag: str) -> dict[str, str]:
    usual = _USUAL.fullmatch(text)
    if usual and usual[4] == tag and names is _REQUEST_PARAMETERS:
        return {"created": usual[1], "nonce": usual[2], "keyid": usual[3], "alg": ALGORITHM, "tag": tag}
    pairs = _parameters(text)
    parameters = dict(pairs)
    if parameters.keys() != names or len(pairs) != len(names):
        raise MessageError("PARAMETERS_WRONG", f"the signature must have exactly: {', '.join(sorted(names))}")
    if not _CREATED.fullmatch(parameters["created"]) or f";created={parameters['created']}" not in text:
        raise MessageError("PARAMETERS_WRONG", "created must be a whole number of seconds since 1970, unquoted")
    if parameters["alg"] != ALGORITHM:
        raise MessageError("ALGORITHM_UNKNOWN", f'alg must be "{ALGORITHM}"')
    if parameters["tag"] != tag:
        raise MessageError("TAG_WRONG", f'tag must be "{tag}"')
    if not KEYID.fullmatch(parameters["keyid"]):
        raise MessageError("PARAMETERS_WRONG", "keyid must be written owner/name")
    return parameters


def _parameters(text: str) -> list[tuple[str, str]]:
    """`;name="text"` and `;name=7` in canonical form, nothing between and nothing after."""
    if not _PARAMETERS.fullmatch(text):
        raise MessageError("SIGNATURE_MALFORMED", 'write the parameters as ;created=1;nonce="…" and add no second member')
    return [(name, quoted or digits) for name, quoted, digits in _PARAMETER.findall(text)]


def _signature_bytes(header: str) -> bytes:
    match = _SIGNATURE.fullmatch(header)
    if not match:
        raise MessageError("SIGNATURE_MALFORMED", "Signature must hold one member: hub=:(64 bytes in base64):")
    if match[1][85] not in _LAST:  # a second spelling of the same signature
        raise MessageError("SIGNATURE_MALFORMED", "the base64 of Signature is not canonical")
    return binascii.a2b_base64(match[1])


def _checked_digest(headers: Mapping[str, str], body: bytes) -> str:
    """The Content-Digest header, once its sha-256 is shown to be that of the raw bytes."""
    if "content-encoding" in headers:
        raise MessageError("CONTENT_ENCODING", "send the body as it is, without Content-Encoding")
    header = headers.get("content-digest")
    if not header:
        raise MessageError("DIGEST_MISSING", "send Content-Digest with sha-256 (RFC 9530)")
    expected = content_digest(body)
    if header == expected:
        return header
    if _digests(header).get("sha-256") is None:
        raise MessageError("DIGEST_MISSING", "Content-Digest must hold sha-256")
    if f"sha-256=:{_digests(header)['sha-256']}:" != expected:
        raise MessageError("DIGEST_MISMATCH", "Content-Digest is not that of the body's bytes")
    return header


def _digests(header: str) -> dict[str, str]:
    found, place = {}, 0
    while place < len(header):
        match = _DIGESTS.match(header, place)
        if not match or match[1] in found:
            raise MessageError("DIGEST_MALFORMED", "Content-Digest is written sha-256=:…:, each algorithm once")
        found[match[1]] = match[2]
        place = match.end()
    return found


def _require_target(method: str, target_uri: str) -> None:
    if not _METHOD.fullmatch(method):
        raise MessageError("TARGET_MALFORMED", "the method is written in capitals")
    if "?" in target_uri:
        raise MessageError("QUERY_STRING", "signed calls have no query string; put everything into the body")
    if not _TARGET.fullmatch(target_uri):
        raise MessageError("TARGET_MALFORMED", "the address must be absolute, in plain ASCII")


def _status(status: int) -> str:
    if not 100 <= status <= 599:
        raise MessageError("STATUS", "an HTTP status has three digits")
    return str(status)


def _verify(public_key: bytes, base: bytes, signature: bytes) -> None:
    try:
        verify_bytes(public_key, base, signature)
    except SignatureError as error:
        raise MessageError("SIGNATURE_WRONG", str(error)) from None


def _base64(data: bytes) -> str:
    return binascii.b2a_base64(data, newline=False).decode("ascii")
