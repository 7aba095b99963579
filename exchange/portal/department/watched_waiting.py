"""What corrections, disputes and clocks leave to do at a desk."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils.translation import gettext as _

from exchange.accounts.acting import stewarded
from exchange.accounts.models import Role
from exchange.portal.department.desk import Desk
from exchange.sharing.disputes.sides import is_party
from exchange.sharing.lifecycle.clocks import ExtensionState
from exchange.sharing.lifecycle.disputes import DisputeState
from exchange.sharing.models import ClockKind, CorrectionNotice, CorrectionRequest, Dispute, Extension, RequestPart

_MOST = 50
Line = Callable[..., Any]


def watched_waiting(desk: Desk, line: Line) -> Iterator[Any]:
    """Corrections to answer, corrected values to look at again, disputes in which it is this side's move, extensions."""
    yield from _corrections(desk, line)
    if Role.OFFICER in desk.roles:
        yield from _notices(desk, line)
        yield from _talks(desk, line)
    if Role.REVIEWER in desk.roles and desk.department.code == settings.AUTHORITY_DEPARTMENT:
        yield from _rulings(desk, line)
        yield from _extensions(line)


def _corrections(desk: Desk, line: Line) -> Iterator[Any]:
    rows = CorrectionRequest.objects.waiting_for(desk.department.code).select_related("dataset", "requester")
    if Role.OFFICER not in desk.roles:
        rows = rows.filter(dataset__in=stewarded(desk.person))
    for row in rows[:_MOST]:
        about = _("{dataset}: a value looks wrong").format(dataset=f"{row.dataset.code} {row.dataset.title}")
        clock = (row.due_on, row.due_verified, row.due_provisional)
        yield line(_("Look and answer"), about, row.requester.name, reverse("console_correction", args=[row.number]), *clock)


def _notices(desk: Desk, line: Line) -> Iterator[Any]:
    rows = CorrectionNotice.objects.unseen(desk.department.code).select_related("correction__dataset", "correction__provider")
    for row in rows[:_MOST]:
        about = _("{dataset}: a value that you received was put right").format(dataset=row.correction.dataset.code)
        yield line(_("Look at it again"), about, row.correction.provider.name, reverse("console_corrections"))


def _talks(desk: Desk, line: Line) -> Iterator[Any]:
    """Those in which the other side spoke last."""
    code = desk.department.code
    rows = (
        Dispute.objects.visible_to(desk.person).open().filter(state=DisputeState.TALKS).select_related("dataset", "requester", "provider")
    )
    for row in rows[:_MOST]:
        last = row.messages.order_by("-said_at", "-id").first()
        if code in {row.requester_id, row.provider_id} and last is not None and last.department_id != code:
            other = row.provider if code == row.requester_id else row.requester
            yield _of_dispute(row, line, _("Answer"), other.name)


def _rulings(desk: Desk, line: Line) -> Iterator[Any]:
    rows = Dispute.objects.open().filter(state=DisputeState.WITH_AUTHORITY).select_related("dataset", "requester", "provider")
    for row in rows[:_MOST]:
        if not is_party(desk.person, row):
            yield _of_dispute(row, line, _("Rule in this dispute"), f"{row.requester.name} · {row.provider.name}")


def _extensions(line: Line) -> Iterator[Any]:
    asked = Extension.objects.filter(kind=ClockKind.PART, state=ExtensionState.ASKED).values_list("target", flat=True)[:_MOST]
    parts = RequestPart.objects.filter(pk__in=[int(target) for target in asked]).select_related("request", "dataset__provider")
    for part in parts:
        url = reverse("console_clock", args=[part.request.number, part.dataset.code])
        about = _("{dataset}: more days to answer").format(dataset=part.dataset.code)
        yield line(_("Answer"), about, part.dataset.provider.name, url, part.due_on, part.due_verified, part.due_provisional)


def _of_dispute(row: Dispute, line: Line, step: str, party: str) -> Any:
    about = f"{row.get_about_display()} · {row.dataset.code}"
    url = reverse("console_dispute", args=[row.number])
    return line(step, about, party, url, row.due_on, row.due_verified, row.due_provisional)
