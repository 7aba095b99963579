"""What happens to an offer or a run is an entry of the log: an offer's names the person, a run's names nobody."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from audit import trail
from exchange.accounts.subject import Subject, opened
from exchange.affairs.models import MatterVersion, Offer, OfferRun
from exchange.affairs.recorded import AUTOMATIC
from exchange.delivery.subjects import is_personal


def reference_of(matter: str, month: str) -> str:
    """What the exchanges of a month's run are called in the log: `M13-2026-11`."""
    return f"{matter}-{month}"


def subject_of_offer(offer: Offer) -> Subject:
    """The person to whom the offer was made."""
    return opened(offer.subject_kind, offer.subject_sealed, blind=offer.subject_blind)


def offers_built(
    version: MatterVersion, reference: str, subjects: Sequence[Subject], event: str, keys: Mapping[Any, Any]
) -> list[trail.Built]:
    """One entry for each person, to be inserted together; `keys` are those of audit.trail.subject_keys."""
    at_ms, route = trail.now_ms(), _route(version, reference, event)
    return [trail.build(trail.Draft(route, persons=_persons(subject, reference, event)), at_ms=at_ms, keys=keys) for subject in subjects]


def record_offer(offer: Offer, event: str, *, reason: str = "") -> bytes:
    """One entry about one offer in the caller's transaction; its leaf hash (32 bytes)."""
    reference = reference_of(offer.matter_id, offer.run.month)
    told = {"reason": reason} if reason else {}
    written = trail.record({**_route(offer.version, reference, event), **told}, persons=_persons(subject_of_offer(offer), reference, event))
    return written.leaf


def record_run(run: OfferRun, event: str, *, acting: str = AUTOMATIC) -> bytes:
    """One entry about a run: begun, stopped with its reason, or done with its counts."""
    told = {name: getattr(run, name) for name in ("listed", "asked", "offered", "skipped", "continued", "stopped")}
    route = _route(run.version, reference_of(run.matter_id, run.month), event)
    return trail.record({**route, "acting": acting, "reason": run.reason, "run": told, "count": run.seen}).leaf


def _route(version: MatterVersion, reference: str, event: str) -> dict[str, Any]:
    return {
        "type": "case",
        "matter": version.matter_id,
        "case": reference,
        "event": event,
        "requester": version.matter.lead_id,
        "provider": "",
        "purpose": str(version.content.get("purpose", "")),
        "count": 1,
    }


def _persons(subject: Subject, reference: str, event: str) -> tuple[trail.PersonNamed, ...]:
    if not is_personal(subject.kind):
        return ()
    return (trail.PersonNamed(subject.kind, subject.identifier, "subject", reference, AUTOMATIC, [event], None),)
