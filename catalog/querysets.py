"""What is read from the catalogue, in words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q

from catalog.lifecycle import WorkState

if TYPE_CHECKING:
    from catalog.models import DataItem, Dataset, DatasetVersion, Key, Load, Work  # noqa: F401 - named in quotes below


class KeyQuerySet(models.QuerySet["Key"]):
    """Certified keys."""

    def in_force(self) -> KeyQuerySet:
        """Not revoked; whether a certificate has run out is read against the clock by whoever verifies."""
        return self.filter(revoked_seq=None)


class DatasetQuerySet(models.QuerySet["Dataset"]):
    """Datasets."""

    def published(self) -> DatasetQuerySet:
        """With a description that its provider has signed."""
        return self.exclude(current_version=None)

    def visible_to(self, person: Any) -> DatasetQuerySet:
        """What the catalogue shows to this person. The descriptions are public, to strangers too; the rows are not."""
        return self.published()

    def open_data(self) -> DatasetQuerySet:
        """Those that call themselves open; whether rows may leave is decided from the acts (`offering.open_offering`)."""
        return self.published().filter(open=True, sensitivity=1, sharing_attribute="UNCONDITIONAL", offline=False)

    def with_details(self) -> DatasetQuerySet:
        """With what a page about a dataset shows, in a fixed number of queries."""
        return self.select_related("provider", "current_version", "current_revision").prefetch_related(
            "current_version__items", "current_version__facts"
        )


class DatasetVersionQuerySet(models.QuerySet["DatasetVersion"]):
    """Published descriptions."""

    def newest_first(self) -> DatasetVersionQuerySet:
        """In the order of their acts, the newest first."""
        return self.order_by("-act_seq")


class DataItemQuerySet(models.QuerySet["DataItem"]):
    """Columns of a description."""

    def may_be_asked(self) -> DataItemQuerySet:
        """Those that a request may name."""
        return self.filter(restricted=False).exclude(sharing_attribute="NOT_SHARED")


class LoadQuerySet(models.QuerySet["Load"]):
    """Uploaded files."""

    def visible_to(self, person: Any) -> LoadQuerySet:
        """Those of the departments for which this person publishes."""
        from catalog import permission

        return self.filter(dataset__provider__in=permission.departments(person, permission.PUBLISHER))


class WorkQuerySet(models.QuerySet["Work"]):
    """Work that must not be lost."""

    def due(self, at: datetime) -> WorkQuerySet:
        """Waiting and past its time, or leased by somebody who fell silent."""
        return self.filter(Q(state=WorkState.WAITING, not_before__lte=at) | Q(state=WorkState.LEASED, leased_until__lt=at))
