"""The clock of a part: by when, by which article, why it stands; more days, a pause, and going on."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast

from django import forms
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from audit.errors import Conflict
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import ReasonForm, posted, sent
from exchange.portal.department.requests import visible_part
from exchange.sharing.clocks import actions
from exchange.sharing.clocks.parts import PartClock, read_clock
from exchange.sharing.errors import NotThatSide
from exchange.sharing.models import PauseReason, RequestPart

PAGE = "console_clock"


class AskForm(ReasonForm):
    """More days, and why."""

    days = forms.IntegerField(label=gettext_lazy("Working days"), min_value=1)
    field_order = ("days", "reason")


class AnswerForm(forms.Form):
    """Whether the authority consents."""

    is_granted = forms.TypedChoiceField(
        label=gettext_lazy("More days"),
        widget=forms.RadioSelect,
        coerce=lambda value: value == "yes",
        choices=[("yes", gettext_lazy("Granted")), ("no", gettext_lazy("Refused"))],
    )
    answer = forms.CharField(label=gettext_lazy("Reason"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000)


class PauseForm(forms.Form):
    """Why the clock stands."""

    reason = forms.ChoiceField(label=gettext_lazy("Why"), widget=forms.RadioSelect)
    note = forms.CharField(label=gettext_lazy("In a sentence"), widget=forms.Textarea(attrs={"rows": 3}), max_length=10_000)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast("Any", self.fields["reason"]).choices = [(code.value, code.label) for code in actions.BY_HAND]


class ResumeForm(forms.Form):
    """Which pause is over."""

    reason = forms.ChoiceField(label=gettext_lazy("Which pause is over"), choices=PauseReason.choices)


FORMS: Mapping[str, type[forms.Form]] = {
    "ask_extension": AskForm,
    "answer_extension": AnswerForm,
    "pause": PauseForm,
    "resume": ResumeForm,
}
_ACTIONS: Mapping[str, Any] = {
    "ask_extension": actions.ask_extension,
    "answer_extension": actions.answer_extension,
    "pause": actions.pause_part,
    "resume": actions.resume_part,
}


@require_http_methods(["GET", "POST"])
@at_desk
def clock(request: HttpRequest, desk: Desk, number: str, dataset: str) -> HttpResponse:
    """The clock; each step that the reader may take has its own form, and `step` says which was sent."""
    part = visible_part(desk, number, dataset)
    allowed, step = actions.clock_steps(desk.person, desk.department, part), request.POST.get("step", "")
    if request.method == "POST" and step not in allowed:
        raise NotThatSide(_("Your role in this department does not take this step."))
    given = {name: form(posted(request) if name == step else None, auto_id=f"{name}_%s") for name, form in FORMS.items() if name in allowed}
    try:
        if step and sent(request, given[step], lambda data: _ACTIONS[step](part, **data, **desk.acting)):
            return done(request, _("Done. The date below is the new one."), PAGE, number, dataset)
    except Conflict as conflict:
        return look_again(request, conflict, PAGE, number, dataset)
    return _page(request, desk, part, given, given.get(step))


def _page(request: HttpRequest, desk: Desk, part: RequestPart, given: Mapping[str, forms.Form], form: forms.Form | None) -> HttpResponse:
    found: PartClock = read_clock(part)
    for name, one in given.items():
        if name == "ask_extension" and not one.is_bound:
            one.fields["days"].initial = found.limit.of_step("answer").extension_days
        if name == "resume":
            standing = [pause.reason for pause in found.pauses if pause.until is None and pause.reason in actions.BY_HAND]
            cast("Any", one.fields["reason"]).choices = [(code, PauseReason(code).label) for code in standing]
    pauses = [(pause, PauseReason(pause.reason).label) for pause in found.pauses]
    context: dict[str, Any] = {"part": part, "clock": found, "forms": given, "pauses": pauses, "today": timezone.localdate()}
    return show(request, desk, "clock", **context, **({"form": form} if form is not None else {}))


urlpatterns = [path("console/requests/<str:number>/<str:dataset>/clock", clock, name=PAGE)]
