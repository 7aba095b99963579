"""Reads of persons and their roles, named for what they mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models

if TYPE_CHECKING:
    from exchange.accounts.models import Person


class PersonQuerySet(models.QuerySet[Any]):
    """Persons."""

    def active(self) -> PersonQuerySet:
        """Those who may sign in."""
        return self.filter(is_active=True)


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Finds persons by their sign-in name; making one is `actions.add_person`, never a superuser."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this sign-in name. Raises Person.DoesNotExist."""
        person: Person = self.get(username=username)
        return person
