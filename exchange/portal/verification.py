"""`/verify`: anyone pastes or uploads a receipt and reads a verdict. Checked in memory; nothing is kept and nothing is logged."""

from __future__ import annotations

from django import forms
from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from audit.proof.canonical import dumps
from exchange.accounts import doors
from exchange.accounts.limits import address_of
from exchange.portal import slip_check
from exchange.portal.auditor.names import read_names
from exchange.portal.auditor.sentences import sentence
from exchange.portal.receipts import LIMIT, Found, Verdict, check
from exchange.portal.verdict_words import WORDS

# What no hub has signed, or not like this: somebody may be trying what passes.
_FORGED = frozenset({Found.UNKNOWN_KEY, Found.BAD_SIGNATURE, Found.CHANGED, Found.NOT_IN_LOG})


class ReceiptForm(forms.Form):
    """The text, or the file."""

    hide_optional = True
    receipt = forms.CharField(
        label=_("Receipt, answer with its receipt, or proof slip"),
        required=False,
        widget=forms.Textarea(attrs={"class": "mz-code", "spellcheck": "false", "autocomplete": "off"}),
        help_text=_("JSON, at most one megabyte. It is checked in memory and forgotten."),
    )
    file = forms.FileField(label=_("Or a file"), required=False)

    def clean(self) -> dict[str, object]:
        """One of the two is there."""
        data = super().clean() or {}
        if not self.errors and not data.get("receipt") and not data.get("file"):
            self.add_error("receipt", _("Paste a receipt, or choose a file."))
        return data

    def content(self) -> bytes:
        """The bytes to check."""
        file = self.cleaned_data.get("file")
        return file.read(LIMIT + 1) if file else str(self.cleaned_data["receipt"]).encode("utf-8", "replace")


@csrf_exempt  # the inner view is protected; the limits must stand before anything reads the body
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def verify(request: HttpRequest) -> HttpResponse:
    """Refuse what is too large before it is read, keep uploads in memory, then judge."""
    if request.method == "POST":
        if _length(request) > LIMIT:
            return _page(request, ReceiptForm(), Verdict(Found.TOO_LARGE), status=413)
        request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _judged(request)


@csrf_protect
@sensitive_post_parameters()
def _judged(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _page(request, ReceiptForm())
    form = ReceiptForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, form, status=422)
    content = form.content()
    slip = slip_check.check(content)
    if slip is not None:
        return _slip_page(request, slip)
    verdict = check(content)
    if verdict.found in _FORGED:
        doors.missed("receipt", address_of(request))
    return _page(request, ReceiptForm(), verdict)


def _page(request: HttpRequest, form: ReceiptForm, verdict: Verdict | None = None, status: int = 200) -> HttpResponse:
    context: dict[str, object] = {"form": form, "verdict": verdict}
    if verdict is not None:
        context |= {"words": WORDS[verdict.found], "sentence": _sentence(verdict), "persons": _persons(verdict)}
        context["bundle"] = dumps(verdict.bundle).decode() if verdict.bundle else ""
    return render(request, "public/verify.html", context, status=status)


def _slip_page(request: HttpRequest, verdict: slip_check.SlipVerdict) -> HttpResponse:
    told = sentence(verdict.route, read_names([verdict.route])) if verdict.route else ""
    return render(request, "public/verify_slip.html", {"form": ReceiptForm(), "slip": verdict, "sentence": told})


def _sentence(verdict: Verdict) -> str:
    route = verdict.receipt.route if verdict.receipt else None
    return sentence(route, read_names([route])) if route else ""


def _persons(verdict: Verdict) -> int:
    subject = verdict.receipt.subject if verdict.receipt else None
    number = subject.get("n") if subject else 0
    return number if isinstance(number, int) else 0


def _length(request: HttpRequest) -> int:
    text = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(text) if text.isascii() and text.isdigit() else LIMIT + 1


urlpatterns = [path("verify", verify, name="verify")]
