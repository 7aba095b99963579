"""Asks about many at once, signed as the lead department's own system, and keeps the proof of each exchange.

One batch at a time, never inside a transaction. What stands in the way is one of two: it passes by itself (Paused), or a
person must act (Stopped).
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from audit import signers
from audit.errors import HubError
from audit.proof.canonical import fresh_nonce
from exchange.accounts.subject import Subject
from exchange.affairs.gathering.authority import NO_AGREEMENT, Lead
from exchange.affairs.models import OfferBatch, OfferRun
from exchange.affairs.offers.authority import batch_policy, list_policy
from exchange.affairs.offers.checks import Check, TellsAll, Told, checks_of
from exchange.affairs.recorded import AUTOMATIC
from exchange.affairs.rules.matter import MatterPlan
from exchange.delivery.door import Arrival, DoorError
from exchange.delivery.handling import handle
from exchange.delivery.inside import signed_arrival
from exchange.delivery.lists import DeliveredList, ListRefused, deliver_list
from exchange.sharing.policy import Policy

AT_ONCE = 1000
MOST_TRIES = 50
PAUSE_S = 0.2
_FACT_LIMIT = "FACT_LIMIT"
_CROWDED = frozenset({"BUSY"})
LIST_MOVED = "LIST_MOVED"
_PASSING = frozenset(
    {LIST_MOVED, "PROVIDER_DOWN", "QUOTA", "TOO_MANY_REFUSALS", "REPLAYED", "LOG_BEHIND", "BUSY", "SUPERSEDED", "NOT_FRESH"}
)


class Paused(Exception):
    """It cannot go on now, and will by itself; `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class Stopped(Exception):
    """It may not go on; a person must act. `reason` is a code."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Reference:
    """On whose behalf is asked: the lead department, what exchanges call the work (`M13-2026-11`), and its run."""

    lead: Lead
    name: str
    run: OfferRun | None = None


def open_list(plan: MatterPlan, reference: Reference, *, after: Mapping[str, Any] | None) -> DeliveredList:
    """The month's list, from a cursor on. Raises Paused or Stopped."""
    proactive = plan.proactive
    policy = list_policy(proactive, reference.lead) if proactive else None
    if policy is None or proactive is None:
        raise Stopped(NO_AGREEMENT)
    document: dict[str, Any] = {**_common(reference, proactive.purpose)}
    if after is not None:
        document["after"] = dict(after)
    try:
        return deliver_list(_arrival(policy, "exports", document, reference.lead))
    except (DoorError, HubError) as error:
        raise obstacle(error) from error


def obstacle(error: DoorError | HubError) -> Paused | Stopped:
    """What an error on the way means for the work."""
    code = error.reason if isinstance(error, HubError) else error.code
    passes = code in _PASSING or (not isinstance(error, ListRefused) and error.status >= 500)
    return Paused(code) if passes else Stopped(code)


def ask_about(plan: MatterPlan, subjects: Sequence[Subject], reference: Reference) -> list[dict[str, Told]]:
    """The answers about each of up to 1,000 subjects, in their order, by requirement. Raises Paused or Stopped.

    Somebody whom a fact may not be asked about again now has no answer, which is not known.
    """
    answers: list[dict[str, Told]] = [{} for _ in subjects]
    for (dataset, purpose), checks in checks_of(plan).items():
        policy = batch_policy(dataset, purpose, checks, reference.lead)
        if policy is None:
            raise Stopped(NO_AGREEMENT)
        for place, told in enumerate(_asked(policy, purpose, checks, subjects, reference)):
            answers[place].update(told)
    return answers


def _asked(policy: Policy, purpose: str, checks: Sequence[Check], subjects: Sequence[Subject], reference: Reference) -> list[TellsAll]:
    document = {
        **_common(reference, purpose),
        "subjects": [{"kind": subject.kind, "id": subject.identifier} for subject in subjects],
        "facts": [check.fact for check in checks],
    }
    status, body = _called(policy, document, reference.lead)
    if status == 200:
        batch = _kept(policy, len(subjects), body, reference)
        return [_told(line, checks, batch) for line in body["answers"]]
    code = str(body.get("code", ""))
    if code == _FACT_LIMIT:
        return _halved(policy, purpose, checks, subjects, reference)
    raise Paused(code) if code in _PASSING or status >= 500 else Stopped(code)


def _halved(policy: Policy, purpose: str, checks: Sequence[Check], subjects: Sequence[Subject], reference: Reference) -> list[TellsAll]:
    """One person whose answers are used up refuses a whole batch: find that person by halving, and ask about the others."""
    if len(subjects) == 1:
        return [{}]
    middle = len(subjects) // 2
    return [
        *_asked(policy, purpose, checks, subjects[:middle], reference),
        *_asked(policy, purpose, checks, subjects[middle:], reference),
    ]


def _called(policy: Policy, document: Mapping[str, Any], lead: Lead) -> tuple[int, dict[str, Any]]:
    """One call; while the hub has too much to write down it is handed in again, for ten seconds at most."""
    for _attempt in range(MOST_TRIES):
        try:
            (response,) = handle([_arrival(policy, "batch", document, lead)])
        except HubError as error:
            raise obstacle(error) from error
        body: dict[str, Any] = json.loads(response.body)
        if body.get("code") not in _CROWDED:
            break
        time.sleep(PAUSE_S)
    return response.status, body


def _told(line: Mapping[str, Any], checks: Sequence[Check], batch: OfferBatch) -> dict[str, Told]:
    return {
        check.requirement: Told(fact["answer"], fact["as_of"], batch.pk)
        for check in checks
        for fact in line["facts"]
        if check.is_answered_by(fact)
    }


def _kept(policy: Policy, count: int, body: Mapping[str, Any], reference: Reference) -> OfferBatch:
    receipt = body["receipt"]
    return OfferBatch.objects.create(
        run=reference.run,
        dataset=policy.dataset,
        provider=policy.provider,
        agreement=policy.agreement,
        asked_at=timezone.now(),
        count=count,
        leaf=bytes.fromhex(receipt["leaf"].removeprefix("sha256:")),
        receipt=json.dumps(receipt),
    )


def _common(reference: Reference, purpose: str) -> dict[str, Any]:
    return {"purpose": purpose, "salt": fresh_nonce(), "case": reference.name, "officer": AUTOMATIC}


def _arrival(policy: Policy, method: str, document: Mapping[str, Any], lead: Lead) -> Arrival:
    """A signed request of the lead department's system, as it would come over the wire."""
    return signed_arrival(signers.system_signer(lead.keyid), agreement=policy.agreement, method=method, document=document)
