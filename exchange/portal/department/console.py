"""The desk on which a person's work lies: what waits, what happened, what the department has."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET


@login_required
@require_GET
def console(request: HttpRequest) -> HttpResponse:
    """What waits for this person."""
    return render(request, "department/console.html", {})
