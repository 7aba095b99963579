"""Similar requests answered together: one decision for several parts, each with its own move and entry, all of them or none."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from django.db import transaction
from django.utils.translation import gettext as _

from audit.errors import Fault, HubError
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing.actions.deciding import approve, refuse, wishes_of
from exchange.sharing.errors import NotAskable
from exchange.sharing.models import RequestPart
from exchange.sharing.verdicts import Verdicts


@transaction.atomic
def approve_together(
    parts: Sequence[RequestPart], *, verdicts: Verdicts, acting_user: Person, department: Department, note: str = ""
) -> None:
    """Approve every part by the same verdicts. What a part asks and the verdicts do not name is a fault of that part.

    Raises NotAskable with the faults of every part, each at `{number}/{dataset}`; then nothing is decided.
    """

    def decide(part: RequestPart) -> None:
        asked = {wish.wish for wish in wishes_of(part)}
        open_wishes = sorted(asked - verdicts.keys())
        if open_wishes:
            text = _("It asks for this too, about which nothing is decided: answer it by itself.")
            raise NotAskable(text, faults=[Fault(wish, "undecided", text) for wish in open_wishes])
        own = {wish: verdict for wish, verdict in verdicts.items() if wish in asked}
        approve(part, verdicts=own, note=note, acting_user=acting_user, department=department)

    _each(parts, decide)


@transaction.atomic
def refuse_together(parts: Sequence[RequestPart], *, reason: str, ground: str, acting_user: Person, department: Department) -> None:
    """Refuse every part on the same ground and for the same reason. Raises as `approve_together`."""
    _each(parts, lambda part: refuse(part, reason=reason, ground=ground, acting_user=acting_user, department=department))


def _each(parts: Sequence[RequestPart], decide: Callable[[RequestPart], None]) -> None:
    faults: list[Fault] = []
    for part in sorted(parts, key=lambda part: part.pk):
        try:
            decide(part)
        except HubError as refused:
            faults += _placed(part, refused)
    if faults:
        raise NotAskable(_("Nothing was decided: some of these cannot be answered together."), faults=faults)


def _placed(part: RequestPart, refused: HubError) -> list[Fault]:
    place = f"{part.request.number}/{part.dataset.code}"
    found = getattr(refused, "faults", ()) or [Fault("", refused.code, str(refused.detail))]
    return [Fault(f"{place}.{fault.where}".rstrip("."), fault.rule, f"{place}: {fault.message}") for fault in found]
