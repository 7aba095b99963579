"""For whoever builds a program: from a key of one's own to the first answer of the sandbox, in three steps."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from django import forms
from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET, require_http_methods

from audit.errors import HubError
from catalog.models import Dataset
from exchange.accounts import doors
from exchange.accounts.limits import address_of
from exchange.delivery.models import SandboxKey
from exchange.delivery.sandbox import keys
from exchange.delivery.sandbox.answering import twin
from exchange.delivery.sandbox.identity import identity
from exchange.delivery.sandbox.twins import PURPOSE, Twin

_SHOWN_SUBJECTS = 3
_SAMPLES = (("Java", "Ask.java"), ("PHP", "ask.php"), ("Go", "ask.go"), ("C#", "Ask.cs"))


class KeyForm(forms.Form):
    """The public half of a key that the stranger made."""

    public_key = forms.CharField(
        label=_("Public key"),
        max_length=200,
        widget=forms.TextInput(attrs={"class": "mz-code", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("The line that the command printed: 43 letters, digits, hyphens and underscores. Never the private key."),
    )


@dataclass(frozen=True)
class Offered:
    """A dataset as the sandbox has it: where to ask, about whom, and one command that works at once."""

    dataset: Dataset
    twin: Twin

    @property
    def subjects(self) -> list[str]:
        """The first invented identifiers."""
        return self.twin.subjects[:_SHOWN_SUBJECTS]

    @property
    def command(self) -> str:
        """A question for the command line."""
        code, subject = self.dataset.code, self.subjects[0]
        care = " --case try-1 --officer automatic" if self.twin.policy.needs_care else ""
        fact = self.twin.example
        if fact is None:
            return f"hub query --dataset {code} --subject {subject}{care}"
        return f"hub verify-fact --dataset {code} --subject {subject} --fact '{json.dumps(fact, ensure_ascii=False)}'{care}"


@dataclass(frozen=True)
class Sample:
    """A file to copy that signs a question and verifies the answer."""

    language: str
    name: str
    text: str


@cache
def samples(folder: Path) -> tuple[Sample, ...]:
    """The samples of `client/samples`; none where the client was not installed beside the hub."""
    return tuple(Sample(language, name, (folder / name).read_text("utf-8")) for language, name in _SAMPLES if (folder / name).is_file())


@require_http_methods(["GET", "POST"])
def developers(request: HttpRequest) -> HttpResponse:
    """The three steps; a POST lets a public key into the sandbox and leads to its page."""
    form = KeyForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            key = keys.register(form.cleaned_data["public_key"], address=address_of(request))
        except HubError as error:
            form.add_error("public_key", str(error))
        else:
            return redirect("developers_key", key.system)
    shown = samples(settings.BASE_DIR / "client" / "samples")
    return render(request, "developers/start.html", {"form": form, "samples": shown}, status=422 if form.errors else 200)


@require_GET
def one_key(request: HttpRequest, system: str) -> HttpResponse:
    """What to write into hub.toml for this key, and what may be asked."""
    key = _living(request, system)
    offered = _offered(key.system)
    return render(request, "developers/key.html", {"key": key, "offered": offered, "configuration": _configuration(key, offered)})


@require_GET
def configuration_file(request: HttpRequest, system: str) -> HttpResponse:
    """The same hub.toml as a file."""
    key = _living(request, system)
    answer = HttpResponse(_configuration(key, _offered(key.system)), content_type="application/toml; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="hub.toml"'
    return answer


def _living(request: HttpRequest, system: str) -> SandboxKey:
    found = SandboxKey.objects.filter(system=system, expires_at__gt=timezone.now()).first()
    if found is None:
        doors.missed("sandbox_key", address_of(request))
        raise Http404
    return found


def _offered(system: str) -> list[Offered]:
    rows = Dataset.objects.published().select_related("provider").order_by("code")
    twins = [(dataset, twin(dataset.code, system)) for dataset in rows]
    return [Offered(dataset, found) for dataset, found in twins if found is not None and found.subjects]


def _configuration(key: SandboxKey, offered: list[Offered]) -> str:
    here = identity()
    lines = [
        f'base_url = "{settings.PUBLIC_URLS[0]}/sandbox"',
        f'keyid = "{key.keyid}"',
        'private_key_file = "request-1.pem"',
        f'authority_root = "{here.root}"',
        f'log_origin = "{here.origin}"',
    ]
    for one in offered:
        lines += ["", "[[agreements]]", f'id = "{one.twin.agreement}"', f'dataset = "{one.dataset.code}"', f'purpose = "{PURPOSE}"']
        lines += [f"methods = {json.dumps(sorted(one.twin.policy.methods))}"]
    return "\n".join(lines) + "\n"


urlpatterns = [
    path("developers", developers, name="developers"),
    path("developers/keys/<slug:system>", one_key, name="developers_key"),
    path("developers/keys/<slug:system>/hub.toml", configuration_file, name="developers_configuration"),
]
