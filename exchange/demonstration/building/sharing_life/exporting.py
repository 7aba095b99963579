"""An export that was opened, made and collected, as a department's own machine does it."""

from __future__ import annotations

import json

from audit.proof.canonical import fresh_nonce
from audit.signers import system_signer
from catalog import work
from exchange.delivery.exports import door
from exchange.delivery.exports.door import Streaming
from exchange.delivery.exports.lifecycle import DeliveryState
from exchange.delivery.exports.opening import PREPARE
from exchange.delivery.inside import reading_arrival, signed_arrival
from exchange.delivery.models import Delivery
from exchange.delivery.responding import Response
from exchange.demonstration.building import agreeing
from exchange.demonstration.building.exchanges import PLAN

_PLAN = "allowances_export"


class ExportFailed(Exception):
    """The export did not come to its end: a fault of the program; what the hub said."""


def make_an_export() -> None:
    """Open it, make its rows, collect them; where none was collected yet."""
    plan, agreement = PLAN[_PLAN], agreeing.agreement_of(PLAN[_PLAN]).agreement_id
    if Delivery.objects.filter(agreement=agreement, state=DeliveryState.COLLECTED).exists():
        return
    signer = system_signer(f"{plan.systems[-1]}/system-1")
    asked = {"purpose": plan.purpose, "case": "DEMO-EXPORT", "officer": "automatic", "format": "csv", "idempotency_key": fresh_nonce()}
    opened = door.handle(signed_arrival(signer, agreement=agreement, method="exports", document={"salt": fresh_nonce(), **asked}))
    number = _told(opened)["export"]["id"]
    for row in work.due(PREPARE):
        work.run(row)
    answer = door.handle(reading_arrival(signer, f"/exchange/v1/{agreement}/exports/{number}/data"))
    if not isinstance(answer, Streaming):
        raise ExportFailed(answer.body.decode())
    try:
        while answer.stream.step():
            continue
    finally:
        answer.stream.close()


def _told(answer: Response | Streaming) -> dict[str, dict[str, str]]:
    if isinstance(answer, Streaming) or answer.status != 202:
        raise ExportFailed("no export was opened" if isinstance(answer, Streaming) else answer.body.decode())
    found: dict[str, dict[str, str]] = json.loads(answer.body)
    return found
