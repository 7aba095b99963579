"""Which service matters would stop with an agreement, and how many open cases: asked before somebody revokes it."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils import timezone

from audit import acts
from exchange.affairs.gathering.authority import Lead, grounds_for
from exchange.affairs.matters.finding import open_matters, plan_of
from exchange.affairs.models import Case, Matter
from exchange.affairs.rules import Asking
from exchange.affairs.rules.matter import Reference, Source
from exchange.sharing.losses import StoppedMatter
from exchange.sharing.models import Agreement


def stopped_by(agreement: Agreement) -> Iterator[StoppedMatter]:
    """Open matters of the requester that would ask under exactly this agreement now, with their undecided cases."""
    for matter in open_matters().filter(lead=agreement.requester_id):
        if matter.current is not None and _rests_on(matter, agreement):
            open_cases = Case.objects.undecided().filter(version__matter=matter).count()
            yield StoppedMatter(matter.code, dict(plan_of(matter.current).title), open_cases)


def _rests_on(matter: Matter, agreement: Agreement) -> bool:
    if matter.current is None:
        return False
    sources = [source for row in plan_of(matter.current).requirements.values() for source in row.sources]
    return any(source.dataset == agreement.document["dataset"] and _asked_under(source, matter, agreement) for source in sources)


def _asked_under(source: Source, matter: Matter, agreement: Agreement) -> bool:
    grounds = grounds_for(_asking(source), Lead(matter.lead_id), acts.standing(), today=timezone.localdate().isoformat())
    return grounds.policy is not None and grounds.policy.agreement == agreement.agreement_id


def _asking(source: Source) -> Asking:
    """The question as far as it is known before there is a case: what an earlier answer gives is left open."""
    known = {name: value for name, value in source.parameters.items() if not isinstance(value, Reference)}
    return Asking("", 0, source.dataset, source.fact, source.items, known, source.purpose, None)
