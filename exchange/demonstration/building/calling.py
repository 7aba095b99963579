"""Call the hub as a system of a department does: a signed request through the same door, with nothing special about it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from audit.proof.canonical import fresh_nonce
from audit.proof.keys import Signer
from exchange.delivery.handling import handle
from exchange.delivery.inside import signed_arrival


class HubUnavailable(Exception):
    """The hub did not decide a call (5xx); the text has its code and detail."""


@dataclass(frozen=True)
class Reply:
    """Status and body of an answer or a refusal."""

    status: int
    body: Mapping[str, Any]

    @property
    def code(self) -> str:
        """The code of a refusal; empty for an answer."""
        return str(self.body.get("code", ""))


def call(signer: Signer, agreement: str, method: str, document: Mapping[str, Any]) -> Reply:
    """Sign one call of `method` (verify, query or batch) and hand it in. Raises HubUnavailable."""
    (response,) = handle([signed_arrival(signer, agreement=agreement, method=method, document={"salt": fresh_nonce(), **document})])
    reply = Reply(response.status, json.loads(response.body))
    if reply.status >= 500:
        raise HubUnavailable(f"{reply.code}: {reply.body.get('detail', '')}")
    return reply
