"""Counts what strangers must not be able to grow the log with: per minute and name, one `tally` entry an hour."""

from __future__ import annotations

import time
from collections.abc import Mapping

from django.db import connection, transaction

from audit.models import TallyCount
from audit.proof.canonical import JSON, Document
from audit.proof.disclosure import minute

STRANGER = "stranger"
DOWNLOAD = "download"
_HOUR = len("2026-11-20T22")


def count_stranger(reason: str) -> None:
    """Count an attempt whose signature was not verified, or a replay; `reason` is a code in capitals."""
    _count(STRANGER, reason)


def count_strangers(reasons: Mapping[str, int]) -> None:
    """Count the strangers of a whole batch in one transaction: each alone would cost a commit of its own."""
    if not reasons:
        return
    with transaction.atomic():
        for reason, count in sorted(reasons.items()):
            _count(STRANGER, reason, count)


def count_download(dataset: str) -> None:
    """Count a download of a public dataset by its code."""
    _count(DOWNLOAD, dataset)


def finished_hours(now_ms: int) -> list[str]:
    """Hours (`2026-11-20T22`, UTC) that are over and not yet in the log."""
    present = minute(now_ms)[:_HOUR]
    minutes = TallyCount.objects.filter(minute__lt=present).values_list("minute", flat=True).distinct()
    return sorted({text[:_HOUR] for text in minutes})


def take_over(hour: str) -> Document:
    """The route of one hour's `tally` entry; its rows are removed, so the caller records it in the same transaction."""
    rows = list(TallyCount.objects.select_for_update().filter(minute__startswith=hour).order_by("minute", "kind", "name"))
    strangers: dict[str, dict[str, JSON]] = {}
    downloads: dict[str, JSON] = {}
    for row in rows:
        if row.kind == STRANGER:
            strangers.setdefault(row.name, {})[row.minute] = row.count
        else:
            downloads[row.name] = int(str(downloads.get(row.name, 0))) + row.count
    TallyCount.objects.filter(pk__in=[row.pk for row in rows]).delete()
    total = sum(row.count for row in rows)
    return {"type": "tally", "hour": hour, "strangers": dict(strangers), "downloads": downloads, "count": total}


def _count(kind: str, name: str, more: int = 1) -> None:
    row: list[str | int] = [minute(time.time_ns() // 1_000_000), kind, name[:64], more]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO audit_tallycount (minute, kind, name, count) VALUES (%s, %s, %s, %s) "
            "ON CONFLICT (minute, kind, name) DO UPDATE SET count = audit_tallycount.count + excluded.count",
            row,
        )
