"""What the department has ordered to be paid, and what the treasury said of it. Amounts and accounts stand in the signed orders only."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from audit.errors import Conflict
from exchange.accounts.models import Role
from exchange.affairs.licences import treasury
from exchange.affairs.licences.lifecycle import PaymentState
from exchange.affairs.models import PaymentOrder
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent

MOST = 200


class ReturnedForm(forms.Form):
    """Why the bank sent the money back."""

    because = forms.ChoiceField(label=gettext_lazy("Why it came back"), choices=PaymentOrder.Returned.choices, widget=forms.RadioSelect)


@require_GET
@at_desk
def payments(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Orders that wait for the treasury's answer, and the newest that have one."""
    desk.require(Role.OFFICER)
    rows = treasury.orders_for(desk.person).filter(payer=desk.department.code)
    waiting = list(rows.filter(state=PaymentState.ORDERED).order_by("pay_by", "ordered_at")[:MOST])
    answered = list(rows.exclude(state=PaymentState.ORDERED).order_by("-answered_at")[:25])
    return show(request, desk, "../officer/payments", waiting=waiting, answered=answered, most=MOST)


@require_POST
@at_desk
def paid(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """The treasury has paid."""
    order = treasury.order_for(order_id, acting_user=desk.person)
    try:
        treasury.mark_paid(order, acting_user=desk.person)
    except Conflict as conflict:
        return look_again(request, conflict, "officer_payments")
    return done(request, _("Marked as paid. The citizen reads it."), "officer_payments")


@require_http_methods(["GET", "POST"])
@at_desk
def returned(request: HttpRequest, desk: Desk, order_id: UUID) -> HttpResponse:
    """The money came back; the citizen reads why, and may name another account."""
    order = treasury.order_for(order_id, acting_user=desk.person)
    form = ReturnedForm(posted(request))

    def act(data: dict[str, Any]) -> object:
        return treasury.mark_returned(order, because=data["because"], acting_user=desk.person)

    try:
        if sent(request, form, act):
            return done(request, _("Marked as returned. The citizen reads why, and may name another account."), "officer_payments")
    except Conflict as conflict:
        return look_again(request, conflict, "officer_payments")
    return show(request, desk, "../officer/returned", form=form, order=order)
