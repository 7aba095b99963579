"""The list of requests: sent or received, by state."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from exchange.accounts.models import Role
from exchange.portal.department.desk import Desk
from exchange.portal.tones import face_of
from exchange.sharing.lifecycle import AgreementState, PartState
from exchange.sharing.models import Agreement, RequestPart

SIDES = ("sent", "received")


class StateForm(forms.Form):
    """Narrow the list of requests."""

    hide_optional = True
    side = forms.ChoiceField(label=gettext_lazy("Direction"), required=False)
    state = forms.ChoiceField(label=gettext_lazy("State"), required=False)

    states: type[Any] = PartState
    directions: ClassVar[dict[str, Any]] = {"sent": gettext_lazy("Sent by us"), "received": gettext_lazy("Asked of us")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["state"].choices = [("", _("All")), *((state.value, face_of(state).word) for state in self.states)]
        fields["side"].choices = [("", _("All")), *self.directions.items()]


class AgreementStateForm(StateForm):
    """Narrow the list of agreements."""

    states = AgreementState
    directions: ClassVar[dict[str, Any]] = {"sent": gettext_lazy("We receive"), "received": gettext_lazy("We provide")}


@dataclass(frozen=True)
class Wanted:
    """What the reader wants to see; unknown words mean everything."""

    side: str
    state: str

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """From the page's address."""
        side, state = query.get("side", ""), query.get("state", "")
        return cls(side if side in SIDES else "", state)


def requests_of(desk: Desk, wanted: Wanted) -> QuerySet[RequestPart]:
    """Parts of requests, as one row for each dataset, that the person may see for this department."""
    rows = RequestPart.objects.visible_to(desk.person).select_related("request__requester", "request__purpose", "dataset__provider")
    if wanted.state in PartState.__members__:
        rows = rows.filter(state=wanted.state)
    return rows.filter(_side(desk, wanted.side)).distinct()


def _side(desk: Desk, side: str) -> Q:
    sent, received = Q(request__requester=desk.department), Q(dataset__provider=desk.department)
    if side == "sent":
        return sent
    if side == "received":
        return received
    return sent | ~Q(state=PartState.DRAFT) if sees_all(desk) else sent | received


def agreements_of(desk: Desk, wanted: Wanted) -> QuerySet[Agreement]:
    """Agreements that the person may see for this department."""
    rows = Agreement.objects.visible_to(desk.person).select_related("dataset", "provider", "requester")
    if wanted.state in AgreementState.__members__:
        rows = rows.filter(state=wanted.state)
    asked, given = Q(requester=desk.department), Q(provider=desk.department)
    if wanted.side:
        return rows.filter({"sent": asked, "received": given}.get(wanted.side, Q()))
    return rows if sees_all(desk) else rows.filter(asked | given)


def sees_all(desk: Desk) -> bool:
    """Whether the person watches every department's requests at this desk."""
    is_reviewer = Role.REVIEWER in desk.roles and desk.department.code == settings.AUTHORITY_DEPARTMENT
    return is_reviewer or Role.AUDITOR in desk.roles
