"""What is wrong, in plain words: configuration, key, connection, clock, and whether both sides sign the same text."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from audit.proof.keys import Signer, Use
from audit.proof.message import MessageError, ParsedRequest, signing_keyid, verify_answer
from hub_client.configuration import Configuration
from hub_client.connection import Connection, Reply, Transport
from hub_client.errors import ClientError, DataError, Exit
from hub_client.keyfile import is_private, open_signer
from hub_client.session import Sent, Session, signed
from hub_client.trust import parse, utc_text

ECHO_PATH = "/exchange/v1/echo"
FRESH_S = 60
WARN_S = 20


class State(StrEnum):
    """How one examination went."""

    GOOD = "GOOD"
    WARNING = "WARNING"
    BAD = "BAD"


@dataclass(frozen=True, slots=True)
class Finding:
    """One examination: what was looked at, how it is, and what to do. `exit` counts where it is BAD."""

    name: str
    state: State
    text: str
    exit: Exit = Exit.OK


def examine(configuration: Configuration, transport: Transport | None = None, clock: Callable[[], float] = time.time) -> Iterator[Finding]:
    """Look at one thing after another and stop where going on makes no sense."""
    try:
        signer = open_signer(configuration)
        yield _key_file(configuration)
        session = Session(configuration, signer, transport or Connection(configuration.address), clock)
        session.trust()
        yield Finding("connection", State.GOOD, f"the hub answers at {configuration.address}")
        yield Finding("authority", State.GOOD, f"its keys go back to the authority's root: {session.trust().hub}")
        yield _certificate(session, signer)
        yield from _echo(session)
    except ClientError as error:
        yield Finding(_NAMES.get(error.exit, "hub"), State.BAD, str(error), error.exit)


_NAMES = {Exit.USAGE: "configuration", Exit.NETWORK: "connection"}


def _key_file(configuration: Configuration) -> Finding:
    path = configuration.key_file
    if is_private(path):
        return Finding("key file", State.GOOD, f"{path} can be read, and by you alone")
    return Finding("key file", State.WARNING, f"{path} can be read by others: chmod 600 {path}")


def _certificate(session: Session, signer: Signer) -> Finding:
    found, now = session.trust().certificates.get(signer.keyid), utc_text(session.clock())
    if found is None:
        text = f"{signer.keyid} is not certified at this hub: give its public key to your department's administrator"
    elif found.certificate.public_key != signer.public_key:
        text = f"the key file holds another key than the one that is certified as {signer.keyid}"
    elif found.certificate.use is not Use.SYSTEM:
        text = f"{signer.keyid} is certified for {found.certificate.use.value}, not for a system's requests"
    elif found.revoked_seq is not None:
        text = f"{signer.keyid} was revoked by act {found.revoked_seq}: use another key"
    elif not found.certificate.valid_at(now):
        text = f"{signer.keyid} is valid from {found.certificate.not_before} to {found.certificate.not_after}; now is {now}"
    else:
        text = f"{signer.keyid} belongs to {found.department} and is valid until {found.certificate.not_after}"
        return Finding("certificate", State.GOOD, text)
    return Finding("certificate", State.BAD, text, Exit.DATA)


def _echo(session: Session) -> Iterator[Finding]:
    sent = signed(session, ECHO_PATH, {})
    reply = session.transport.send("POST", ECHO_PATH, headers=sent.headers, body=sent.body)
    document = parse(reply.body)
    if reply.status != 200:
        detail = document.get("detail", "no reason given")
        yield Finding("echo", State.BAD, f"the hub refused the signed request ({reply.status}): {detail}", Exit.REFUSED)
        return
    heard = _as_heard(sent.parsed, document)
    _check_signature(session, reply, heard)
    yield _address(session, sent, heard)
    yield _clock(document)
    yield _key_status(document)


def _as_heard(parsed: ParsedRequest, document: dict[str, Any]) -> ParsedRequest:
    """Our request with the address that the hub read in it, where that differs."""
    base = document.get("signature_base")
    if not isinstance(base, str):
        raise DataError("BAD_ECHO", "the echo does not tell the signature base")
    line = next((line for line in base.split("\n") if line.startswith('"@target-uri": ')), "")
    return replace(parsed, target_uri=line.removeprefix('"@target-uri": '), signature_base=base.encode())


def _check_signature(session: Session, reply: Reply, heard: ParsedRequest) -> None:
    try:
        key = session.answer_key(signing_keyid(reply.headers))
        verify_answer(status=reply.status, headers=reply.headers, body=reply.body, request=heard, public_key=key)
    except MessageError as error:
        raise DataError(error.code, f"the echo is not signed as the hub signs: {error}") from None


def _address(session: Session, sent: Sent, heard: ParsedRequest) -> Finding:
    if heard.signature_base == sent.parsed.signature_base:
        return Finding("address", State.GOOD, "both sides sign the same text")
    if heard.target_uri != sent.parsed.target_uri:
        known = heard.target_uri.removesuffix(ECHO_PATH)
        text = f"the hub knows itself as {known}, you call {session.configuration.address}: set base_url to {known}"
    else:
        text = "the request was changed on its way: look for something in between that rewrites headers"
    return Finding("address", State.BAD, text, Exit.DATA)


def _clock(document: dict[str, Any]) -> Finding:
    difference = document.get("clock_difference_s")
    if type(difference) is not int:
        raise DataError("BAD_ECHO", "the echo does not tell the clock difference")
    where = "ahead of" if difference > 0 else "behind"
    text = f"this clock is {abs(difference)} s {where} the hub's; at most {FRESH_S} s are allowed"
    if abs(difference) > FRESH_S:
        return Finding("clock", State.BAD, f"{text}: set it by a time server", Exit.DATA)
    if abs(difference) > WARN_S:
        return Finding("clock", State.WARNING, text)
    return Finding("clock", State.GOOD, "the clocks agree" if difference == 0 else text)


_KEY_ADVICE = {
    "KEY_UNKNOWN": "the hub knows no such key: have it certified",
    "KEY_REVOKED": "the key was revoked: use another",
    "KEY_EXPIRED": "the key's certificate is not valid now: have a new one certified",
    "KEY_USE": "the key is not certified for a system's requests",
    "NOT_FRESH": "the hub refuses the request's time: see the clock",
    "SIGNATURE_WRONG": "the hub cannot verify the signature: another key file, or another address",
}


def _key_status(document: dict[str, Any]) -> Finding:
    key = document.get("key")
    status = str(key.get("status", "")) if isinstance(key, dict) else ""
    if status == "VALID":
        return Finding("key", State.GOOD, "the hub accepts requests signed with this key")
    return Finding("key", State.BAD, _KEY_ADVICE.get(status, f"the hub refuses the key: {status}"), Exit.REFUSED)
