"""The log as any C2SP client reads it: checkpoint, tiles, entry bundles and policy, as plain files with their caches."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import proofs, tiles
from audit.authority import standing
from audit.errors import Missing
from audit.ground import log_origin
from audit.head import read_head
from audit.proof.keys import Use
from audit.proof.merkle import ProofError
from audit.proof.note import verifier_key
from audit.proof.tiles import parse_path

_FOR_EVER = "public, max-age=31536000, immutable"
_AT_ONCE = "no-cache"
_TEXT = "text/plain; charset=utf-8"


@require_safe
def checkpoint(_request: HttpRequest) -> HttpResponse:
    """The newest signed checkpoint (C2SP tlog-checkpoint)."""
    newest = proofs.published_checkpoint()
    if newest is None:
        raise Missing(_("The log has no checkpoint yet. Ask again in a few seconds."))
    return HttpResponse(newest.text, content_type=_TEXT, headers={"Cache-Control": _AT_ONCE})


@require_safe
def tile(_request: HttpRequest, path: str) -> HttpResponse:
    """A tile or an entry bundle (C2SP tlog-tiles): it never changes, so it may be cached for ever."""
    try:
        place = parse_path(f"tile/{path}")
    except ProofError:
        raise Missing(_("The log has no such tile.")) from None
    file = tiles.folder() / place.path
    if not tiles.exists_at(place, read_head().published_size) or not file.is_file():
        raise Missing(_("The log has no such tile. A partial tile is gone once the full one is there."))
    return HttpResponse(file.read_bytes(), content_type="application/octet-stream", headers={"Cache-Control": _FOR_EVER})


@require_safe
def policy(_request: HttpRequest) -> HttpResponse:
    """What a verifier is to trust (C2SP tlog-policy): the log's keys; no witness yet, so no quorum."""
    origin = log_origin()
    held = (item for item in standing().certificates.values() if item.certificate.use is Use.HUB_LOG)
    lines = [f"log {verifier_key(origin, item.certificate.public_key)}" for item in held if item.revoked_seq is None]
    text = "\n".join([*lines, "quorum none", ""])
    return HttpResponse(text, content_type=_TEXT, headers={"Cache-Control": "public, max-age=300"})
