"""Who asks: one process at a time holds an errand by a lease; whose lease has run out is taken by any other."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F, Q, QuerySet

from audit.trail import now_ms
from catalog.stores import OFFICER, Question
from exchange.delivery.calls import Call, Completion
from exchange.delivery.deciding import begin
from exchange.delivery.errands import times
from exchange.delivery.errands.lifecycle import ERRAND, ErrandEvent, ErrandState
from exchange.delivery.errands.opening import Opened, opened, unreadable
from exchange.delivery.models import Errand
from exchange.delivery.reading import looked_up, needed_items
from exchange.sharing.policy import Policies

LEASE_MORE = timedelta(seconds=20)
MOST_ATTEMPTS = 3
RETRY_AFTER = timedelta(seconds=2)
NOT_ASKED = "NOT_ASKED"


@dataclass(frozen=True)
class Taken:
    """An errand that this process holds. `question` is None where nobody is asked any more: then `completion` says why."""

    errand: str
    provider: str
    attempts: int
    question: Question | None
    completion: Completion


def waiting_providers(now: datetime, *, without: Collection[str] = ()) -> list[str]:
    """Providers with questions that may be put now."""
    return list(_due(now).exclude(provider__in=without).order_by("provider").values_list("provider", flat=True).distinct())


def take(provider: str, now: datetime, policies: Policies, *, most: int) -> list[Taken]:
    """Lease up to `most` errands of one provider, the oldest first, and open what is to be asked."""
    names = list(_due(now).filter(provider=provider).order_by("created_at", "pk").values_list("pk", flat=True)[:most])
    return [taken for name in names if (taken := _take(name, now, policies)) is not None]


def give_back(taken: Taken, now: datetime) -> bool:
    """Ask again a little later, if the attempts and the time allow it; whether they do."""
    if taken.attempts >= MOST_ATTEMPTS:
        return False
    again = now + RETRY_AFTER * 2 ** (taken.attempts - 1)
    sources, target = ERRAND[ErrandEvent.RETRY]
    held = Errand.objects.filter(pk=taken.errand, lease=taken.completion.lease, state__in=sources, due_at__gt=again)
    return bool(held.update(state=target, lease="", leased_until=None, not_before=again))


def question_of(errand: Errand, call: Call, policies: Policies) -> Question | None:
    """What the store is asked: no subject and no item more than this call needs; None where the agreement forbids it now."""
    work = begin(call, policies, now_ms())
    policy = work.policy
    if work.refusal is not None or policy is None:
        return None
    kinds = set(policy.subject_kinds)
    return Question(
        errand=errand.pk,
        dataset=policy.dataset,
        document=policy.document,
        subjects=tuple(sorted(who for who in looked_up(work) if who[0] in kinds)),
        items=tuple(sorted(needed_items(work))),
        timeout_s=times.timeout_s(policy.document),
    )


def _due(now: datetime) -> QuerySet[Errand, Any]:
    free = Q(state=ErrandState.WAITING) | Q(state=ErrandState.ASKED, leased_until__lte=now)
    return Errand.objects.filter(free, not_before__lte=now, due_at__gt=now).exclude(store_kind=OFFICER)


def _take(name: str, now: datetime, policies: Policies) -> Taken | None:
    lease, (sources, target) = uuid.uuid4().hex, ERRAND[ErrandEvent.ASK]
    until = now + LEASE_MORE + timedelta(seconds=times.LONGEST_TIMEOUT_S)
    held = _due(now).filter(pk=name, state__in=sources)
    if not held.update(state=target, lease=lease, leased_until=until, attempts=F("attempts") + 1):
        return None
    errand = Errand.objects.get(pk=name)
    found = opened(errand)
    question = question_of(errand, found.call, policies) if found else None
    return Taken(name, errand.provider, errand.attempts, question, _completion(errand, found, question, policies))


def _completion(errand: Errand, found: Opened | None, question: Question | None, policies: Policies) -> Completion:
    """What goes back to `deliver`, but for the answer: already failed where nobody can be asked."""
    policy = policies.by_agreement.get(errand.agreement)
    return Completion(
        errand=errand.pk,
        intent=bytes(errand.intent),
        call=found.call if found else unreadable(errand),
        version=policy.version if policy else errand.version,
        lease=errand.lease,
        failed="" if question else NOT_ASKED,
        abandoned=found is None,
        key=found.key if found else b"",
    )
