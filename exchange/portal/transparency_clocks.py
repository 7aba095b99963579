"""The clocks' part of `/transparency`: how each department answers what is asked of it."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _

from audit.models import LogHead
from exchange.portal.auditor.names import read_names
from exchange.portal.charts import Bar, Chart
from exchange.sharing.clocks.figures import Kept, kept_clocks
from exchange.sharing.models import Move


def clocks_context() -> dict[str, Any]:
    """Everything that the section needs; nothing asked yet is said, never left blank."""
    names = read_names()
    lines = [(names.party(line.code), line) for line in _counted(*_edition())]
    return {"clock_lines": lines, "clock_chart": _chart(lines)}


def _edition() -> tuple[int, int, str]:
    """What the figures depend on: as long as it stays, they are not counted again, however many people look."""
    newest = Move.objects.order_by("-pk").values_list("pk", flat=True).first() or 0
    size = LogHead.objects.values_list("size", flat=True).first() or 0
    return newest, size, f"{timezone.localtime():%Y-%m-%dT%H}"


@lru_cache(maxsize=2)
def _counted(_newest: int, _size: int, _hour: str) -> tuple[Kept, ...]:
    return tuple(kept_clocks(timezone.localdate(), settings.AUTHORITY_DEPARTMENT))


def _chart(lines: list[tuple[str, Kept]]) -> Chart | None:
    bars = tuple(Bar(line.code, (line.in_time, line.late, line.overdue)) for _name, line in lines if line.answered or line.overdue)
    return Chart(_("Answers to requests, by department"), (_("in time"), _("late"), _("overdue now")), bars) if bars else None
