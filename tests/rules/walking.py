"""Walks an access table and tells every cell that is not as written.

Everybody signs in once, and of the cells of a line that have the same status written one page is drawn: signing in and drawing took
most of the time, and neither is what a cell asks. Who one is comes from the session as ever, what one may is decided before anything
is drawn, and each page is drawn for somebody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.template.backends.django import Template
from django.test import Client
from drf_spectacular.generators import SchemaGenerator

from exchange.portal.department import agreement_papers
from tests.rules.city import undone
from tests.rules.tables import Places, Row

Send = Callable[[Any, Row, Any], int]


def walked(city: Places, table: list[Row], send: Send) -> list[str]:
    """Every line in which the hub does something else than what is written; `send` gives the status of one call from a browser."""
    browsers = _signed_in(city, table)
    return [told for row in table if (told := _deviation(city, row, browsers, send))]


def _signed_in(city: Places, table: list[Row]) -> dict[str, tuple[Client, str]]:
    """A browser for each persona, and its cookies as after signing in."""
    clients = {persona: city.client(persona) for persona in table[0].wanted}
    return {persona: (client, client.cookies.output(header="", sep=";")) for persona, client in clients.items()}


def _deviation(city: Places, row: Row, browsers: dict[str, tuple[Client, str]], send: Send) -> str:
    """One line, everybody in turn; each begins from the same city. Empty where all is as written."""
    different, drawn = {}, set()
    for persona, wanted in row.wanted.items():
        client, cookies = browsers[persona]
        client.cookies = SimpleCookie(cookies)
        with undone(), _blank(if_=wanted in drawn):
            status = int(send(city, row, client))
        drawn.add(wanted)
        if status != wanted:
            different[persona] = f"{wanted} is written, {status} came"
    return f"{row.method} {row.route} ({row.scenario or 'as it stands'}): {different}" if different else ""


@contextmanager
def _blank(*, if_: bool) -> Iterator[None]:
    """Inside, pages and papers are left blank."""
    with pytest.MonkeyPatch.context() as patch:
        if if_:
            patch.setattr(Template, "render", lambda *_values, **_named: "")
            patch.setattr(SchemaGenerator, "get_schema", lambda *_values, **_named: {})
            patch.setattr(agreement_papers, "drawn", lambda *_values: b"")
        yield
