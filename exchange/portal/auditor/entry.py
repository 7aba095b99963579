"""`/audit/entries/{index}`: one entry as a sentence, what is disclosed and what is hidden, and its proof checked right now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from audit import acts, proofs
from audit.errors import HubError, Missing
from audit.ground import log_origin
from audit.proof.canonical import Document, dumps
from audit.proof.entry_proof import ProvedEntry, entry_document, verify_entry_document
from audit.proof.keys import Use
from audit.proof.merkle import ProofError
from audit.proof.note import NoteError, verifier_key
from exchange.portal.auditor.fields import Field, fields_of
from exchange.portal.auditor.names import read_names
from exchange.portal.auditor.permission import auditors_only
from exchange.portal.auditor.sentences import sentence
from exchange.portal.auditor.strip import log_strip


@dataclass(frozen=True)
class Checked:
    """The outcome of the check that ran for this page; `fault` says what failed."""

    proved: ProvedEntry | None
    fault: str
    inclusion: Document
    key: str


@require_safe
@auditors_only
def entry(request: HttpRequest, index: int) -> HttpResponse:
    """The page of one entry."""
    found = proofs.entry(index)
    checked = _check(found)
    opened = checked.proved.opened if checked.proved else {}
    route = opened.get("route") or {}
    names = read_names([route])
    subject = opened.get("subject")
    context = {
        "found": found,
        "leaf": "sha256:" + found.leaf.hex(),
        "raw": found.raw.decode("utf-8", "replace"),
        "checked": checked,
        "root": "sha256:" + checked.proved.checkpoint.root.hex() if checked.proved else "",
        "sentence": sentence(route, names) if route else "",
        "fields": fields_of(route, names),
        "parts": _parts(opened),
        "persons": subject.get("n") if isinstance(subject, dict) else 0,
        "command": f"python -m audit.proof.entry_proof entry-{index}.json --key '{checked.key}'",
        "previous": index - 1 if index else None,
        "following": index + 1 if index + 1 < int(str(checked.inclusion.get("size", 0))) else None,
        "strip": log_strip(),
    }
    return render(request, "auditor/entry.html", context)


@require_safe
@auditors_only
def proof(request: HttpRequest, index: int) -> HttpResponse:
    """The file that proves the entry offline."""
    found = proofs.entry(index)
    document = _document(found, proofs.inclusion(index=index))
    name = f"entry-{index}.json"
    return HttpResponse(
        dumps(document) + b"\n", content_type="application/json", headers={"Content-Disposition": f'attachment; filename="{name}"'}
    )


def _check(found: proofs.StoredEntry) -> Checked:
    """Build the file that can be downloaded, and check exactly that, under every certified key of the log."""
    inclusion: Document = {}
    fault = ""
    try:
        keys = _log_keys()
        inclusion = proofs.inclusion(index=found.index)
        for key in keys:
            try:
                proved = verify_entry_document(_document(found, inclusion), log=log_origin(), log_key=key)
                return Checked(proved, "", inclusion, verifier_key(log_origin(), key))
            except (ProofError, NoteError) as error:
                fault = str(error)
    except Missing:
        raise
    except HubError as error:
        fault = str(error)
    return Checked(None, fault or _("No key of the log is certified."), inclusion, "")


def _log_keys() -> list[bytes]:
    held = (item.certificate for item in acts.standing().certificates.values())
    return [certificate.public_key for certificate in held if certificate.use is Use.HUB_LOG]


def _document(found: proofs.StoredEntry, inclusion: Document) -> Document:
    return entry_document(log=log_origin(), index=found.index, raw=found.raw, disclosures=found.disclosures, inclusion=inclusion)


def _parts(opened: dict[str, Any]) -> list[Field]:
    """Which parts are disclosed, and what each of them is for; the rest of the four are random."""
    about = {
        "route": _("who asked whom, for what, under which agreement, and what came of it"),
        "message": _("the digests of the signed request and of the answer; the bodies are not kept"),
        "subject": _("how many persons are named, and a root over their sealed parts"),
    }
    return [Field(name, text) for name, text in about.items() if name in opened]
