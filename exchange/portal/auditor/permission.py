"""Who may read the log's pages: auditors, and the people of the sharing authority. Everybody else is refused, not lied to."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from audit.errors import NotAllowed
from audit.readers import may_read_log
from exchange.accounts.acting import departments_of

View = Callable[..., HttpResponse]


def may_audit(person: Any) -> bool:
    """Whether a person may read the log's pages."""
    return may_read_log(person) or settings.AUTHORITY_DEPARTMENT in departments_of(person)


def auditors_only(view: View) -> View:
    """Sign-in first; then 403 for whoever is neither auditor nor of the authority."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not may_audit(request.user):
            raise NotAllowed(_("Only auditors may read this. Ask the sharing authority for the role."), code="AUDITORS_ONLY")
        return view(request, *args, **kwargs)

    return guarded
