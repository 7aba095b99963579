"""Find matters that are open for applications, and read a version's plan."""

from __future__ import annotations

from functools import lru_cache

import orjson
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from exchange.affairs.errors import NoSuchMatter
from exchange.affairs.matters.plan import Plan
from exchange.affairs.models import Matter, MatterVersion
from exchange.affairs.models.matters import require_unaltered


def open_matters() -> QuerySet[Matter]:
    """Matters that may be applied for, each with its version in force."""
    return Matter.objects.filter(is_open=True, current__isnull=False).select_related("current", "lead").order_by("code")


def matter_by_slug(slug: str) -> Matter:
    """An open matter by its name in addresses. Raises NoSuchMatter."""
    matter = open_matters().filter(slug=slug).first()
    if matter is None:
        raise NoSuchMatter(_("This service is not offered here, or not any more. Choose one from the list of services."))
    return matter


def plan_of(version: MatterVersion) -> Plan:
    """The plan of a version; versions never change, so each is read once a process. Raises Altered where one was changed."""
    return _plan(version.hash, version.document)


@lru_cache(maxsize=256)
def _plan(name: str, document: str) -> Plan:
    require_unaltered(name, document)
    return Plan(orjson.loads(document))
