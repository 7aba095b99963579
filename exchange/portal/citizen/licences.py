"""A citizen's licence: its code for anybody to check, what more to show, how to print it, and the money that it brings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.http import require_POST, require_safe

from audit.errors import Conflict, Invalid, Missing
from exchange.affairs.applicants import Applicant
from exchange.affairs.licences import checking, holding, paying, standing
from exchange.affairs.licences.checking import Standing
from exchange.affairs.licences.lifecycle import PaymentState
from exchange.affairs.licences.places import licence_address
from exchange.affairs.models import Licence, PaymentOrder
from exchange.portal.citizen.signed_in import as_applicant, said, show
from exchange.portal.code_words import code_book
from exchange.portal.licence_words import CLAIMS, FACES, amounts_of, shown_title
from exchange.portal.payment_words import PAYMENT_FACES, RETURNED_WORDS, month_word
from exchange.portal.qr import drawn


class AccountForm(forms.Form):
    """Another account of the holder."""

    bank = forms.CharField(label=lazy("Bank"), max_length=40)
    number = forms.CharField(
        label=lazy("Account number"),
        max_length=40,
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )


@dataclass(frozen=True)
class Payment:
    """One payment, as its holder reads it. `form` is there where they may name another account."""

    order: PaymentOrder
    face: Any
    amount: str
    months: str
    account: dict[str, str] | None
    why: Any
    what: Any
    form: AccountForm | None


@require_safe
@as_applicant
def my_licence(request: HttpRequest, applicant: Applicant, licence_id: str) -> HttpResponse:
    """The licence, what its holder may show of it, and its payments."""
    licence = holding.licence_for(licence_id, applicant=applicant)
    return show(request, "licence", **licence_page(request, licence), payments=payments_of(licence))


@require_safe
@as_applicant
def print_licence(request: HttpRequest, applicant: Applicant, licence_id: str) -> HttpResponse:
    """The same on one sheet of paper."""
    licence = holding.licence_for(licence_id, applicant=applicant)
    return show(request, "licence_print", **licence_page(request, licence), today=timezone.localdate())


@require_POST
@as_applicant
def other_account(request: HttpRequest, applicant: Applicant, licence_id: str, order_id: Any) -> HttpResponse:
    """Send money that came back to another account."""
    licence = holding.licence_for(licence_id, applicant=applicant)
    order = licence.payments.filter(pk=order_id).first()
    if order is None:
        raise Missing
    form = AccountForm(request.POST)
    if not form.is_valid():
        return show(request, "licence", **licence_page(request, licence), payments=payments_of(licence, order, form), form=form)
    try:
        paying.pay_to_other_account(order, **form.cleaned_data, applicant=applicant)
    except (Conflict, Invalid) as refused:
        messages.error(request, said(refused))
    else:
        messages.success(request, _("We have told the treasury. The money goes to the account that you named."))
    return redirect("my_licence", licence_id=licence.pk)


def licence_page(request: HttpRequest, licence: Licence) -> dict[str, Any]:
    """What licence and print need: the document opened, its codes as SVG, and what the holder chose to show."""
    held = holding.opened(licence)
    checked = checking.check(licence.pk)
    chosen = [name for name in request.GET.getlist("show") if name in held.hidden]
    address = licence_address(licence.pk)
    context = {
        "licence": licence,
        "held": held,
        "checked": checked,
        "face": FACES[checked.standing],
        "holds": checked.standing is Standing.VALID,
        "reason": _reason(licence),
        "amounts": amounts_of(dict(held.claims)),
        "address": address,
        "code": drawn(address),
        "number": " ".join(licence.pk[start : start + 4] for start in range(0, len(licence.pk), 4)),
        "choices": [(name, shown_title(name), name in chosen) for name in CLAIMS if name in held.hidden],
    }
    return context | (_chosen(held, chosen) if chosen else {})


def payments_of(licence: Licence, wrong: PaymentOrder | None = None, form: AccountForm | None = None) -> list[Payment]:
    """The payments of a licence, the newest first; `wrong` is the one whose `form` does not hold."""
    orders = list(licence.payments.select_related("case"))
    newest = {order.month: max(other.attempt for other in orders if other.month == order.month) for order in orders}
    return [_payment(order, form if order == wrong else None, is_last=newest[order.month] == order.attempt) for order in orders]


def _payment(order: PaymentOrder, form: AccountForm | None, *, is_last: bool) -> Payment:
    document = paying.document_of_order(order)
    words = RETURNED_WORDS.get(order.returned_because)
    may_name = order.state == PaymentState.RETURNED and is_last and order.licence.status == Standing.VALID
    return Payment(
        order=order,
        face=PAYMENT_FACES[PaymentState(order.state)],
        amount=f"{document['amount']} {document['currency']}",
        months=", ".join(month_word(month) for month in document["months"]),
        account=_named(document["account"]),
        why=words.why if words else "",
        what=words.what if words and may_name else "",
        form=(form or AccountForm(auto_id=f"{order.attempt}_{order.month}_%s")) if may_name else None,
    )


def _named(account: dict[str, str] | None) -> dict[str, str] | None:
    """The account with the bank's name where the register has a code."""
    if not account:
        return None
    return {**account, "bank": code_book([account["source"]]).text(account["source"], "bank", account["bank"])}


def _chosen(held: holding.Held, chosen: list[str]) -> dict[str, Any]:
    presentation = holding.shown(held, chosen)
    address = f"{held.claims['iss']}/v#{presentation}"
    return {"chosen": [shown_title(name) for name in chosen], "presentation": address, "details": drawn(address)}


def _reason(licence: Licence) -> str:
    reason = standing.reason_of(licence)
    return _("A later decision took its place.") if reason == standing.REPLACED else reason


urlpatterns = [
    path("me/licences/<str:licence_id>", my_licence, name="my_licence"),
    path("me/licences/<str:licence_id>/print", print_licence, name="print_licence"),
    path("me/licences/<str:licence_id>/payments/<uuid:order_id>/account", other_account, name="other_account"),
]
