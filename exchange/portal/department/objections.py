"""Citizens say that a register is wrong: the list of those who answer for the register, and one objection with its answer."""

from __future__ import annotations

import uuid
from typing import Any

from django import forms
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from catalog.models import Dataset
from exchange.accounts.acting import stewarded
from exchange.accounts.models import Role
from exchange.affairs.actions import settle_objection
from exchange.affairs.models import Objection
from exchange.affairs.reading import objection_words
from exchange.affairs.viewed import open_objector
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent

PAGE = "console_objection"


class SettleForm(forms.Form):
    """Right or not, and what the citizen will read."""

    upheld = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        widget=forms.RadioSelect,
        choices=[("yes", gettext_lazy("The citizen is right; the register is corrected")), ("no", gettext_lazy("The register is right"))],
    )
    answer = forms.CharField(label=gettext_lazy("Your answer to the citizen"), widget=forms.Textarea(attrs={"rows": 6}), max_length=2_000)


def objections_of(desk: Desk) -> Any:
    """Those that this person may see: officers those of their department, stewards those about their datasets."""
    rows = Objection.objects.filter(provider=desk.department.code)
    if Role.OFFICER in desk.roles:
        return rows
    own = Dataset.objects.filter(pk__in=stewarded(desk.person), provider=desk.department).values_list("code", flat=True)
    return rows.filter(Q(dataset__in=list(own)))


@require_GET
@at_desk
def objections(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits, what is due first on top; then what was settled lately."""
    waiting = objections_of(desk).filter(state="OPEN").order_by("due_on", "made_at")[:100]
    settled = objections_of(desk).exclude(state="OPEN").order_by("-settled_at")[:20]
    titles = {row.code: row.title for row in Dataset.objects.filter(provider=desk.department)}
    context = {"waiting": [(row, titles.get(row.dataset, row.dataset)) for row in waiting]}
    context["settled"] = [(row, titles.get(row.dataset, row.dataset)) for row in settled]
    return show(request, desk, "objections", today=timezone.localdate(), **context)


@require_http_methods(["GET", "POST"])
@at_desk
def one_objection(request: HttpRequest, desk: Desk, objection_id: uuid.UUID) -> HttpResponse:
    """The citizen's words, the register, the clock, and the answer."""
    found = _visible(desk, objection_id)
    form = SettleForm(posted(request))

    def settle(data: dict[str, Any]) -> None:
        settle_objection(found, upheld=data["upheld"] == "yes", answer=data["answer"], acting_user=desk.person)

    try:
        if sent(request, form, settle):
            return done(request, _("Answered. The citizen reads it now."), "console_objections")
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, str(objection_id))
    return _page(request, desk, found, form)


@require_POST
@at_desk
def whose(request: HttpRequest, desk: Desk, objection_id: uuid.UUID) -> HttpResponse:
    """Whose record it is; the look is recorded before anything is shown, and the citizen reads of it."""
    found = _visible(desk, objection_id)
    return _page(request, desk, found, SettleForm(), subject=open_objector(found, acting_user=desk.person))


def _page(request: HttpRequest, desk: Desk, found: Objection, form: forms.Form, **more: Any) -> HttpResponse:
    words, answer = objection_words(found)
    dataset = Dataset.objects.filter(code=found.dataset).first()
    context = {"found": found, "words": words, "answer": answer, "dataset": dataset, "form": form, "today": timezone.localdate()}
    return show(request, desk, "objection", **context, **more)


def _visible(desk: Desk, objection_id: uuid.UUID) -> Objection:
    found: Objection | None = objections_of(desk).select_related("evidence").filter(pk=objection_id).first()
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("console/objections", objections, name="console_objections"),
    path("console/objections/<uuid:objection_id>", one_objection, name=PAGE),
    path("console/objections/<uuid:objection_id>/whose", whose, name="console_objection_whose"),
]
