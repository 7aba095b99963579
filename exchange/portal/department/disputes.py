"""Disputes: the list, opening one, the talks, handing it to the authority, and the ruling."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
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
from exchange.portal.department.forms import ReasonForm, posted, sent
from exchange.portal.department.watched_words import DISPUTES
from exchange.sharing import jurisdiction
from exchange.sharing.disputes import actions
from exchange.sharing.disputes.actions import Decision
from exchange.sharing.disputes.sides import Thing, dispute_steps, proposals_to, require_step, thing_sides
from exchange.sharing.errors import NotThatSide
from exchange.sharing.lifecycle import Side
from exchange.sharing.lifecycle.disputes import DisputeEvent
from exchange.sharing.models import Agreement, CorrectionRequest, Dispute, Quarrel, RequestPart, Ruling

PAGE = "console_dispute"
_MOST = 100


class SayForm(forms.Form):
    """A message to the other side."""

    text = forms.CharField(label=gettext_lazy("Your message"), widget=forms.Textarea(attrs={"rows": 4}), max_length=10_000)
    is_proposal = forms.BooleanField(label=gettext_lazy("This is a proposal; the other side can accept it"), required=False)


class OpenForm(ReasonForm):
    """What the two disagree about, and why."""

    about = forms.ChoiceField(label=gettext_lazy("About"), widget=forms.RadioSelect)
    field_order = ("about", "reason")

    def __init__(self, quarrels: list[Quarrel], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = cast("Any", self.fields["about"])
        field.choices = [(code.value, code.label) for code in quarrels]
        if len(quarrels) == 1:
            field.initial = quarrels[0].value


class RulingForm(forms.Form):
    """What the authority orders, on which ground, and why."""

    ruling = forms.ChoiceField(label=gettext_lazy("What must happen"), widget=forms.RadioSelect)
    until = forms.DateField(
        label=gettext_lazy("Answer by"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=gettext_lazy("Only where an answer is ordered."),
    )
    ground = forms.ChoiceField(label=gettext_lazy("Ground"), widget=forms.RadioSelect)
    reason = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 6}), max_length=10_000)

    def __init__(self, rulings: list[Ruling], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields = cast("dict[str, Any]", self.fields)
        fields["ruling"].choices = [(code.value, code.label) for code in rulings]
        if Ruling.ANSWER not in rulings:
            del fields["until"]
        grounds = jurisdiction.ruling_grounds()
        fields["ground"].choices = [(code, f"{found.title} · {found.article}") for code, found in grounds.items()]


@require_GET
@at_desk
def disputes(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Open disputes, what is due first on top; then those that have ended."""
    rows = Dispute.objects.visible_to(desk.person).select_related("dataset", "requester", "provider")
    ended = rows.filter(ended_at__isnull=False).order_by("-ended_at")[:_MOST]
    context = {"waiting": [_line(row) for row in rows.open()[:_MOST]], "over": [_line(row) for row in ended]}
    return show(request, desk, "disputes", today=timezone.localdate(), **context)


def open_about(find: Callable[..., Thing]) -> Callable[..., HttpResponse]:
    """The page that opens a dispute about what `find` finds for this desk."""

    @require_http_methods(["GET", "POST"])
    @at_desk
    def inner(request: HttpRequest, desk: Desk, /, **names: str) -> HttpResponse:
        thing = find(desk, **names)
        if not thing_sides(desk.person, desk.department, thing) & {Side.PROVIDER, Side.REQUESTER}:
            raise NotThatSide(_("Your role in this department does not take this step."))
        quarrels = actions.quarrels_about(thing)
        made: list[Dispute] = []
        form = OpenForm(quarrels, posted(request))
        try:
            if sent(request, form, lambda data: made.append(actions.open_dispute(thing, **data, **desk.acting))):
                return done(request, _("The dispute is open. The other side reads it now."), PAGE, made[0].number)
        except Conflict as conflict:
            return look_again(request, conflict, "console_disputes")
        return show(request, desk, "dispute_open", form=form, thing=thing, has_quarrel=bool(quarrels))

    return inner


@open_about
def about_part(desk: Desk, number: str, dataset: str) -> Thing:
    """About the refusal of a part, or an answer that is overdue."""
    rows = RequestPart.objects.visible_to(desk.person).select_related("request", "dataset__provider")
    found: RequestPart = get_object_or_404(rows, request__number=number, dataset__code=dataset)
    return found


@open_about
def about_correction(desk: Desk, number: str) -> Thing:
    """About the answer to a correction."""
    found: CorrectionRequest = get_object_or_404(CorrectionRequest.objects.visible_to(desk.person).select_related("dataset"), number=number)
    return found


@open_about
def about_agreement(desk: Desk, agreement_id: str) -> Thing:
    """About the use of data under an agreement."""
    found: Agreement = get_object_or_404(Agreement.objects.visible_to(desk.person).select_related("dataset"), agreement_id=agreement_id)
    return found


@require_http_methods(["GET", "POST"])
@at_desk
def one_dispute(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
    """Everything that was said, the ruling, and a message of one's own."""
    found = _visible(desk, number)
    form = SayForm(posted(request))
    try:
        if request.method == "POST":
            require_step(desk.person, desk.department, found, DisputeEvent.SAY)
        if sent(request, form, lambda data: actions.say(found, **data, **desk.acting)):
            return done(request, _("Sent. The other side reads it now."), PAGE, number)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number)
    context = {"found": found, "face": DISPUTES[found.state], "form": form, "today": timezone.localdate()}
    context["allowed"] = dispute_steps(desk.person, desk.department, found)
    context["said"] = found.messages.select_related("department", "person")
    context["proposal"] = proposals_to(found, desk.department).first()
    context["ground"] = jurisdiction.ruling_grounds().get(found.ruling_ground)
    return show(request, desk, "dispute", **context)


def dispute_step(event: DisputeEvent) -> Callable[[Callable[..., HttpResponse]], Callable[..., HttpResponse]]:
    """A page for one step: the dispute must be visible, the step allowed; what has moved on leads back to the dispute."""

    def decorate(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
        @at_desk
        @wraps(view)
        def inner(request: HttpRequest, desk: Desk, number: str) -> HttpResponse:
            found = _visible(desk, number)
            try:
                require_step(desk.person, desk.department, found, event)
                return view(request, desk, found)
            except Conflict as conflict:
                return look_again(request, conflict, PAGE, number)

        return inner

    return decorate


@require_POST
@dispute_step(DisputeEvent.SETTLE)
def settle(request: HttpRequest, desk: Desk, found: Dispute) -> HttpResponse:
    """Accept the other side's newest proposal."""
    actions.settle(found, **desk.acting)
    return done(request, _("Settled."), PAGE, found.number)


@require_POST
@dispute_step(DisputeEvent.TAKE_BACK)
def take_back(request: HttpRequest, desk: Desk, found: Dispute) -> HttpResponse:
    """No ruling is wanted any more."""
    actions.take_back(found, **desk.acting)
    return done(request, _("Taken back."), PAGE, found.number)


@require_http_methods(["GET", "POST"])
@dispute_step(DisputeEvent.HAND_OVER)
def hand_over(request: HttpRequest, desk: Desk, found: Dispute) -> HttpResponse:
    """To the authority."""
    form = ReasonForm(posted(request))
    if sent(request, form, lambda data: actions.hand_over(found, **data, **desk.acting)):
        return done(request, _("Handed over. The sharing authority rules by the day below."), PAGE, found.number)
    return show(request, desk, "dispute_hand_over", form=form, found=found)


@require_http_methods(["GET", "POST"])
@dispute_step(DisputeEvent.RULE)
def rule(request: HttpRequest, desk: Desk, found: Dispute) -> HttpResponse:
    """The authority's ruling."""
    form = RulingForm(actions.rulings_of(found), posted(request))
    if sent(request, form, lambda data: actions.rule(found, decision=Decision(**data), **desk.acting)):
        return done(request, _("Ruled. Both sides read it now."), PAGE, found.number)
    return show(request, desk, "dispute_rule", form=form, found=found, said=found.messages.select_related("department", "person"))


def _line(row: Dispute) -> tuple[Dispute, Any]:
    return row, DISPUTES[row.state]


def _visible(desk: Desk, number: str) -> Dispute:
    rows = Dispute.objects.visible_to(desk.person)
    related = rows.select_related("dataset", "requester", "provider", "opened_for", "part__request", "correction__agreement", "agreement")
    found: Dispute | None = related.filter(number=number).first()
    if found is None:
        raise Http404
    return found


urlpatterns = [
    path("console/disputes", disputes, name="console_disputes"),
    path("console/disputes/<str:number>", one_dispute, name=PAGE),
    path("console/disputes/<str:number>/settle", settle, name="console_dispute_settle"),
    path("console/disputes/<str:number>/take_back", take_back, name="console_dispute_take_back"),
    path("console/disputes/<str:number>/hand_over", hand_over, name="console_dispute_hand_over"),
    path("console/disputes/<str:number>/rule", rule, name="console_dispute_rule"),
    path("console/requests/<str:number>/<str:dataset>/dispute", about_part, name="console_dispute_part"),
    path("console/corrections/<str:number>/dispute", about_correction, name="console_dispute_correction"),
    path("console/agreements/<str:agreement_id>/dispute", about_agreement, name="console_dispute_agreement"),
]
