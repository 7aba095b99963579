"""People whose rights are over, or were planted straight into the database: whatever rows say, they may nothing more than they should."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib.auth.models import Permission
from django.test import Client
from django.utils import timezone

from catalog.models import Dataset, Department
from exchange.accounts import standing_in
from exchange.accounts.acting import SESSION_NAME
from exchange.accounts.actions import add_person
from exchange.accounts.models import DatasetUserObjectPermission, Deputyship, Membership, Person, Role
from exchange.affairs.models import Matter, MatterUserObjectPermission

_YESTERDAY = timedelta(days=1)


def former_deputy(name: str, *, holder: Person, department: Department) -> Person:
    """A clerk who stood in for `holder` until yesterday."""
    names = {"en": "Former Deputy", "zh": ""}
    person = add_person(name, names=names, department=department, role=Role.CLERK, acting_user=None)
    now = timezone.now()
    Deputyship.objects.create(
        holder=holder, deputy=person, department=department, valid_from=now - 9 * _YESTERDAY, valid_until=now - _YESTERDAY
    )
    return person


def as_former_deputy(client: Client, person: Person) -> None:
    """The session still says in whose place its owner acts."""
    session: Any = client.session
    deputyship = Deputyship.objects.get(deputy=person)
    session[standing_in.SESSION_NAME] = str(deputyship.holder_id)
    session[SESSION_NAME] = deputyship.department_id
    session.save()


def former_officer(name: str, *, department: Department, dataset: Dataset | None = None, matter: Matter | None = None) -> Person:
    """Somebody whose role ended yesterday: every permission row that Django knows stands, and those of `dataset` and `matter`."""
    names = {"en": "Former Officer", "zh": ""}
    person = add_person(name, names=names, department=department, role=Role.OFFICER, acting_user=None)
    person.user_permissions.set(Permission.objects.all())
    if dataset is not None:
        DatasetUserObjectPermission.objects.assign_perm("steward_dataset", person, obj=dataset)
    if matter is not None:
        MatterUserObjectPermission.objects.assign_perm("officer_of_matter", person, obj=matter)
    ended = timezone.now() - _YESTERDAY
    Membership.objects.filter(person=person).update(valid_from=ended - _YESTERDAY, valid_until=ended)
    return person
