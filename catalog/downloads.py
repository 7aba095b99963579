"""Open data to take away: CSV (RFC 4180) and JSON Lines, streamed, without sign-in, without entry, counted in the tally."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator

from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotModified, StreamingHttpResponse
from django.views.decorators.http import require_safe

from audit import trail
from audit.proof.canonical import dumps
from catalog.offering import OpenOffering, open_offering

ROWS_AT_ONCE = 1_000
BYTE_ORDER_MARK = b"\xef\xbb\xbf"

Writer = Callable[[OpenOffering, bool], Iterator[bytes]]


def as_csv(offering: OpenOffering, with_mark: bool) -> Iterator[bytes]:
    """The rows as CSV with item names as heading; `with_mark` puts a byte order mark first, which spreadsheets want."""
    if with_mark:
        yield BYTE_ORDER_MARK
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer)
    writer.writerow(offering.items)
    for number, values in enumerate(offering.revision.scan(offering.items), start=1):
        writer.writerow([_plain(value) for value in values])
        if number % ROWS_AT_ONCE == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def _plain(value: object) -> object:
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else value


def _taken(buffer: io.StringIO) -> bytes:
    text = buffer.getvalue()
    buffer.seek(0)
    buffer.truncate()
    return text.encode()


def as_json_lines(offering: OpenOffering, with_mark: bool) -> Iterator[bytes]:
    """The rows as one canonical JSON object a line."""
    lines: list[bytes] = []
    for values in offering.revision.scan(offering.items):
        lines.append(dumps(dict(zip(offering.items, values, strict=True))))
        if len(lines) == ROWS_AT_ONCE:
            yield b"\n".join(lines) + b"\n"
            lines.clear()
    if lines:
        yield b"\n".join(lines) + b"\n"


FORMS: dict[str, tuple[str, Writer]] = {
    "csv": ("text/csv; charset=utf-8", as_csv),
    "jsonl": ("application/jsonl", as_json_lines),
    "json": ("application/jsonl", as_json_lines),
}


@require_safe
def download(request: HttpRequest, code: str, form: str) -> HttpResponseBase:
    """The rows of an open dataset. `?bom=1` puts a byte order mark before the CSV."""
    offering = open_offering(code)
    tag = f'"{offering.tag}-{form}-{request.GET.get("bom", "0")[:1]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified(headers={"ETag": tag})
    media_type, writer = FORMS[form]
    headers = {"Content-Disposition": f'attachment; filename="{code}.{form}"', "ETag": tag, "X-Content-Type-Options": "nosniff"}
    if request.method == "HEAD":
        return HttpResponse(content_type=media_type, headers=headers)
    trail.count_download(offering.dataset.code)
    return StreamingHttpResponse(writer(offering, request.GET.get("bom") == "1"), content_type=media_type, headers=headers)
