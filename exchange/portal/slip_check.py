"""Checks a pasted proof slip, or the file of all lines about a person, in memory: a verdict in plain words. Keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from audit import acts
from audit.errors import HubError
from audit.ground import log_origin
from audit.proof.acts import Standing
from audit.proof.canonical import CanonicalError, loads
from audit.proof.keys import Use
from audit.proof.merkle import ProofError
from audit.proof.note import NoteError
from audit.proof.slip import ProvedList, ProvedSlip, is_list, is_slip, verify_list, verify_slip
from exchange.portal.receipts import LIMIT

Text = str | Promise


@dataclass(frozen=True)
class SlipVerdict:
    """What a check found: tone, headline and what it means; the slip or the list that was proved."""

    tone: str
    title: Text
    text: Text
    slip: ProvedSlip | None = None
    lines: ProvedList | None = None

    @property
    def route(self) -> dict[str, Any]:
        """What the slip says of the call; empty for a list."""
        return dict(self.slip.entry.opened.get("route") or {}) if self.slip else {}


def check(raw: bytes) -> SlipVerdict | None:
    """The verdict; None for what is neither a slip nor a list of lines. Never raises for what it is given."""
    document = _read(raw)
    if document is None:
        return None
    if _origin(document) != log_origin():
        return SlipVerdict(
            "attention", _("This proof slip is of another hub"), _("Only the hub whose log it names can say whether it holds.")
        )
    try:
        return _judged(document, acts.standing())
    except HubError:
        return SlipVerdict(
            "waiting", _("It cannot be checked now"), _("The hub's own record does not verify at the moment, so it judges nothing.")
        )


def _read(raw: bytes) -> dict[str, Any] | None:
    try:
        document = loads(raw.strip().removeprefix(b"\xef\xbb\xbf"), max_bytes=LIMIT)
    except CanonicalError:
        return None
    return document if isinstance(document, dict) and (is_slip(document) or is_list(document)) else None


def _origin(document: dict[str, Any]) -> object:
    statement = document.get("statement")
    return statement.get("hub") if isinstance(statement, dict) else document.get("log")


def _judged(document: dict[str, Any], standing: Standing) -> SlipVerdict:
    for key in _keys(standing, Use.HUB_LOG).values():
        try:
            return _proved(document, key, standing)
        except (ProofError, NoteError):
            continue
    return SlipVerdict("stopped", _("This proof slip was changed"), _("It is not what this hub gave: at least one part does not hold."))


def _proved(document: dict[str, Any], key: bytes, standing: Standing) -> SlipVerdict:
    if is_slip(document):
        slip = verify_slip(document, log=log_origin(), log_key=key)
        return SlipVerdict("found", _("This proof slip is genuine"), _("It stands in the log under a signed root, unchanged."), slip=slip)
    lines = verify_list(document, log=log_origin(), log_key=key, answer_keys=_keys(standing, Use.HUB_ANSWER))
    return SlipVerdict("found", _("These lines are genuine"), _("The hub signed that these are all of them, and each holds."), lines=lines)


def _keys(standing: Standing, use: Use) -> dict[str, bytes]:
    held = (item for item in standing.certificates.values() if item.certificate.use is use and item.revoked_seq is None)
    return {item.certificate.keyid: item.certificate.public_key for item in held}
