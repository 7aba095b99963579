"""An officer's look at what was found about a citizen is itself written down, and the citizen reads it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import transaction

from audit import trail
from exchange.accounts.subject import Subject, opened
from exchange.affairs.actions import require_provider
from exchange.affairs.models import Case, Objection
from exchange.affairs.recorded import by_officer, subject_of_case
from exchange.delivery.subjects import is_personal


@transaction.atomic
def record_view(case: Case, *, acting_user: Any, what: Iterable[str] = ()) -> bytes:
    """Record that `acting_user` is shown the case's evidence or trace: the leaf hash of the entry (32 bytes).

    `what` are requirement codes. Call it before anything is shown: no entry, no look.
    """
    subject, matter = subject_of_case(case), case.version.matter
    shown = sorted(set(what))
    route: dict[str, Any] = {
        "type": "view",
        "event": "evidence",
        "matter": matter.code,
        "case": case.number,
        "requirements": shown,
        "requester": matter.lead_id,
        "provider": "",
        "purpose": str(case.version.content.get("purpose", "")),
        "count": 1,
    }
    officer = by_officer(acting_user).officer
    named = trail.PersonNamed(subject.kind, subject.identifier, "subject", case.number, officer, list(shown), None)
    return trail.record(route, persons=(named,) if is_personal(subject.kind) else ()).leaf


@transaction.atomic
def open_objector(objection: Objection, *, acting_user: Any) -> Subject:
    """Whose record is said to be wrong, for whoever answers for the register; recorded first, and the person reads it.

    Raises NotThisOfficer.
    """
    require_provider(objection, acting_user)
    subject = opened(objection.subject_kind, objection.subject_sealed, blind=objection.subject_blind)
    route: dict[str, Any] = {
        "type": "view",
        "event": "objection",
        "requester": objection.provider,
        "provider": "",
        "dataset": objection.dataset,
        "count": 1,
    }
    officer = by_officer(acting_user).officer
    named = trail.PersonNamed(subject.kind, subject.identifier, "subject", "", officer, ["objection"], None)
    trail.record(route, persons=(named,) if is_personal(subject.kind) else ())
    return subject
