"""For which department, and in which role, a person acts: the one place that reads memberships to decide."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from catalog.models import Dataset, Department
from exchange.accounts.errors import NotAllowed, RoleNeeded

if TYPE_CHECKING:
    from exchange.accounts.models import Role

SESSION_NAME = "acting_department"
HEADER = "Acting-Department"
STEWARD = "steward_dataset"


def departments_as(person: Any, role: str, *, at: datetime | None = None) -> frozenset[str]:
    """Codes of the departments for which `person` plays `role` at `at` (default: now); none for a stranger."""
    if not _signed_in(person):
        return frozenset()
    rows = person.memberships.in_force(at or timezone.now()).filter(role=role)
    return frozenset(rows.values_list("department_id", flat=True))


def departments_of(person: Any, *, at: datetime | None = None) -> frozenset[str]:
    """Codes of the departments for which `person` plays any role."""
    if not _signed_in(person):
        return frozenset()
    return frozenset(person.memberships.in_force(at or timezone.now()).values_list("department_id", flat=True))


def roles_in(person: Any, department: Department | str, *, at: datetime | None = None) -> frozenset[str]:
    """The roles that `person` plays for `department`."""
    if not _signed_in(person):
        return frozenset()
    rows = person.memberships.in_force(at or timezone.now()).filter(department=_code(department))
    return frozenset(rows.values_list("role", flat=True))


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
    return DatasetUserObjectPermission.objects.filter(user=person, content_object=dataset, permission__codename=STEWARD).exists()


def stewarded(person: Any) -> frozenset[int]:
    """Keys of the datasets that `person` stewards."""
    from exchange.accounts.models import DatasetUserObjectPermission

    if not _signed_in(person):
        return frozenset()
    rows = DatasetUserObjectPermission.objects.filter(user=person, permission__codename=STEWARD)
    return frozenset(rows.filter(content_object__provider__in=departments_of(person)).values_list("content_object_id", flat=True))


def acting_department(request: HttpRequest) -> Department | None:
    """The department for which the caller acts in this request: named in the header, chosen before, or the only one.

    None when there are several and none was chosen. Raises NotAllowed for a department that is not the caller's.
    """
    codes = departments_of(request.user)
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


def choose_acting_department(request: HttpRequest, code: str) -> None:
    """Remember in the session for which department the caller acts. Raises NotAllowed when it is not the caller's."""
    if code not in departments_of(request.user):
        raise NotAllowed(_("You have no role in that department."))
    _session(request)[SESSION_NAME] = code


def _session(request: HttpRequest) -> Any:
    return getattr(request, "session", {})


def _signed_in(person: Any) -> bool:
    return bool(person is not None and getattr(person, "is_authenticated", False) and person.is_active)


def _code(department: Department | str) -> str:
    return department if isinstance(department, str) else department.code
