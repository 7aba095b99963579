"""`/transparency`: public figures, counted from the log's index and from the chain of acts, with the place up to which they count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import acts, figures, proofs, tally
from audit.errors import HubError
from audit.ground import log_origin
from audit.models import EntryIndex, LogHead, TallyCount
from audit.proof.acts import AgreementState, Standing
from audit.proof.keys import Use
from audit.proof.note import verifier_key
from audit.readers import may_read_log
from catalog.models import Dataset
from exchange.portal.auditor.names import Names, read_names
from exchange.portal.auditor.reasons import reason_text
from exchange.portal.charts import Bar, Chart
from exchange.portal.transparency_clocks import clocks_context
from exchange.portal.transparency_emergencies import emergencies_context
from exchange.portal.transparency_figures import services_context
from exchange.portal.transparency_figures import urlpatterns as figures_urlpatterns

DAYS = 30
_DAY_MS = 86_400_000


@dataclass(frozen=True)
class Figures:
    """What the log's index says about entries below `size`. Downloads are of the last DAYS days, by dataset."""

    size: int
    totals: figures.Totals
    pairs: tuple[dict[str, Any], ...]
    reasons: tuple[tuple[str, int], ...]
    days: tuple[figures.Bucket, ...]
    downloads: tuple[tuple[str, int], ...]


@require_safe
def transparency(request: HttpRequest) -> HttpResponse:
    """The page."""
    found, names = current_figures(), read_names()
    checkpoint = proofs.published_checkpoint()
    context = {
        "figures": found,
        "last": found.size - 1 if found.size else None,
        "pairs": [{**pair, "requester": names.party(pair["requester"]), "provider": names.party(pair["provider"])} for pair in found.pairs],
        "reasons": [(code, reason_text(code), number) for code, number in found.reasons],
        "chart": _chart(found),
        "downloads": _downloads(found, names),
        "datasets": Dataset.objects.published().count(),
        "open_datasets": Dataset.objects.open_data().count(),
        "checkpoint": checkpoint,
        "origin": log_origin(),
        "is_custody_relaxed": settings.ALLOW_HUB_CUSTODY,
        "days": DAYS,
        "is_figures_auditor": may_read_log(request.user),
        **services_context(),
        **clocks_context(),
        **emergencies_context(),
        **_authority(),
    }
    return render(request, "public/transparency.html", context)


def current_figures() -> Figures:
    """Counted once for each state of the index, however many people look."""
    head = LogHead.objects.values_list("followed_size", "root").first()
    size, root = (head[0], bytes(head[1])) if head else (0, b"")
    return _counted(size, root, int(timezone.now().timestamp()) // 3600)


@lru_cache(maxsize=2)
def _counted(size: int, _root: bytes, hour: int) -> Figures:
    lines = EntryIndex.objects.filter(entry__lt=size)
    since_ms = hour * 3_600_000 - (DAYS - 1) * _DAY_MS
    offset = timezone.localtime().utcoffset() or timedelta()
    shift = int(offset.total_seconds() * 1000)
    first_day = (since_ms + shift) // _DAY_MS * _DAY_MS - shift
    recent = lines.filter(time_ms__gte=first_day)
    return Figures(
        size=size,
        totals=figures.totals(lines),
        pairs=tuple(figures.calls_by_pair(lines)),
        reasons=tuple(figures.refusals_by_reason(lines)),
        days=_every_day(figures.calls_over_time(recent, step_ms=_DAY_MS, shift_ms=shift), first_day),
        downloads=_counted_downloads(recent),
    )


def _every_day(buckets: list[figures.Bucket], first_ms: int) -> tuple[figures.Bucket, ...]:
    """All days of the span, those without calls too."""
    known = {bucket.start_ms: bucket for bucket in buckets}
    starts = (first_ms + number * _DAY_MS for number in range(DAYS))
    return tuple(known.get(start, figures.Bucket(start, 0, 0, 0)) for start in starts)


def _counted_downloads(recent: Any) -> tuple[tuple[str, int], ...]:
    """Downloads by dataset, as the hourly entries have written them down."""
    indexes = list(recent.filter(type="tally").values_list("entry", flat=True))
    sums: dict[str, int] = {}
    for opened in proofs.opened_many(indexes).values():
        counted = (opened or {}).get("route", {}).get("downloads") or {}
        for code, number in counted.items():
            sums[str(code)] = sums.get(str(code), 0) + int(number)
    return tuple(sums.items())


def _chart(found: Figures) -> Chart | None:
    if not found.totals.calls:
        return None
    bars = tuple(
        Bar(
            timezone.localtime(datetime.fromtimestamp(day.start_ms / 1000, tz=UTC)).strftime("%m-%d"),
            (day.answered, day.refused, day.other),
        )
        for day in found.days
    )
    return Chart(_("Calls by day"), (_("answered"), _("refused"), _("other")), bars)


def _downloads(found: Figures, names: Names) -> list[tuple[str, int]]:
    """With those of this hour, which are not in the log yet, the most frequent first."""
    sums = dict(found.downloads)
    for code, number in TallyCount.objects.filter(kind=tally.DOWNLOAD).values_list("name", "count"):
        sums[code] = sums.get(code, 0) + number
    return [(names.dataset(code), number) for code, number in sorted(sums.items(), key=lambda pair: (-pair[1], pair[0]))]


def _authority() -> dict[str, Any]:
    """What the signed acts say: agreements in force now, the log's keys. While they do not verify, that is said instead."""
    try:
        standing = acts.standing()
    except HubError as error:
        return {"fault": error.reason}
    held = [item for item in standing.certificates.values() if item.certificate.use is Use.HUB_LOG and item.revoked_seq is None]
    return {
        "agreements": _in_force(standing, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")),
        "keys": [verifier_key(log_origin(), item.certificate.public_key) for item in held],
        "acts": standing.head.seq,
        "hub_held": sum(1 for item in standing.certificates.values() if item.department != "hub" and _held_by_hub(item)),
    }


def agreements_in_force() -> int | None:
    """How many agreements are in force now, by the signed acts; None while these do not verify."""
    try:
        return _in_force(acts.standing(), datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"))
    except HubError:
        return None


def _held_by_hub(item: Any) -> bool:
    return item.revoked_seq is None and str(item.certificate.custody) == "hub"


def _in_force(standing: Standing, now: str) -> int:
    """Agreements that are neither ended nor suspended, and whose period covers now."""
    count = 0
    for item in standing.agreements.values():
        period: Any = item.agreement.get("period") or {}
        covers = str(period.get("from", "")) <= now <= str(period.get("until", "")) + "~"
        count += item.state is AgreementState.IN_FORCE and covers
    return count


urlpatterns = [path("transparency", transparency, name="transparency"), *figures_urlpatterns]
