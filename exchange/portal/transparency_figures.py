"""The services' part of `/transparency`: proofs spared, days, decided at once; and for auditors the entries behind a figure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit.models import Entry
from exchange.affairs.models import Matter
from exchange.oversight.figures import Figures, MatterFigures, figures_of
from exchange.oversight.figures.reading import FEWEST, following, month_of, months_until
from exchange.oversight.models import SparedProof
from exchange.portal.auditor.permission import auditors_only
from exchange.portal.charts import Bar, Chart
from exchange.portal.templatetags.look_text import bilingual

MONTHS = 6
_LEAF = 32
_MOST_LISTED = 500


@dataclass(frozen=True)
class Line:
    """One matter this month with the month before beside it."""

    now: MatterFigures
    before: MatterFigures | None


@dataclass(frozen=True)
class Behind:
    """One proof that was spared: which paper, and the entries that bear it out (None: waits for its place in the log)."""

    material: str
    entries: tuple[int, ...]
    is_waiting: bool


def services_context() -> dict[str, Any]:
    """Everything that the page needs; empty months and few cases are said, never left blank."""
    today = timezone.localdate()
    months = [figures_of(month) for month in months_until(today, MONTHS)]
    now, before = months[-1], months[-2]
    return {
        "services": [Line(matter, before.of(matter.code)) for matter in now.matters],
        "services_now": now,
        "services_before": before,
        "services_fewest": FEWEST,
        "services_chart": _by_matter(now),
        "services_months": _by_month(months),
    }


def _series() -> tuple[str, ...]:
    return (_("spared"), _("promised or told"), _("brought, or found out by an officer"), _("not met"))


def _values(matters: tuple[MatterFigures, ...]) -> tuple[int, ...]:
    return (
        sum(matter.spared for matter in matters),
        sum(matter.promised for matter in matters),
        sum(matter.brought + matter.by_officer for matter in matters),
        sum(matter.failed for matter in matters),
    )


def _by_matter(figures: Figures) -> Chart | None:
    bars = tuple(Bar(matter.title, _values((matter,))) for matter in figures.shown)
    return Chart(_("How former papers were met this month"), _series(), bars) if bars else None


def _by_month(months: list[Figures]) -> Chart | None:
    if not any(figures.shown for figures in months):
        return None
    bars = tuple(Bar(f"{figures.month:%Y-%m}", _values(figures.shown)) for figures in months)
    return Chart(_("How former papers were met, by month"), _series(), bars)


@require_safe
@auditors_only
def spared(request: HttpRequest, code: str, year: int, month: int) -> HttpResponse:
    """For auditors: each proof spared in one matter and month, with its entries."""
    matter = Matter.objects.select_related("current").filter(code=code).first()
    first = _first(year, month)
    if matter is None or matter.current is None or first is None:
        raise Http404
    rows = SparedProof.objects.filter(matter=code, met="SPARED", decided_on__gte=first, decided_on__lt=following(first)).order_by("pk")
    titles = {row["code"]: bilingual(row["title"]) for row in matter.current.content.get("former_materials", ())}
    listed = _behind(list(rows[:_MOST_LISTED]), titles)
    return render(request, "auditor/spared.html", {"matter": matter, "month": first, "total": rows.count(), "proofs": listed})


def _behind(rows: list[SparedProof], titles: dict[str, str]) -> list[Behind]:
    """The entries of each proof, in one query for all."""
    leaves = {
        row.pk: [bytes(row.leaves or b"")[place : place + _LEAF] for place in range(0, len(row.leaves or b""), _LEAF)] for row in rows
    }
    wanted = {leaf for found in leaves.values() for leaf in found}
    places = {bytes(leaf): index for leaf, index in Entry.objects.filter(leaf__in=wanted).values_list("leaf", "index")}
    return [
        Behind(
            titles.get(row.material, row.material),
            tuple(places[leaf] for leaf in leaves[row.pk] if leaf in places),
            is_waiting=any(leaf not in places for leaf in leaves[row.pk]),
        )
        for row in rows
    ]


def _first(year: int, month: int) -> date | None:
    try:
        return month_of(date(year, month, 1))
    except ValueError:
        return None


urlpatterns = [path("audit/spared/<slug:code>/<int:year>/<int:month>", spared, name="audit_spared")]
