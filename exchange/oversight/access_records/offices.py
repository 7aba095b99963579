"""A person's lines by office: who asked how often, and when last."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, Max, Q

from audit.models import EntryIndex
from exchange.accounts.subject import Subject
from exchange.oversight.access_records.listing import CALLS, Filters, traced
from exchange.oversight.access_records.log_lines import own_key


@dataclass(frozen=True)
class Office:
    """One office that asked about the person, or tried to: how often, how often it was refused, and when last (ms)."""

    code: str
    times: int
    refused: int
    newest_ms: int


def offices_of(subject: Subject) -> list[Office]:
    """Offices whose calls name the person, the most frequent first. Counted by the index, in one query."""
    rows = EntryIndex.objects.filter(entry__in=traced(own_key(subject), Filters()), type__in=CALLS)
    counted = rows.values("requester").annotate(
        times=Count("entry"), refused=Count("entry", filter=Q(outcome="REFUSED")), last=Max("time_ms")
    )
    found = [Office(row["requester"], row["times"], row["refused"], row["last"]) for row in counted.order_by("requester")]
    return sorted(found, key=lambda office: -office.times)


def departments_of(subject: Subject) -> list[str]:
    """Codes of the departments that stand in the person's lines on either side, for a filter."""
    rows = EntryIndex.objects.filter(entry__in=traced(own_key(subject), Filters()))
    pairs = rows.order_by().values_list("requester", "provider").distinct()
    return sorted({code for pair in pairs for code in pair} - {""})
