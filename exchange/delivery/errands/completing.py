"""An answer comes back: checked, decided again by the newest policies, recorded, and kept for the system that asked."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from audit.errors import Conflict
from catalog.stores import OFFICER, Reply
from catalog.stores.checking import check_reply
from exchange.delivery.calls import Answer, Completion
from exchange.delivery.deciding import utc_text
from exchange.delivery.deliver import current_policies, deliver
from exchange.delivery.errands import board, leasing
from exchange.delivery.errands.collecting import OPEN
from exchange.delivery.errands.opening import opened, unreadable
from exchange.delivery.models import Errand

SWEPT_AT_ONCE = 100


class ErrandOver(Conflict):
    """The errand has been answered, or was given up meanwhile."""

    code = "ERRAND_OVER"
    title = _("This question is no longer open")


def complete(errand_id: str, reply: Reply, *, answered_by: Any) -> str:
    """An officer's answer to an errand that waits in the queue; returns the outcome that was recorded.

    Raises ProviderFailed (WRONG_SUBJECT, WRONG_TYPE …) where the answer is not what was asked, ErrandOver, or what
    `deliver` raises. The answer is refused, and its data dropped, when the agreement does not allow it any more.
    """
    errand = Errand.objects.filter(pk=errand_id, store_kind=OFFICER, state__in=OPEN).first()
    if errand is None or (found := opened(errand)) is None:
        raise ErrandOver(_("Somebody has answered this question, or its time is over."))
    asked = leasing.question_of(errand, found.call, current_policies())
    if asked is not None:
        check_reply(asked, reply, now=utc_text(int(timezone.now().timestamp() * 1000)))
    completion = Completion(
        errand=errand.pk,
        intent=bytes(errand.intent),
        call=found.call,
        version=errand.version,
        records=reply.records,
        as_of=reply.as_of,
        failed="" if asked is not None else leasing.NOT_ASKED,
        answered_by=str(answered_by.pk),
        key=found.key,
    )
    (answer,) = finish([completion])
    if answer is None:
        raise ErrandOver(_("Somebody has answered this question, or its time is over."))
    return answer.outcome


def fail(errand_id: str, why: str, *, answered_by: Any) -> None:
    """An officer cannot answer: the outcome is FAILED with PROVIDER_DOWN and the reason code. Raises ErrandOver."""
    errand = Errand.objects.filter(pk=errand_id, store_kind=OFFICER, state__in=OPEN).first()
    if errand is None:
        raise ErrandOver(_("Somebody has answered this question, or its time is over."))
    found = opened(errand)
    call, key = (found.call, found.key) if found else (unreadable(errand), b"")
    completion = Completion(errand.pk, bytes(errand.intent), call, errand.version, failed=why, answered_by=str(answered_by.pk), key=key)
    if finish([completion]) == [None]:
        raise ErrandOver(_("Somebody has answered this question, or its time is over."))


def finish(completions: Sequence[Completion]) -> list[Answer | None]:
    """Record outcomes and tell whoever waits; None where an errand had its outcome already. Raises what `deliver` raises."""
    answers = [answer if isinstance(answer, Answer) and answer.leaf else None for answer in deliver(list(completions))]
    for completion in completions:
        board.announce(completion.intent.hex())
    return answers


def abandon_overdue(now: datetime) -> int:
    """Give up what nobody answered in time; returns how many."""
    overdue = list(Errand.objects.filter(state__in=OPEN, due_at__lte=now).order_by("due_at")[:SWEPT_AT_ONCE])
    completions = []
    for errand in overdue:
        found = opened(errand)
        call, key = (found.call, found.key) if found else (unreadable(errand), b"")
        completions.append(Completion(errand.pk, bytes(errand.intent), call, errand.version, abandoned=True, key=key))
    return sum(answer is not None for answer in finish(completions)) if completions else 0


def forget_kept(now: datetime) -> int:
    """Delete results that nobody collected in time, and what was asked; returns how many."""
    return Errand.objects.filter(keep_until__lte=now).exclude(question=b"").update(result=None, question=b"")
