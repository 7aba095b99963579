"""Persons and what they may do for whom: one table for citizens and officers, one row per role in a department.

There is deliberately no superuser column: a row that anybody can flip in the database must open nothing.
"""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from exchange.accounts.querysets import PersonManager


class Person(AbstractBaseUser, PermissionsMixin):
    """A human being who signs in: an officer, an auditor, later a citizen.

    ``username`` is for officers and never an identifier. ``identifier_sealed`` is the register identifier as
    AES-256-GCM under KEYS_DIR/columns.key, ``identifier_blind`` its keyed hash to find it by; both empty for officers.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    username = models.CharField(max_length=150, unique=True, null=True, blank=True)
    name_en = models.CharField(max_length=100, blank=True)
    name_zh = models.CharField(max_length=100, blank=True)
    identifier_sealed = models.BinaryField(null=True, blank=True, editable=False)
    identifier_blind = models.BinaryField(max_length=32, null=True, blank=True, unique=True, editable=False)
    is_active = models.BooleanField(default=True)
    added_at = models.DateTimeField(auto_now_add=True)

    is_superuser = False  # type: ignore[assignment]  # replaces the mixin's column: nobody is above the roles
    is_staff = False

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects: ClassVar[Any] = PersonManager()

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                name="person_identifier_sealed_with_blind",
                condition=models.Q(identifier_sealed__isnull=True, identifier_blind__isnull=True)
                | models.Q(identifier_sealed__isnull=False, identifier_blind__isnull=False),
            ),
            models.CheckConstraint(
                name="person_known_by_something",
                condition=models.Q(username__isnull=False) | models.Q(identifier_blind__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return str(self.id)

    @property
    def display_name(self) -> str:
        """The name in the language that is active, else in the other one, else the sign-in name."""
        names = (self.name_zh, self.name_en) if (get_language() or "").startswith("zh") else (self.name_en, self.name_zh)
        return next((name for name in names if name), self.username or "")
