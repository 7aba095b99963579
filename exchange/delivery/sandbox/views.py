"""The sandbox's addresses: those of the hub, under /sandbox. Plain views, so that nothing here can touch the data path."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET

from exchange.accounts.limits import address_of
from exchange.delivery.door import BODY_LIMIT, Arrival
from exchange.delivery.sandbox.answering import respond
from exchange.delivery.sandbox.identity import identity


@csrf_exempt  # a signature over the whole request stands in its place
@never_cache
def exchange(request: HttpRequest) -> HttpResponse:
    """A signed call."""
    headers = [(name.lower().encode("latin-1"), str(value).encode("latin-1", "replace")) for name, value in request.headers.items()]
    arrival = Arrival(
        method=str(request.method),
        path=request.path,
        has_query=bool(request.META.get("QUERY_STRING")),
        headers=headers,
        body=request.read(BODY_LIMIT + 1),
        address=address_of(request),
    )
    told = respond(arrival)
    response = HttpResponse(told.body, status=told.status)
    for name, value in told.headers:
        response[name.decode("ascii")] = value.decode("latin-1")
    return response


@require_GET
def keys(_request: HttpRequest) -> HttpResponse:
    """The certificates of the sandbox's own keys, under its own root."""
    return HttpResponse(identity().document, content_type="application/json")
