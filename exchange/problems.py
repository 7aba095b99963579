"""Every refusal as RFC 9457 problem details, in the reader's language; pages get the same words on a page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from audit.errors import HubError, Invalid

MEDIA_TYPE = "application/problem+json"


def problem(error: HubError, *, instance: str = "") -> dict[str, Any]:
    """The members of RFC 9457 plus ``code`` (stable, for programs) and ``errors`` (each fault: where, rule, message)."""
    document: dict[str, Any] = {
        "type": f"urn:mianzheng:problem:{error.reason.lower()}",
        "title": _(str(error.title)),
        "status": error.status,
        "detail": str(error.detail) or _(str(error.title)),
        "code": error.reason,
    }
    if instance:
        document["instance"] = instance
    if isinstance(error, Invalid) and error.faults:
        document["errors"] = [{"where": f.where, "rule": f.rule, "message": str(f.message)} for f in error.faults]
    document.update({key: value for key, value in error.data.items() if key not in document})
    return document


def problem_response(error: HubError, *, instance: str = "") -> JsonResponse:
    """The problem as an answer with its media type and status."""
    return JsonResponse(problem(error, instance=instance), status=error.status, content_type=MEDIA_TYPE)


def api_exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: HubErrors and DRF's own errors leave as problems; anything else stays a fault of ours."""
    from rest_framework.views import exception_handler, set_rollback

    if isinstance(error, HubError):
        set_rollback()
        return problem_response(error, instance=context["request"].path)
    response = exception_handler(error, context)
    if response is None:
        return None
    return _from_framework(error, response, context["request"].path)


def _from_framework(error: Exception, response: Any, path: str) -> HttpResponse:
    codes = error.get_codes() if hasattr(error, "get_codes") else "invalid"
    code = codes.upper() if isinstance(codes, str) else "INVALID"
    document: dict[str, Any] = {
        "type": f"urn:mianzheng:problem:{code.lower()}",
        "title": response.status_text,
        "status": response.status_code,
        "detail": _("The request is not well formed; see errors."),
        "code": code,
        "instance": path,
    }
    if isinstance(response.data, dict) and "detail" in response.data:
        document["detail"] = str(response.data["detail"])
    else:
        document["errors"] = list(_flatten(response.data))
    answer = JsonResponse(document, status=response.status_code, content_type=MEDIA_TYPE)
    for header in ("WWW-Authenticate", "Retry-After", "Allow"):
        if header in response:
            answer[header] = response[header]
    return answer


def _flatten(data: Any, where: str = "") -> Any:
    if isinstance(data, dict):
        for key, value in data.items():
            yield from _flatten(value, f"{where}.{key}" if where else str(key))
    elif isinstance(data, list):
        for value in data:
            yield from _flatten(value, where)
    else:
        yield {"where": where, "rule": getattr(data, "code", "invalid"), "message": str(data)}


class ProblemMiddleware:
    """Turns a HubError that a view raises into its problem: JSON for the API, a page for people."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, HubError):
            return None
        if request.path.startswith(("/api/", "/log/", "/catalog.jsonld")):
            return problem_response(error, instance=request.path)
        return render(request, "problem.html", {"problem": problem(error)}, status=error.status)
