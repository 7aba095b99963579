"""Giving back what nobody used: one step from the figures to a request that replaces the agreement with less."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Department
from exchange.accounts.acting import acting_as
from exchange.accounts.models import Person, Role
from exchange.sharing.actions.amending import amend, terms_of
from exchange.sharing.actions.asking import edit_part, submit
from exchange.sharing.errors import NotThatSide, StateChanged
from exchange.sharing.lifecycle import PartState
from exchange.sharing.models import Agreement, RequestPart
from exchange.sharing.used import Use, use_of


def narrow(agreement: Agreement, *, acting_user: Person, department: Department) -> RequestPart:
    """Ask for the same agreement with what was used in the last thirty days alone, and hand the request in.

    The old one works until the new one is signed. Raises RoleNeeded, NotThatSide, StateChanged where nothing is idle or a
    change is on its way, and whatever `amend` and `submit` raise.
    """
    acting_as(acting_user, department, Role.OFFICER)
    if agreement.requester_id != department.code:
        raise NotThatSide(_("The requester gives back what it does not use; the owner can restrict an item, suspend or revoke."))
    used = use_of(agreement, timezone.now())
    if not used.may_narrow:
        raise StateChanged(_("Nothing lies idle: what is agreed was used, or nothing was used at all."), state=agreement.state)
    with transaction.atomic():
        part = amend(agreement, acting_user=acting_user, department=department)
        if part.state != PartState.DRAFT:
            raise StateChanged(_("A request that would replace it is on its way already."), state=part.state)
        terms = terms_of(agreement)
        kept = replace(terms, **_kept(used, agreement))
        edit_part(part, terms=kept, edition=part.request.edition, acting_user=acting_user, department=department)
        submit(part.request, acting_user=acting_user, department=department)
    part.refresh_from_db()
    return part


def _kept(used: Use, agreement: Agreement) -> dict[str, Any]:
    facts = {fact["fact"]: fact["with"] for fact in agreement.document["facts"] if fact["fact"] not in used.unasked}
    return {
        "items": [item for item in used.items if item not in used.unread],
        "facts": facts,
        "methods": [method for method in used.methods if method not in used.unused_methods],
        "systems": [system for system in agreement.document["systems"] if system not in used.silent_systems],
    }
