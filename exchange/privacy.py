"""Keeps what a person saw out of every cache: the next person at the same screen must not find it with "back"."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse


class PersonalAnswersAreNotStored:
    """Marks every answer to somebody signed in as not to be stored (RFC 9111), unless its view has said what may be done."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _is_somebodys(request) and not response.has_header("Cache-Control") and not response.has_header("ETag"):
            response["Cache-Control"] = "private, no-store"
        return response


def _is_somebodys(request: HttpRequest) -> bool:
    """By what was sent, without asking the database who it is: public pages stay free of `Vary: Cookie`."""
    return settings.SESSION_COOKIE_NAME in request.COOKIES or "HTTP_AUTHORIZATION" in request.META
