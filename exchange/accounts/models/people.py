"""Persons and what they may do for whom: one table for citizens and officers, one row per role in a department.

There is deliberately no superuser column: a row that anybody can flip in the database must open nothing.
"""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from catalog.models import Dataset, Department, in_active_language
from exchange.accounts.querysets import MembershipQuerySet, PersonManager


class Role(models.TextChoices):
    """What a person does for a department."""

    ADMINISTRATOR = "ADMINISTRATOR", _("Administrator: keys and people")
    AUDITOR = "AUDITOR", _("Auditor: reads and checks the log")
    CLERK = "CLERK", _("Clerk: helps citizens at a counter")
    OFFICER = "OFFICER", _("Officer: asks, approves, signs")
    PUBLISHER = "PUBLISHER", _("Publisher: publishes and loads data")
    REVIEWER = "REVIEWER", _("Reviewer: checks requests for the sharing authority")


class Person(AbstractBaseUser, PermissionsMixin):
    """A human being who signs in: an officer, an auditor, a citizen.

    ``username`` is chosen by people and never an identifier. ``identifier_sealed`` is the register identifier as
    AES-256-GCM under KEYS_DIR/columns.key and good in this row only, ``identifier_blind`` its keyed hash to find it by,
    ``identifier_kind`` its kind; ``assurance`` says how sure that is (exchange/accounts/subject.py). All empty while the
    account is bound to nobody; the history of it is in Binding. ``sign_outs`` counts how often every session was ended.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True, null=True, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    name_zh = models.CharField(max_length=100, blank=True)
    identifier_kind = models.CharField(max_length=32, blank=True, editable=False)
    identifier_sealed = models.BinaryField(null=True, blank=True, editable=False)
    identifier_blind = models.BinaryField(max_length=32, null=True, blank=True, unique=True, editable=False)
    assurance = models.CharField(max_length=16, blank=True, editable=False)
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField(auto_now_add=True)
    sign_outs = models.PositiveIntegerField(default=0, editable=False)

    is_superuser = False  # replaces the mixin's column: nobody is above the roles
    is_staff = False

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[Any] = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints = (
            models.CheckConstraint(
                name="person_identifier_sealed_with_blind",
                condition=models.Q(identifier_sealed__isnull=True, identifier_blind__isnull=True)
                | models.Q(identifier_sealed__isnull=False, identifier_blind__isnull=False),
            ),
            models.CheckConstraint(
                name="person_known_by_something",
                condition=models.Q(username__isnull=False) | models.Q(identifier_blind__isnull=False),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)

    @property
    def display_name(self) -> str:
        """The name in the language that is active, else in the other one, else the sign-in name."""
        return in_active_language(self.name_en, self.name_zh) or self.username or ""

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session holds of its account (HMAC-SHA256): it changes with the password and whenever all sessions are ended."""
        salt = "exchange.accounts.models.Person.session"
        return str(salted_hmac(salt, f"{self.password}:{self.sign_outs}", secret=secret, algorithm="sha256").hexdigest())


class Membership(models.Model):
    """One role of one person in one department, for a time. Ended, never deleted.

    `confirmed_at` is when an administrator last said that it is still needed; `suspended_at` when it stopped counting because
    nobody did (exchange/accounts/confirming.py).
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=16, choices=Role)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    confirmed_at = models.DateTimeField(null=True, blank=True)
    confirmed_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    suspended_at = models.DateTimeField(null=True, blank=True)

    objects = MembershipQuerySet.as_manager()

    if TYPE_CHECKING:
        department_id: str
        person_id: uuid.UUID

    class Meta:
        verbose_name = _("role of a person")
        verbose_name_plural = _("roles of persons")
        ordering = ("department", "role", "valid_from")
        constraints = (
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="membership_role_known"),
            models.CheckConstraint(
                condition=models.Q(valid_until__isnull=True) | models.Q(valid_until__gte=models.F("valid_from")),
                name="membership_ends_after_its_start",
            ),
            models.UniqueConstraint(
                fields=("person", "department", "role"),
                condition=models.Q(valid_until__isnull=True),
                name="membership_open_once",
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.role} {self.department_id}"


class DatasetUserObjectPermission(UserObjectPermissionBase):
    """Who stewards which dataset: django-guardian's row with a real foreign key."""

    content_object = models.ForeignKey(Dataset, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("steward of a dataset")
        verbose_name_plural = _("stewards of datasets")


class DatasetGroupObjectPermission(GroupObjectPermissionBase):
    """The same for groups; nobody is given one yet, but guardian wants both."""

    content_object = models.ForeignKey(Dataset, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("group of stewards of a dataset")
        verbose_name_plural = _("groups of stewards of datasets")
