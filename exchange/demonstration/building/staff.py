"""Enter the city's people and systems as its administrators would: the authority's first, then each department's own."""

from __future__ import annotations

from audit import acts
from catalog.actions import register_system
from catalog.models import Department, System
from exchange.accounts.actions import add_person
from exchange.accounts.models import Person, Role
from exchange.demonstration.building.founding import FOUNDING, departments
from exchange.demonstration.building.passwords import password_of
from exchange.demonstration.building.roll import ADMINISTRATOR, AUTHORITY_ADMINISTRATOR, EMPLOYEES, Employee, machines
from exchange.starting.telling import ChangingLine


def person(username: str) -> Person:
    """The person of this sign-in name, who must be there."""
    return Person.objects.get(username=username)  # type: ignore[no-any-return]


def of(department: str, post: str) -> Person:
    """Who holds a post (roll.ASKER for instance) in a department."""
    return person(f"{department.lower()}-{post}")


def enter_people() -> None:
    """Invite everybody with a first password; the first administrator is entered by the program."""
    known = set(Person.objects.filter(username__in=[employee.username for employee in EMPLOYEES]).values_list("username", flat=True))
    line = ChangingLine("  People")
    for number, employee in enumerate(EMPLOYEES):
        line.show(f"{number} of {len(EMPLOYEES)}")  # a good password hash takes its time
        if employee.username not in known:
            add_person(
                employee.username,
                names=employee.names,
                department=Department.objects.get(code=employee.department),
                role=employee.role,
                acting_user=_inviter(employee),
                password=password_of(employee.username),
            )
    line.end()


def _inviter(employee: Employee) -> Person | None:
    if employee.username == AUTHORITY_ADMINISTRATOR:
        return None
    if employee.department == "DATA" or employee.role == Role.ADMINISTRATOR:
        return person(AUTHORITY_ADMINISTRATOR)
    return of(employee.department, ADMINISTRATOR)


def enter_systems() -> None:
    """Register each system with a key that the hub holds: by its administrator, or at the founding where there is none."""
    known = set(acts.standing().systems) & set(System.objects.values_list("code", flat=True))
    for machine in machines({code: department["name"] for code, department in departments().items()}):
        if machine.code not in known:
            administrator = Person.objects.filter(username=f"{machine.department.lower()}-{ADMINISTRATOR}").first()
            register_system(
                Department.objects.get(code=machine.department),
                code=machine.code,
                name=machine.names,
                acting_user=administrator,
                acting_system="" if administrator else FOUNDING,
            )
