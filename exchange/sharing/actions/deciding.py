"""What the owner of a dataset does with a checked part: approve, item by item, or refuse with reason and ground."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from audit import acts
from audit.errors import Fault
from audit.proof.acts import Standing
from audit.proof.acts.rows import filtered_items
from audit.proof.acts.scope import OWNER_CHECK
from catalog.models import Department
from exchange.accounts.models import Person
from exchange.sharing import jurisdiction
from exchange.sharing.actions.asking import wanted
from exchange.sharing.actions.proposing import propose, require_provider_key
from exchange.sharing.askable import askable_faults
from exchange.sharing.errors import NotAskable, NotThatSide
from exchange.sharing.foreseeing import needs_two
from exchange.sharing.lifecycle import PartEvent, RefusalGround
from exchange.sharing.models import Agreement, RequestedFact, RequestedItem, RequestPart, Wish, Wished
from exchange.sharing.moves import move_part
from exchange.sharing.sides import require_part_step
from exchange.sharing.verdicts import GRANTED, Review, Verdict, Verdicts, verdict_faults


@transaction.atomic
def approve(
    part: RequestPart,
    *,
    acting_user: Person,
    department: Department,
    verdicts: Verdicts | None = None,
    note: str = "",
) -> Agreement | None:
    """Approve a checked part as `verdicts` say (what is not named is granted); fixes and signs the text.

    None where something of sensitivity 4 is given: then a second officer of the owner confirms. Raises NotThatSide,
    StateChanged, FourEyes, HubCustody, and NotAskable when nothing is left or the data changed.
    """
    require_part_step(acting_user, department, part, PartEvent.APPROVE)
    standing = acts.standing()
    require_owner_by_acts(standing, part, department)
    _decide(part, verdicts or {}, standing)
    require_still_askable(part, standing)
    now = timezone.now()
    who: dict[str, Any] = {"acting_user": acting_user, "department": department, "note": note}
    if touches_most_sensitive(part, standing):
        require_provider_key(part, standing)
        move_part(part, PartEvent.APPROVE_FIRST, **who, first_approved_by=acting_user, first_approved_at=now)
        return None
    move_part(part, PartEvent.APPROVE, **who, decided_by=acting_user, decided_at=now)
    return propose(part, standing, offered=None, approved_by=acting_user)


@transaction.atomic
def refuse(part: RequestPart, *, reason: str, ground: str, acting_user: Person, department: Department) -> None:
    """Refuse a checked part with a written reason and a coded legal ground (lifecycle.RefusalGround)."""
    require_part_step(acting_user, department, part, PartEvent.REFUSE)
    faults = []
    if not reason.strip():
        faults.append(Fault("reason", "required", _("Write why, so that the requester can act on it.")))
    if ground not in {code.value for code in RefusalGround}:
        codes = ", ".join(jurisdiction.refusal_grounds())
        faults.append(Fault("ground", "unknown", _("Choose a legal ground among: %(codes)s.") % {"codes": codes}))
    if faults:
        raise NotAskable(_("A refusal has a reason and a legal ground."), faults=faults)
    decided = {"decided_by": acting_user, "decided_at": timezone.now(), "decision_reason": reason, "ground": ground}
    move_part(part, PartEvent.REFUSE, acting_user=acting_user, department=department, note=reason, **decided)
    verdict = Verdict(Wish.REFUSED, ground, reason)
    _write(part, {wish.wish: verdict for wish in wishes_of(part)})


def require_owner_by_acts(standing: Standing, part: RequestPart, department: Department) -> None:
    """The table says who owns the dataset; before the hub signs for somebody, the signed acts must say it too."""
    if standing.datasets.get(part.dataset.code) != department.code:
        raise NotThatSide(_("By the signed acts this dataset belongs to another department."))


def require_still_askable(part: RequestPart, standing: Standing) -> None:
    """Return while something is left to give, and the dataset still gives it. Raises NotAskable."""
    wishes = wishes_of(part)
    if all(wish.decision == Wish.REFUSED for wish in wishes):
        raise NotAskable(_("Nothing is left: refuse the whole part instead, with its legal ground."), code="NOTHING_LEFT")
    refused = {f"{part.dataset.code}.{wish.wish}" for wish in wishes if wish.decision == Wish.REFUSED}
    faults = [fault for fault in askable_faults(wanted(part), standing) if fault.where not in refused]
    if faults:
        raise NotAskable(_("The dataset has changed since it was asked: refuse these, or return the part."), faults=faults)


def touches_most_sensitive(part: RequestPart, standing: Standing) -> bool:
    """Whether what is given, or what its rows are chosen by, has sensitivity 4. Of own rows two officers answer already."""
    if part.request.purpose_id == OWNER_CHECK:
        return False
    document = standing.versions[part.dataset.code].version
    given = [wish for wish in wishes_of(part) if wish.decision != Wish.REFUSED]
    items = [wish.name for wish in given if isinstance(wish, RequestedItem)]
    facts = [wish.name for wish in given if isinstance(wish, RequestedFact)]
    return needs_two(document, items, facts, filtered_items(part.row_filter))


def wishes_of(part: RequestPart) -> list[Any]:
    """Every asked item and fact, fresh from the database."""
    return [*RequestedItem.objects.filter(part=part), *RequestedFact.objects.filter(part=part)]


def forget_decisions(part: RequestPart) -> None:
    """Back to asked: whoever decides next begins anew."""
    nothing = {"decision": Wish.ASKED, "reason": "", "ground": ""}
    RequestedItem.objects.filter(part=part).update(**nothing, keep_first=None, keep_last=None)
    RequestedFact.objects.filter(part=part).update(**nothing)


def _decide(part: RequestPart, verdicts: Verdicts, standing: Standing) -> None:
    current = standing.versions.get(part.dataset.code)
    document: Mapping[str, Any] = current.version if current else {"items": [], "facts": []}
    asked = [wish.wish for wish in wishes_of(part)]
    faults = verdict_faults(verdicts, Review(asked, document, filtered_items(part.row_filter)))
    if faults:
        raise NotAskable(_("Some of what is decided does not hold."), faults=faults)
    _write(part, {wish: verdicts.get(wish, GRANTED) for wish in asked})


def _write(part: RequestPart, verdicts: Verdicts) -> None:
    for wish in wishes_of(part):
        _row(wish).update(**_columns_of(wish, verdicts[wish.wish]))


def _row(wish: Wished) -> Any:
    return type(wish).objects.filter(pk=wish.pk)  # type: ignore[attr-defined]


def _columns_of(wish: Wished, verdict: Verdict) -> dict[str, Any]:
    columns = verdict.columns
    own = {"decision", "ground", "reason"} if isinstance(wish, RequestedFact) else columns.keys()
    return {name: columns[name] for name in own}
