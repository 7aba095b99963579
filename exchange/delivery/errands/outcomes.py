"""The second half of an errand, inside a batch: what came back is decided again, and ends the errand in the log and in its row."""

from __future__ import annotations

from collections.abc import Sequence

from audit.proof.canonical import b64url, sha256_text
from catalog.stores import OFFICER, Why
from exchange.delivery.calls import Completion, Work
from exchange.delivery.errands import sealing, times
from exchange.delivery.errands.lifecycle import ERRAND, ErrandEvent
from exchange.delivery.models import Errand
from exchange.delivery.officer.opening import end_question
from exchange.sharing.grounds_of_refusal import Refusal, refusal
from exchange.sharing.policy import Policies, Policy

_EVENTS = {"ABANDONED": ErrandEvent.ABANDON, "FAILED": ErrandEvent.FAIL}


def settled(completion: Completion, work: Work, policies: Policies) -> Work:
    """The work of a call that was decided again: refused, failed, given up, or to be answered from what the provider said."""
    work.completion = completion
    work.policy = work.policy or policies.by_agreement.get(completion.call.agreement)
    ground = work.refusal
    if completion.abandoned:
        ground = refusal("ABANDONED")
    elif ground is None and work.policy is not None:
        ground = _ground(completion, work.policy, policies)
    if ground is not None:
        work.refuse(ground)
    why = str(ground.data.get("reason", "")) if ground is not None else ""
    told = {"why": why, "acting": completion.answered_by}
    work.listed = {"intent": f"sha256:{completion.intent.hex()}", **{name: value for name, value in told.items() if value}}
    return work


def _ground(completion: Completion, policy: Policy, policies: Policies) -> Refusal | None:
    if completion.failed:
        return refusal("PROVIDER_DOWN", reason=completion.failed)
    if completion.keyid in policies.revoked_keys:
        return refusal("PROVIDER_DOWN", reason=str(Why.BAD_SIGNATURE))
    is_by_officer = bool(completion.answered_by)
    is_as_described = completion.version == policy.version and is_by_officer == (policy.store_kind == OFFICER)
    return None if is_as_described else refusal("DESCRIPTION_CHANGED")


def finish(works: Sequence[Work], at_ms: int) -> None:
    """End each errand in the caller's transaction; one that another has ended meanwhile gets no second outcome."""
    for work in works:
        assert work.completion is not None  # noqa: S101 - chosen by the caller
        if not _finish(work, work.completion, at_ms):
            work.suppressed = True


def _finish(work: Work, completion: Completion, at_ms: int) -> bool:
    sources, target = ERRAND[_EVENTS.get(work.outcome, ErrandEvent.ANSWER)]
    held = Errand.objects.filter(pk=completion.errand, state__in=sources)
    if completion.lease:
        held = held.filter(lease=completion.lease)
    at = times.moment(at_ms)
    kind = work.policy.store_kind if work.policy else ""
    reason = str(work.refusal.data.get("reason", work.refusal.code)) if work.refusal else ""
    is_ours = held.update(
        state=target,
        reason=reason,
        leased_until=None,
        finished_at=at,
        keep_until=times.keep_until(kind, at),
        result=sealing.seal(completion.key, _place(completion), "result", _result(work)) if completion.key else None,
    )
    if is_ours and not completion.lease:  # an officer's, or one that nobody answered in time
        end_question(completion.errand, is_answered=not reason, reason=reason, answered_by=completion.answered_by, at=at)
    return bool(is_ours)


def _place(completion: Completion) -> sealing.Place:
    call = completion.call
    return sealing.Place(completion.errand, call.caller.department, call.caller.system, call.agreement, str(call.method))


def _result(work: Work) -> dict[str, object]:
    """What is handed to the system that asked, but for the receipt, which is made when it is."""
    return {
        "status": work.refusal.status if work.refusal else 200,
        "written": [part.decode() for part in work.written],
        "entry": b64url(work.built.raw),
        "disclosures": work.built.disclosures,
        "allowed": fingerprint(work.policy),
    }


def fingerprint(policy: Policy | None) -> str:
    """What an answer rests on: handed out only while the agreement still says the same."""
    if policy is None:
        return ""
    rests_on = (policy.version, policy.items, policy.withheld, sorted(policy.facts), policy.row_filter, policy.masks)
    return sha256_text(repr(rests_on).encode())
