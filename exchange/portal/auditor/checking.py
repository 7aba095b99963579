"""Verify the whole log: asked for by a person, carried out by a worker, followed on a page, its verdict kept."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from audit import runs
from audit.lifecycle import ACTIVE
from audit.models import VerificationRun
from audit.rehearsal_run import rehearse
from catalog import work
from exchange.accounts.models import Person
from exchange.portal.auditor.faults import faults_of
from exchange.portal.auditor.permission import auditors_only
from exchange.portal.auditor.story import told
from exchange.portal.auditor.strip import log_strip

VERIFY_LOG, REHEARSE = "audit.verify_log", "audit.rehearse"
_SHOWN = 20


def register_work() -> None:
    """Name the handlers; called when Django starts."""
    work.register(VERIFY_LOG, _handler(runs.verify_log))
    work.register(REHEARSE, _handler(rehearse))


@require_safe
@auditors_only
def overview(request: HttpRequest) -> HttpResponse:
    """What was verified, when and by whom, and the button."""
    rows = list(VerificationRun.objects.filter(kind=VerificationRun.LOG)[:_SHOWN])
    return render(request, "auditor/verify.html", {"runs": _with_people(rows), "strip": log_strip()})


@require_POST
@auditors_only
def start(request: HttpRequest) -> HttpResponse:
    """Begin a verification, or go to the one that is under way."""
    return redirect("audit_run", begin(VerificationRun.LOG, VERIFY_LOG, request.user).pk)


@transaction.atomic
def begin(kind: str, name: str, person: Any, report: dict[str, Any] | None = None) -> VerificationRun:
    """A run with its work, in one transaction."""
    run, is_new = runs.begin(kind, acting_user=person, report=report)
    if is_new:
        work.enqueue(name, run.pk)
    return run


@never_cache
@require_safe
@auditors_only
def run(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Progress while it runs, the verdict afterwards."""
    found = get_object_or_404(VerificationRun, pk=run_id)
    context = {"run": found, "is_active": found.state in ACTIVE, "strip": log_strip()}
    if found.kind == VerificationRun.REHEARSAL:
        return render(request, "auditor/story.html", {**context, "story": told(found)})
    return render(request, "auditor/run.html", {**context, "faults": faults_of(found.report), "person": _with_people([found])[0][1]})


@never_cache
@require_safe
@auditors_only
def progress(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """The progress bar alone, for the page that polls; when the run has ended the page is loaded again."""
    found = get_object_or_404(VerificationRun, pk=run_id)
    answer = render(request, "auditor/progress.html", {"run": found, "is_active": found.state in ACTIVE})
    if found.state not in ACTIVE:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
@auditors_only
def cancel(request: HttpRequest, run_id: uuid.UUID) -> HttpResponse:
    """Stop a run."""
    runs.cancel(get_object_or_404(VerificationRun, pk=run_id))
    messages.info(request, _("The verification was cancelled. Nothing was changed."))
    return redirect("audit_run", run_id)


def _handler(carry_out: Callable[[uuid.UUID, runs.Told], None]) -> work.Handler:
    """A work handler over the run's id; a run that cannot be carried out says so, and is not tried for ever."""

    def handle(target: str, renew: work.Renew) -> None:
        run_id = uuid.UUID(target)
        try:
            carry_out(run_id, renew)
        except work.LeaseLost:
            raise
        except Exception:
            runs.give_up(run_id)
            raise

    return handle


def _with_people(rows: list[VerificationRun]) -> list[tuple[VerificationRun, str]]:
    """Each run with the officer who asked for it, in one query."""
    people = {person.pk: person.display_name for person in Person.objects.filter(pk__in={row.started_by for row in rows})}
    return [(row, people.get(row.started_by, "")) for row in rows]
