"""Corrections between departments: the list, asking, one correction with its answer, whose value it is, and notices."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent
from exchange.portal.department.watched_words import CORRECTIONS
from exchange.portal.templatetags.look_text import bilingual
from exchange.sharing.corrections import actions
from exchange.sharing.corrections.actions import Claim
from exchange.sharing.corrections.reading import words_for
from exchange.sharing.corrections.received import entry_of
from exchange.sharing.disputes.actions import quarrels_about
from exchange.sharing.errors import NotThatSide
from exchange.sharing.lifecycle import Side
from exchange.sharing.models import Agreement, CorrectionNotice, CorrectionRequest
from exchange.sharing.sides import agreement_sides

PAGE = "console_correction"
_MOST = 100


class AskForm(forms.Form):
    """Which value looks wrong, and why. The identifier is never shown again."""

    entry = forms.CharField(
        label=gettext_lazy("Entry or receipt"),
        widget=forms.Textarea(attrs={"rows": 2, "class": "mz-code", "spellcheck": "false"}),
        max_length=100_000,
        help_text=gettext_lazy("The number of the entry that brought the value, or the receipt that came with the answer."),
    )
    item = forms.ChoiceField(label=gettext_lazy("Which item"))
    kind = forms.ChoiceField(label=gettext_lazy("Kind of identifier"))
    identifier = forms.CharField(label=gettext_lazy("Whose value"), max_length=200, widget=forms.TextInput(attrs={"autocomplete": "off"}))
    believed = forms.CharField(label=gettext_lazy("What you believe is right"), widget=forms.Textarea(attrs={"rows": 2}), max_length=10_000)
    reason = forms.CharField(label=gettext_lazy("Why it looks wrong"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000)
    evidence = forms.CharField(
        label=gettext_lazy("What shows it"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000, required=False
    )

    def __init__(self, agreement: Agreement, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        version, fields = agreement.dataset.current_version, cast("dict[str, Any]", self.fields)
        document = version.content if version else {}
        titles = {item["name"]: bilingual(item["title"]) for item in (*document.get("items", ()), *document.get("facts", ()))}
        agreed = [*agreement.document["items"], *(fact["fact"] for fact in agreement.document["facts"])]
        fields["item"].choices = [(name, titles.get(name, name)) for name in agreed]
        fields["kind"].choices = [(subject["kind"], subject["kind"]) for subject in document.get("subjects", ())]

    def claim(self, data: dict[str, Any]) -> Claim:
        """What the action takes. Raises NotReceived for an entry that is none."""
        return Claim(**{**data, "entry": entry_of(data["entry"])})


class AnswerForm(forms.Form):
    """What the provider found."""

    verdict = forms.ChoiceField(
        label=gettext_lazy("What you found"),
        widget=forms.RadioSelect,
        choices=[
            ("accept", gettext_lazy("It was wrong; the next revision puts it right")),
            ("confirm", gettext_lazy("It is right as it stands")),
            ("leave_open", gettext_lazy("We cannot decide it")),
        ],
    )
    words = forms.CharField(label=gettext_lazy("Your answer"), widget=forms.Textarea(attrs={"rows": 5}), max_length=10_000)


@require_GET
@at_desk
def corrections(request: HttpRequest, desk: Desk) -> HttpResponse:
    """What waits here by its day, what we asked, values that were put right, and what is over."""
    rows = CorrectionRequest.objects.visible_to(desk.person).select_related("dataset", "requester", "provider")
    watched = rows.filter(state="OPEN").order_by("due_on", "id")[:_MOST]
    over = rows.exclude(state="OPEN").order_by("-answered_at", "-id")[:_MOST]
    notices = CorrectionNotice.objects.unseen(desk.department.code).select_related("correction__dataset")[:_MOST]
    context = {"waiting": [_line(row) for row in watched], "over": [_line(row) for row in over], "notices": notices}
    return show(request, desk, "corrections", today=timezone.localdate(), **context)


@require_http_methods(["GET", "POST"])
@at_desk
def ask(request: HttpRequest, desk: Desk, agreement_id: str) -> HttpResponse:
    """Say that a value received under this agreement looks wrong."""
    rows = Agreement.objects.visible_to(desk.person).select_related("dataset__current_version", "dataset__provider", "requester")
    agreement: Agreement = get_object_or_404(rows, agreement_id=agreement_id)
    if Side.REQUESTER not in agreement_sides(desk.person, desk.department, agreement):
        raise NotThatSide(_("Your role in this department does not take this step."))
    form = AskForm(agreement, posted(request))
    made: list[CorrectionRequest] = []
    try:
        if sent(request, form, lambda data: made.append(actions.ask_correction(agreement, claim=form.claim(data), **desk.acting))):
            return done(request, _("Asked. The provider answers by the day below."), PAGE, made[0].number)
    except Conflict as conflict:
        return look_again(request, conflict, "console_corrections")
    return show(request, desk, "correction_ask", form=form, agreement=agreement)


@require_http_methods(["GET", "POST"])
@at_desk
def one_correction(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The value, the words, the clock, and the answer."""
    found = _visible(desk, number)
    if request.method == "POST":
        actions.require_answerer(found, desk.person, desk.department)
    form = AnswerForm(posted(request))
    try:
        if sent(request, form, lambda data: actions.answer_correction(found, **data, **desk.acting)):
            return done(request, _("Answered. The requester reads it now."), PAGE, number)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number)
    return _page(request, desk, found, form)


@require_POST
@at_desk
def take_back(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """The requester was wrong."""
    found = _visible(desk, number)
    try:
        actions.take_back(found, **desk.acting)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number)
    return done(request, _("Taken back."), PAGE, number)


@require_POST
@at_desk
def whose(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Whose value it is; the look is recorded before anything is shown, and the person reads of it."""
    found = _visible(desk, number)
    return _page(request, desk, found, AnswerForm(), subject=actions.open_subject(found, **desk.acting))


@require_POST
@at_desk
def seen(request: HttpRequest, desk: Desk, notice_id: int) -> HttpResponse:
    """The department has looked again at what it did with the old value."""
    notice = CorrectionNotice.objects.visible_to(desk.person).filter(pk=notice_id).first()
    if notice is None:
        raise Http404
    try:
        actions.mark_seen(notice, **desk.acting)
    except Conflict as conflict:
        return look_again(request, conflict, "console_corrections")
    return done(request, _("Marked as done."), "console_corrections")


def _page(request: HttpRequest, desk: Desk, found: CorrectionRequest, form: forms.Form, **more: Any) -> HttpResponse:
    sides = agreement_sides(desk.person, desk.department, found.agreement) & {Side.REQUESTER, Side.PROVIDER}
    context = {
        "found": found,
        "face": CORRECTIONS[found.state],
        "words": words_for(desk.person, desk.department, found),
        "allowed": actions.correction_steps(desk.person, desk.department, found),
        "is_party": bool(sides),
        "may_dispute": bool(sides) and bool(quarrels_about(found)),
        "disputes": found.disputes.all(),
        "item_title": _item_title(found),
        "form": form,
        "today": timezone.localdate(),
    }
    return show(request, desk, "correction", **context, **more)


def _item_title(found: CorrectionRequest) -> str:
    version = found.dataset.current_version
    document = version.content if version else {}
    titles = {item["name"]: bilingual(item["title"]) for item in (*document.get("items", ()), *document.get("facts", ()))}
    return titles.get(found.item, found.item)


def _line(row: CorrectionRequest) -> tuple[CorrectionRequest, Any]:
    return row, CORRECTIONS[row.state]


def _visible(desk: Desk, number: str) -> CorrectionRequest:
    rows = CorrectionRequest.objects.visible_to(desk.person)
    related = rows.select_related("agreement__dataset", "dataset__current_version", "requester", "provider", "revision")
    found: CorrectionRequest = get_object_or_404(related, number=number)
    return found


urlpatterns = [
    path("console/corrections", corrections, name="console_corrections"),
    path("console/corrections/notices/<int:notice_id>/seen", seen, name="console_correction_seen"),
    path("console/corrections/<str:number>", one_correction, name=PAGE),
    path("console/corrections/<str:number>/take_back", take_back, name="console_correction_take_back"),
    path("console/corrections/<str:number>/whose", whose, name="console_correction_whose"),
    path("console/agreements/<str:agreement_id>/wrong", ask, name="console_correction_ask"),
]
