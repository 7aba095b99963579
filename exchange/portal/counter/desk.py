"""A clerk's desk before anybody stands at it: the number is typed or read, the matter chosen."""

from __future__ import annotations

from collections.abc import Callable
from functools import update_wrapper
from typing import Any, Concatenate, ParamSpec

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST

from catalog import identifiers
from exchange.accounts.models import Role
from exchange.affairs.counter import visits
from exchange.portal.department.desk import Desk, at_desk
from exchange.portal.department.forms import posted, sent
from exchange.portal.templatetags.look_text import bilingual

P = ParamSpec("P")


def at_counter(view: Callable[Concatenate[HttpRequest, Desk, P], HttpResponse]) -> Callable[..., HttpResponse]:
    """A page for clerks, at the department for which they act."""

    def inner(request: HttpRequest, desk: Desk, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponse:
        desk.require(Role.CLERK)
        return view(request, desk, *args, **kwargs)

    update_wrapper(inner, view)
    return at_desk(inner)


class CardForm(forms.Form):
    """The citizen's number and the matter. The browser is told to remember nothing of it."""

    matter = forms.ChoiceField(label=_("Matter"))
    kind = forms.ChoiceField(label=_("Document"))
    identifier = forms.CharField(
        label=_("Number on the card"),
        max_length=64,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false", "autocapitalize": "characters", "autofocus": True}),
        help_text=_("Type it, or read the card. Nobody is asked anything before the citizen has said yes."),
    )

    def __init__(self, matters: list[Any], *args: Any) -> None:
        super().__init__(*args)
        self.matters = {matter.code: matter for matter in matters}
        choice: Any = self.fields["matter"]
        choice.choices = [(code, matter.current.title) for code, matter in self.matters.items()]
        kinds: Any = self.fields["kind"]
        kinds.choices = [(entry["kind"], bilingual(entry["title"])) for entry in identifiers.kinds().data if entry["personal"]]

    def begin(self, data: dict[str, Any], desk: Desk) -> object:
        """Open the visit."""
        return visits.open_visit(
            self.matters[data["matter"]],
            kind=data["kind"],
            identifier=data["identifier"],
            acting_user=desk.person,
            department=desk.department,
        )


@require_http_methods(["GET", "POST"])
@at_counter
def desk(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Begin with the next citizen; a citizen who is still at the desk is shown instead."""
    if visits.current_visit(desk.person) is not None:
        return redirect("counter_visit")
    form = CardForm(visits.matters_at(desk.department), posted(request))
    if sent(request, form, lambda data: form.begin(data, desk)):
        return redirect("counter_visit")
    address = request.build_absolute_uri(reverse("counter_screen", args=[visits.desk_of(desk.person).screen]))
    status = 422 if form.is_bound else 200
    return render(request, "counter/desk.html", {"desk": desk, "form": form, "screen": address}, status=status)


@require_POST
@at_counter
def renew(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Give the second screen a new address."""
    visits.renew_screen(desk.person)
    return redirect("counter")
