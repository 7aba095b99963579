"""Service matters and their versions: what was loaded stays; a case keeps the version that it began with."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import orjson
from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import GroupObjectPermissionBase, UserObjectPermissionBase

from audit.proof.canonical import CanonicalError, document_hash
from catalog.models import Department, in_active_language
from exchange.affairs.errors import Altered


class Matter(models.Model):
    """One service matter; `code` as in its file (M04), `slug` in addresses. Closed by `is_open`, never deleted."""

    code = models.CharField(max_length=32, primary_key=True)
    slug = models.SlugField(max_length=64, unique=True)
    lead = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="matters")
    current = models.ForeignKey("affairs.MatterVersion", on_delete=models.PROTECT, null=True, related_name="+")
    is_open = models.BooleanField(default=True)

    if TYPE_CHECKING:
        lead_id: str
        current_id: int | None

    class Meta:
        verbose_name = _("service matter")
        verbose_name_plural = _("service matters")
        ordering = ("code",)
        permissions = (("officer_of_matter", _("Decides the cases of this matter")),)

    def __str__(self) -> str:
        return self.code


class MatterVersion(models.Model):
    """One immutable content of a matter's file, named by its hash (`sha256:` + hex of its canonical JSON)."""

    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="versions")
    hash = models.CharField(max_length=71, unique=True)
    document = models.TextField()
    loaded_at = models.DateTimeField(auto_now_add=True)

    if TYPE_CHECKING:
        matter_id: str

    class Meta:
        verbose_name = _("version of a matter")
        verbose_name_plural = _("versions of matters")
        ordering = ("matter", "-id")

    def __str__(self) -> str:
        return f"{self.matter_id} {self.hash[7:15]}"

    @property
    def content(self) -> dict[str, Any]:
        """The file's content; shape: exchange/jurisdictions/schema/matter.json. Raises Altered where the hash is another's."""
        require_unaltered(self.hash, self.document)
        read: dict[str, Any] = orjson.loads(self.document)
        return read

    @property
    def title(self) -> str:
        """The matter's name in the reader's language."""
        names = self.content["title"]
        return in_active_language(names["en"], names["zh"])


@lru_cache(maxsize=256)
def require_unaltered(name: str, document: str) -> None:
    """Return when a version's document is the one that its hash names: nobody judges by a rule that was never published."""
    try:
        found = document_hash(orjson.loads(document))
    except (ValueError, CanonicalError):
        raise Altered from None
    if found != name:
        raise Altered


class MatterUserObjectPermission(UserObjectPermissionBase):
    """Which officer decides the cases of which matter: django-guardian's row with a real foreign key."""

    content_object = models.ForeignKey(Matter, on_delete=models.CASCADE)

    class Meta(UserObjectPermissionBase.Meta):
        verbose_name = _("officer of a matter")
        verbose_name_plural = _("officers of matters")


class MatterGroupObjectPermission(GroupObjectPermissionBase):
    """The same for groups; nobody is given one yet, but guardian wants both."""

    content_object = models.ForeignKey(Matter, on_delete=models.CASCADE)

    class Meta(GroupObjectPermissionBase.Meta):
        verbose_name = _("group of officers of a matter")
        verbose_name_plural = _("groups of officers of matters")
