"""Revoking a licence: by the number on its paper, with a reason that its holder reads. Nobody is looked up: the number is all."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from audit.errors import Conflict, Fault
from exchange.accounts.models import Role
from exchange.affairs import actions, licences
from exchange.affairs.errors import AnswerIncomplete
from exchange.affairs.licences.lifecycle import LicenceStatus
from exchange.affairs.models import Licence
from exchange.portal.department.desk import Desk, at_desk, done, look_again, show
from exchange.portal.department.forms import posted, sent


class RevocationForm(forms.Form):
    """The licence and the reason."""

    licence = forms.CharField(
        label=gettext_lazy("Number of the licence"), max_length=200, help_text=gettext_lazy("It stands below the square code, after /v/.")
    )
    reason = forms.CharField(
        label=gettext_lazy("Reason"),
        widget=forms.Textarea,
        max_length=10_000,
        help_text=gettext_lazy("The holder reads it, word for word."),
    )


@require_http_methods(["GET", "POST"])
@at_desk
def revoke(request: HttpRequest, desk: Desk) -> HttpResponse:
    """Revoke a licence of a matter that one decides; what it still had ordered is stopped."""
    desk.require(Role.OFFICER)
    form = RevocationForm(posted(request))
    try:
        if sent(request, form, lambda data: _revoke(desk, data)):
            return done(request, _("Revoked. Whoever checks it reads so from now on; what was ordered is stopped."), "officer_cases")
    except Conflict as conflict:
        return look_again(request, conflict, "officer_revoke")
    return show(request, desk, "../officer/revoke", form=form)


def _revoke(desk: Desk, data: dict[str, Any]) -> None:
    number = data["licence"].strip().rstrip("/").rpartition("/")[2].lower()
    rows = Licence.objects.filter(pk=number, case__version__matter__in=actions.matters_decided_by(desk.person))
    found = rows.select_related("case__version__matter").first()
    if found is None or actions.is_own(found.case, desk.person):
        message = _("No licence of your matters has this number.")
        raise AnswerIncomplete(message, faults=[Fault("licence", "unknown", message)])
    licences.change_status(found, status=LicenceStatus.REVOKED, reason=data["reason"], acting_user=desk.person)
