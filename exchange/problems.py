"""Every refusal as RFC 9457 problem details, in the reader's language; pages get the same words on a page.

Faults of our own are noted without what was being worked on: the type of the error and the places in our code, never its message,
which may quote a value (a database names the key that was doubled).
"""

from __future__ import annotations

import logging
import traceback
import uuid
from collections.abc import Callable
from typing import Any

from django.core.signals import got_request_exception
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.defaults import server_error

from audit.errors import HubError, Invalid
from exchange.privacy import plain_address

logger = logging.getLogger(__name__)
MEDIA_TYPE = "application/problem+json"
# Addresses whose readers are programs: every refusal there is a problem, whoever makes it.
FOR_PROGRAMS = ("/api/", "/log/", "/catalog.jsonld", "/catalog/datasets/")
KEPT_HEADERS = ("WWW-Authenticate", "Retry-After", "Allow")

# What the framework refuses by itself: status -> code and title.
_OF_THE_FRAMEWORK: dict[int, tuple[str, Any]] = {
    400: ("BAD_REQUEST", gettext_lazy("The request is not well formed")),
    401: ("NOT_AUTHENTICATED", gettext_lazy("Sign in first")),
    403: ("PERMISSION_DENIED", gettext_lazy("Not allowed")),
    404: ("NOT_FOUND", gettext_lazy("There is nothing at this address")),
    405: ("METHOD_NOT_ALLOWED", gettext_lazy("This address does not take that method")),
    406: ("NOT_ACCEPTABLE", gettext_lazy("The answer cannot be given in that form")),
    413: ("TOO_LARGE", gettext_lazy("The request is too large")),
    415: ("UNSUPPORTED_MEDIA_TYPE", gettext_lazy("The body is of a type that is not read here")),
    429: ("THROTTLED", gettext_lazy("Too many requests")),
    500: ("INTERNAL_ERROR", gettext_lazy("Something went wrong on our side")),
}
# Sentences of the framework that quote what was sent, and ours in their place: an error never says a value again.
_WITHOUT_THE_VALUE: dict[str, Any] = {
    "invalid_choice": gettext_lazy("This is none of the values that are taken here."),
    "not_a_list": gettext_lazy("A list is expected here."),
    "not_a_dict": gettext_lazy("An object is expected here."),
}


def problem(error: HubError, *, instance: str = "") -> dict[str, Any]:
    """The members of RFC 9457 plus ``code`` (stable, for programs) and ``errors`` (each fault: where, rule, message)."""
    document = _members(error.status, error.reason, str(error.title), str(error.detail))
    if instance:
        document["instance"] = instance
    if isinstance(error, Invalid) and error.faults:
        document["errors"] = [{"where": f.where, "rule": f.rule, "message": str(f.message)} for f in error.faults]
    document.update({key: value for key, value in error.data.items() if key not in document})
    return document


def problem_response(error: HubError, *, instance: str = "") -> JsonResponse:
    """The problem as an answer with its media type and status."""
    return _answer(problem(error, instance=instance))


def api_exception_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """DRF's exception handler: HubErrors and DRF's own errors leave as problems; anything else stays a fault of ours."""
    from rest_framework.exceptions import ParseError
    from rest_framework.views import exception_handler, set_rollback

    if isinstance(error, HubError):
        set_rollback()
        return problem_response(error, instance=plain_address(context["request"].path))
    if _is_too_deep(error):
        error = ParseError()
    response = exception_handler(error, context)
    if response is None:
        return None
    return _from_framework(error, response, plain_address(context["request"].path))


def _is_too_deep(error: Exception) -> bool:
    """Whether a body was nested deeper than the reader of JSON goes: the sender's fault, not ours."""
    frames = traceback.extract_tb(error.__traceback__)
    return isinstance(error, RecursionError) and bool(frames) and frames[-1].filename.endswith(("json/decoder.py", "json/scanner.py"))


def _members(status: int, code: str, title: str, detail: str) -> dict[str, Any]:
    return {"type": f"urn:mianzheng:problem:{code.lower()}", "title": title, "status": status, "detail": detail or title, "code": code}


def _answer(document: dict[str, Any]) -> JsonResponse:
    return JsonResponse(document, status=document["status"], content_type=MEDIA_TYPE)


def _from_framework(error: Exception, response: Any, path: str) -> HttpResponse:
    codes = error.get_codes() if hasattr(error, "get_codes") else "invalid"
    code = codes.upper() if isinstance(codes, str) else "INVALID"
    title = str(_OF_THE_FRAMEWORK.get(response.status_code, ("", response.status_text))[1])
    document = _members(response.status_code, code, title, _("The request is not well formed; see errors.")) | {"instance": path}
    if code == "PARSE_ERROR":
        document["detail"] = _("The body cannot be read: it is not well formed, or was cut off.")
    elif isinstance(response.data, dict) and "detail" in response.data:
        document["detail"] = str(response.data["detail"])
    else:
        document["errors"] = list(_flatten(response.data))
    return _with_headers_of(response, _answer(document))


def _with_headers_of(response: Any, answer: HttpResponse) -> HttpResponse:
    for header in KEPT_HEADERS:
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
        rule = getattr(data, "code", "invalid")
        yield {"where": where, "rule": rule, "message": str(_WITHOUT_THE_VALUE.get(rule, data))}


class ProblemMiddleware:
    """Turns what a view raises into its problem: JSON for programs, a page for people.

    It also gives the framework's own refusals (no such address, wrong method, a forged form) that form where programs read them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_refusal = response.status_code >= 400 and response.headers.get("Content-Type", "") != MEDIA_TYPE
        if is_refusal and _is_for_programs(request):
            return _with_headers_of(response, _of_status(response.status_code, plain_address(request.path)))
        return response

    def process_view(self, request: HttpRequest, *_rest: Any) -> None:
        """No address has a NUL; PostgreSQL would refuse to look for one, with a fault of ours."""
        if "\x00" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            raise Http404

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A HubError as it says; whatever nobody foresaw as a plain 500, told apart by a number alone."""
        if isinstance(error, HubError):
            if _is_for_programs(request):
                return problem_response(error, instance=plain_address(request.path))
            return render(request, "problem.html", {"problem": problem(error)}, status=error.status)
        if _has_an_answer_of_its_own(error):
            return None
        return _unforeseen(request, error)


def _is_for_programs(request: HttpRequest) -> bool:
    return request.path.startswith(FOR_PROGRAMS)


def _has_an_answer_of_its_own(error: Exception) -> bool:
    """The framework's own exceptions that mean 400, 403 or 404, and the steps of a sign-in that allauth's middleware answers."""
    from allauth.core.exceptions import ImmediateHttpResponse, RateLimited, ReauthenticationRequired
    from django.core.exceptions import BadRequest, PermissionDenied, SuspiciousOperation
    from django.http.multipartparser import MultiPartParserError

    means_a_status = Http404 | PermissionDenied | BadRequest | SuspiciousOperation | MultiPartParserError
    return isinstance(error, means_a_status | ImmediateHttpResponse | RateLimited | ReauthenticationRequired)


def _of_status(status: int, instance: str) -> JsonResponse:
    code, title = _OF_THE_FRAMEWORK.get(status, _OF_THE_FRAMEWORK[500] if status >= 500 else _OF_THE_FRAMEWORK[400])
    return _answer(_members(status, code, str(title), "") | {"instance": instance})


def _unforeseen(request: HttpRequest, error: Exception) -> HttpResponse:
    number = uuid.uuid4()
    logger.error("unexpected %s, number %s, at %s", type(error).__name__, number, _places(error))
    got_request_exception.send(sender=type(error), request=request)  # as Django does: whoever collects faults is told of this one too
    if not _is_for_programs(request):
        return server_error(request)  # needs neither database nor session, which may be what is broken
    code, title = _OF_THE_FRAMEWORK[500]
    detail = _("What was not confirmed to you was not done. Tell the operators this number: %(number)s")
    return _answer(_members(500, code, str(title), detail % {"number": number}) | {"instance": number.urn})


def _places(error: Exception) -> str:
    """Where it happened, innermost first: names of files and functions, no values."""
    frames = traceback.extract_tb(error.__traceback__)
    return " < ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in reversed(frames[-12:]))
