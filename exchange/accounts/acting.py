"""For which department, in which role, and in whose place a person acts: the one place that reads memberships to decide.

Whoever stands in for a colleague (standing_in.py) has the colleague's rights in that department, and no others meanwhile.
The colleague's own rights are read, never what the colleague has as somebody's deputy: there is no chain.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataset, Department
from exchange.accounts import standing_in
from exchange.accounts.errors import DeputyOver, NotAllowed, RoleNeeded

if TYPE_CHECKING:
    from exchange.accounts.models import Role
    from exchange.accounts.querysets import MembershipQuerySet

SESSION_NAME = "acting_department"
HEADER = "Acting-Department"
STEWARD = "steward_dataset"


def departments_as(person: Any, role: str, *, at: datetime | None = None) -> frozenset[str]:
    """Codes of the departments for which `person` plays `role` at `at` (default: now); none for a stranger."""
    return frozenset(_memberships(person, at).filter(role=role).values_list("department_id", flat=True))


def departments_of(person: Any, *, at: datetime | None = None) -> frozenset[str]:
    """Codes of the departments for which `person` plays any role."""
    return frozenset(_memberships(person, at).values_list("department_id", flat=True))


def roles_in(person: Any, department: Department | str, *, at: datetime | None = None) -> frozenset[str]:
    """The roles that `person` plays for `department`."""
    return frozenset(_memberships(person, at).filter(department=_code(department)).values_list("role", flat=True))


def works_for(person: Any) -> frozenset[str]:
    """Codes of every department for which `person`, or whoever `person` stands in for, plays a role: for what that rules out."""
    from exchange.accounts.models import Membership

    rows = Membership.objects.in_force(timezone.now()).filter(person__in=(person.pk, in_place_of(person)))
    return frozenset(rows.values_list("department_id", flat=True))


def in_place_of(person: Any) -> uuid.UUID:
    """Whose appointments (stewardships, matters) count for `person` now: the person's own, or those of whom they stand in for."""
    found, _counts = standing_in.stands_in(person, timezone.now())
    return found.holder_id if found else person.pk


def acting_as(person: Any, department: Department | str, *roles: Role | str) -> None:
    """Return when `person` plays one of `roles` for `department` now. Raises RoleNeeded (403)."""
    if roles_in(person, department).isdisjoint({str(role) for role in roles}):
        names = ", ".join(str(role) for role in roles)
        detail = _("This needs the role %(roles)s in %(department)s. Ask its administrator for it.")
        raise RoleNeeded(detail % {"roles": names, "department": _code(department)}, roles=names, department=_code(department))


def is_steward(person: Any, dataset: Dataset) -> bool:
    """Whether `person` stewards `dataset` and still works for its provider.

    Reads guardian's own table directly: its shortcuts let superusers and groups through, we let neither.
    """
    from exchange.accounts.models import DatasetUserObjectPermission

    if not roles_in(person, dataset.provider_id):
        return False
    rows = DatasetUserObjectPermission.objects.filter(user=in_place_of(person), permission__codename=STEWARD)
    return rows.filter(content_object=dataset).exists()


def stewarded(person: Any) -> frozenset[int]:
    """Keys of the datasets that `person` stewards."""
    from exchange.accounts.models import DatasetUserObjectPermission

    if not _signed_in(person):
        return frozenset()
    rows = DatasetUserObjectPermission.objects.filter(user=in_place_of(person), permission__codename=STEWARD)
    return frozenset(rows.filter(content_object__provider__in=departments_of(person)).values_list("content_object_id", flat=True))


def acting_department(request: HttpRequest) -> Department | None:
    """The department for which the caller acts in this request: named in the header, chosen before, or the only one.

    None when there are several and none was chosen. Raises NotAllowed for a department that is not the caller's, DeputyOver
    for whoever wanted to stand in for somebody and may no longer.
    """
    codes = departments_of(request.user)
    if standing_in.is_over():
        raise DeputyOver(_("You do not stand in for this person, or no longer. From now on you act for yourself again."))
    named = request.headers.get(HEADER, "")
    if named and named not in codes:
        raise NotAllowed(_("You do not act for the department named in the header Acting-Department."))
    chosen = named or str(_session(request).get(SESSION_NAME, ""))
    if chosen not in codes:
        chosen = next(iter(codes)) if len(codes) == 1 else ""
    return Department.objects.filter(code=chosen).first() if chosen else None


def require_acting_department(request: HttpRequest) -> Department:
    """The same, but raises NotAllowed that says how to choose."""
    department = acting_department(request)
    if department is None:
        raise NotAllowed(_("Choose the department for which you act, then try again."), code="CHOOSE_DEPARTMENT")
    return department


def choose_acting_department(request: HttpRequest, code: str, *, deputy_of: uuid.UUID | None = None) -> None:
    """Remember in the session for which department the caller acts, and in whose place. Raises NotAllowed when they may not."""
    from exchange.accounts.models import Deputyship

    session = _session(request)
    session.pop(standing_in.SESSION_NAME, None)
    if deputy_of is not None:
        person: Any = request.user
        found = Deputyship.objects.in_force(timezone.now()).filter(deputy=person.pk, holder=deputy_of, department=code).exists()
        if not found:
            raise NotAllowed(_("You do not stand in for this person now."))
        session[standing_in.SESSION_NAME] = str(deputy_of)
    elif code not in departments_of(request.user):
        raise NotAllowed(_("You have no role in that department."))
    session[SESSION_NAME] = code


def _session(request: HttpRequest) -> Any:
    return getattr(request, "session", {})


def _memberships(person: Any, at: datetime | None) -> MembershipQuerySet:
    """The rows of roles that count for `person`: none for a stranger, a colleague's for whoever stands in for that colleague.

    In no order, which would take longer than the rows: several are read for each page.
    """
    from exchange.accounts.models import Membership

    if not _signed_in(person):
        return Membership.objects.none()
    moment = at or timezone.now()
    found, counts = standing_in.stands_in(person, moment)
    if not counts:
        return Membership.objects.none()
    if found is None:
        return Membership.objects.in_force(moment).filter(person=person.pk).order_by()
    return Membership.objects.in_force(moment).filter(person=found.holder_id, department=found.department_id).order_by()


def _signed_in(person: Any) -> bool:
    return bool(person is not None and getattr(person, "is_authenticated", False) and person.is_active)


def _code(department: Department | str) -> str:
    return department if isinstance(department, str) else department.code
