"""Reads of persons and their roles, named for what they mean."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Q

if TYPE_CHECKING:
    from exchange.accounts.models import Deputyship, Invitation, Membership, Person, Program  # noqa: F401 - named in the base classes


class PersonQuerySet(models.QuerySet["Person"]):
    """Persons."""

    def active(self) -> PersonQuerySet:
        """Those who may sign in."""
        return self.filter(is_active=True)

    def visible_to(self, person: Any) -> PersonQuerySet:
        """Oneself, and the people of departments that one administers; the authority's administrators see all."""
        from exchange.accounts.acting import departments_as
        from exchange.accounts.models import Role

        codes = departments_as(person, Role.ADMINISTRATOR)
        if settings.AUTHORITY_DEPARTMENT in codes:
            return self
        return self.filter(Q(pk=person.pk) | Q(memberships__department__in=codes)).distinct()


class PersonManager(BaseUserManager.from_queryset(PersonQuerySet)):  # type: ignore[misc]
    """Finds persons by their sign-in name; making one is `actions.add_person`, never a superuser."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """The person with this sign-in name. Raises Person.DoesNotExist."""
        person: Person = self.get(username=username)
        return person


class MembershipQuerySet(models.QuerySet["Membership"]):
    """Roles of persons in departments."""

    def in_force(self, at: datetime) -> MembershipQuerySet:
        """Those that count at this moment; a person who may not sign in plays no role, and a suspended role counts for nothing."""
        return self.not_ended(at).filter(valid_from__lte=at, suspended_at__isnull=True)

    def not_ended(self, at: datetime) -> MembershipQuerySet:
        """Those of people who may sign in that stand, suspended ones too."""
        return self.filter(Q(valid_until__isnull=True) | Q(valid_until__gt=at), person__is_active=True)

    def visible_to(self, person: Any) -> MembershipQuerySet:
        """One's own, and those of the departments whose people one administers; the authority's administrators see all."""
        from exchange.accounts.acting import departments_as
        from exchange.accounts.models import Role

        codes = departments_as(person, Role.ADMINISTRATOR)
        if settings.AUTHORITY_DEPARTMENT in codes:
            return self
        return self.filter(Q(person=person) | Q(department__in=codes))


class DeputyshipQuerySet(models.QuerySet["Deputyship"]):
    """Who stands in for whom."""

    def in_force(self, at: datetime) -> DeputyshipQuerySet:
        """Those that count at this moment, as far as their own dates say."""
        return self.filter(valid_from__lte=at, valid_until__gt=at)

    def not_over(self, at: datetime) -> DeputyshipQuerySet:
        """Those in force and those to come."""
        return self.filter(valid_until__gt=at)

    def within(self, start: datetime, end: datetime) -> DeputyshipQuerySet:
        """Those that count at some moment from `start` to before `end`."""
        return self.filter(valid_from__lt=end, valid_until__gt=start)

    def visible_to(self, person: Any) -> DeputyshipQuerySet:
        """Those that one gave or has, and those of the departments that one administers; the authority's administrators see all."""
        from exchange.accounts.acting import departments_as
        from exchange.accounts.models import Role

        codes = departments_as(person, Role.ADMINISTRATOR)
        if settings.AUTHORITY_DEPARTMENT in codes:
            return self
        return self.filter(Q(holder=person) | Q(deputy=person) | Q(department__in=codes))


class InvitationQuerySet(models.QuerySet["Invitation"]):
    """Invitations."""

    def open(self) -> InvitationQuerySet:
        """Neither used nor withdrawn; an old one among them is over all the same."""
        return self.filter(used_at__isnull=True, withdrawn_at__isnull=True)


class ProgramQuerySet(models.QuerySet["Program"]):
    """Programs that act for people."""

    def in_force(self, at: datetime, *, idle_since: datetime) -> ProgramQuerySet:
        """Those that nobody ended, whose days are not over, and that were used since `idle_since`."""
        return self.filter(ended_at__isnull=True, ends_at__gt=at, used_at__gt=idle_since, person__is_active=True)
