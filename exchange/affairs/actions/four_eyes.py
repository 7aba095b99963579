"""Who may act as an officer on a case: one appointed for its matter, and never in a matter of their own."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from exchange.accounts.hands import hands_of
from exchange.accounts.models.binding import Binding
from exchange.affairs.actions.appointing import decides_matter
from exchange.affairs.errors import NotThisOfficer
from exchange.affairs.models import Case
from exchange.affairs.recorded import By, by_officer


def require_officer(case: Case, person: Any) -> By:
    """Return who acts. Raises NotThisOfficer where the person does not decide this matter, or where it is their own case."""
    if not decides_matter(person, case.version.matter):
        raise NotThisOfficer(_("You do not decide cases of this matter. Ask the lead department's administrator."))
    if is_own(case, person):
        raise NotThisOfficer(_("This is your own case, or one that you began: a colleague must look at it."))
    return by_officer(person)


def is_own(case: Case, person: Any) -> bool:
    """Whether the case is about the officer, was begun from the officer's account, or by the officer as a clerk.

    An account that was ever bound to the subject counts: who ends a binding does not become a stranger by it. Whoever stands
    in for a colleague counts as one with the colleague.
    """
    hands = hands_of(person)
    if hands.did(case.person_id, case.started_at) or hands.did(case.clerk_id, case.started_at):
        return True
    return is_bound(person, case.subject_blind)


def not_own(cases: QuerySet[Case], person: Any) -> QuerySet[Case]:
    """The same for a list: the cases among `cases` that are not the officer's own."""
    hands = hands_of(person)
    mine = hands.done("person", "started_at") | hands.done("clerk", "started_at")
    accounts = (person.pk, *hands.now(timezone.now()))
    return cases.exclude(mine).exclude(subject_blind__in=Binding.objects.filter(person__in=accounts).values("blind"))


def is_bound(person: Any, subject_blind: bytes | memoryview) -> bool:
    """Whether the person's account, or that of whoever counts as one with them, is or ever was bound to a subject."""
    accounts = (person.pk, *hands_of(person).now(timezone.now()))
    return Binding.objects.filter(person__in=accounts, blind=bytes(subject_blind)).exists()
