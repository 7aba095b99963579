"""Keeps what a person saw out of every cache, and whose case or licence was looked at out of the program's log and of refusals."""

from __future__ import annotations

import logging
import re
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse

# What stands behind these names is a case's or a licence's, or whatever a caller wrote in its place: an identity number, for instance.
_NAMED = re.compile(r"/(v|licences|cases|items|offers)/(?!status/)[^\s\"'?#/]+")


def plain_address(path: str) -> str:
    """The address without what names a case, an offer or a licence, for logs and refusals."""
    return _NAMED.sub(r"/\1/…", path)


class LicencesAreNotLogged(logging.Filter):
    """Masks licences, cases and offers in the addresses that Django logs with a refusal or a fault."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Let every line through, without ids."""
        message = record.getMessage()
        if _NAMED.search(message):
            record.msg, record.args = plain_address(message), ()
        return True


class PersonalAnswersAreNotStored:
    """Marks every answer to somebody signed in as not to be stored (RFC 9111), unless its view has said what may be done.

    The next person at the same screen must not find it with "back".
    """

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
