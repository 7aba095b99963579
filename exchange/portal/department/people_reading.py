"""What the pages about people show: one row a person, and everything that one person is here."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils import timezone

from exchange.accounts.acting import STEWARD
from exchange.accounts.actions.confirming import confirmed_by_code, due_for, may_confirm
from exchange.accounts.confirming import Due
from exchange.accounts.models import (
    DatasetUserObjectPermission,
    Deputyship,
    Invitation,
    Membership,
    PeopleChange,
    PeopleEvent,
    Person,
    Role,
)
from exchange.affairs.actions.appointing import PERMISSION
from exchange.affairs.models import MatterUserObjectPermission
from exchange.portal.department.desk import Desk

HISTORY = 200


@dataclass
class Row:
    """One person of the department, as the list shows them."""

    person: Person
    roles: list[Membership] = field(default_factory=list)
    deputyship: Deputyship | None = None
    is_invited: bool = False

    @property
    def confirmed_on(self) -> date | None:
        """When the role that waits longest was last confirmed; None where one never was."""
        days = [role.confirmed_at for role in self.roles]
        return None if None in days or not days else min(day for day in days if day)

    @property
    def is_due(self) -> bool:
        """Whether a role of the person waits to be confirmed."""
        return any(due_for(role, now=timezone.now()) is not Due.NOTHING for role in self.roles)

    @property
    def is_suspended(self) -> bool:
        """Whether a role of the person does not count for want of a confirmation."""
        return any(role.suspended_at for role in self.roles)


def people_rows(desk: Desk) -> list[Row]:
    """Everybody with a role that stands here and whom this person may see, by sign-in name."""
    now = timezone.now()
    standing = Membership.objects.visible_to(desk.person).not_ended(now).filter(department=desk.department)
    rows: dict[Any, Row] = {}
    for membership in standing.select_related("person").order_by("person__username", "role"):
        rows.setdefault(membership.person_id, Row(membership.person)).roles.append(membership)
    deputies = Deputyship.objects.not_over(now).filter(department=desk.department, holder__in=list(rows)).select_related("deputy")
    for deputyship in deputies.order_by("-valid_from"):  # the one that begins first stays
        rows[deputyship.holder_id].deputyship = deputyship
    for person_id in Invitation.objects.open().filter(person__in=list(rows)).values_list("person", flat=True):
        rows[person_id].is_invited = not rows[person_id].person.has_usable_password()
    return list(rows.values())


def due_roles(desk: Desk) -> list[Membership]:
    """Roles that wait to be confirmed and that this person may confirm; the authority's see administrators everywhere."""
    now = timezone.now()
    rows = Membership.objects.visible_to(desk.person).not_ended(now).select_related("person", "department")
    if not _is_authority(desk):
        rows = rows.filter(department=desk.department)
    due = [row for row in rows.order_by("department", "person__username", "role") if due_for(row, now=now) is not Due.NOTHING]
    return [row for row in due if _is_shown_here(row, desk) and may_confirm(row, desk.person)]


def stewards(desk: Desk, person: Person | None = None) -> QuerySet[DatasetUserObjectPermission]:
    """Stewards of the department's datasets; one's own only for those who do not administer people."""
    rows = DatasetUserObjectPermission.objects.filter(permission__codename=STEWARD, content_object__provider=desk.department)
    found: QuerySet[DatasetUserObjectPermission] = _seen(rows, desk, person).select_related("user", "content_object__current_version")
    return found.order_by("content_object__code", "user__username")


def officers_of_matters(desk: Desk, person: Person | None = None) -> QuerySet[MatterUserObjectPermission]:
    """Who decides the cases of which service that the department leads."""
    rows = MatterUserObjectPermission.objects.filter(permission__codename=PERMISSION, content_object__lead=desk.department)
    found: QuerySet[MatterUserObjectPermission] = _seen(rows, desk, person).select_related("user", "content_object__current")
    return found.order_by("content_object__code", "user__username")


def history_of(person: Person) -> list[PeopleChange]:
    """What happened to the person's roles, the newest first."""
    return list(PeopleChange.objects.filter(person=person).select_related("by", "deputy_of", "department")[:HISTORY])


def told(change: PeopleChange, names: dict[str, str]) -> str:
    """What a change was about, in words: a role, a person's name, or a code."""
    if change.event in (PeopleEvent.DEPUTY_NAMED, PeopleEvent.DEPUTY_ENDED):
        return names.get(change.about, "")
    return str(Role(change.about).label) if change.about in Role.values else change.about


def names_in(changes: list[PeopleChange]) -> dict[str, str]:
    """Names of the deputies that a history names, by id."""
    wanted = [change.about for change in changes if change.event in (PeopleEvent.DEPUTY_NAMED, PeopleEvent.DEPUTY_ENDED)]
    return {str(person.pk): person.display_name for person in Person.objects.filter(pk__in=wanted)}


def _seen(rows: Any, desk: Desk, person: Person | None) -> Any:
    if person is not None:
        return rows.filter(user=person)
    return rows if Role.ADMINISTRATOR in desk.roles else rows.filter(user=desk.person)


def _is_authority(desk: Desk) -> bool:
    return desk.department.code == str(settings.AUTHORITY_DEPARTMENT)


def _is_shown_here(row: Membership, desk: Desk) -> bool:
    """The authority's own roles and everybody's administrators at the authority; elsewhere what stands there."""
    return confirmed_by_code(row) == desk.department.code
