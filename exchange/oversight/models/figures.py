"""What the figures are counted from: one row for each material of each decided case. Rebuildable from cases and log."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.affairs.models import Case, Outcome


class Met(models.TextChoices):
    """How one material of one decided case was met. Only SPARED is a proof spared."""

    SPARED = "SPARED", _("Spared: an office was asked, and the question stands in the log")
    ABOLISHED = "ABOLISHED", _("Not asked for any more")
    PROMISED = "PROMISED", _("Promised by the citizen")
    BROUGHT = "BROUGHT", _("Brought by the citizen after all")
    TOLD = "TOLD", _("Told by the citizen")
    BY_OFFICER = "BY_OFFICER", _("Found out by an officer")
    FAILED = "FAILED", _("Not met")


class CountedCase(models.Model):
    """One decided case as the figures count it: when (local date), how fast in working days, at once or not."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, primary_key=True, related_name="counted")
    matter = models.CharField(max_length=32)
    decided_on = models.DateField()
    working_days = models.PositiveIntegerField()
    at_once = models.BooleanField()
    outcome = models.CharField(max_length=16, choices=Outcome)

    if TYPE_CHECKING:
        case_id: object

    class Meta:
        verbose_name = _("counted case")
        verbose_name_plural = _("counted cases")
        indexes = (models.Index(fields=("matter", "decided_on"), name="counted_by_matter"),)

    def __str__(self) -> str:
        return f"{self.matter} {self.decided_on}"


class SparedProof(models.Model):
    """One material of one decided case: how it was met, and the leaf hashes (32 bytes each) of the entries where it was spared.

    `disposition` is that of the matter file (VERIFIED, SHARED, COMMITMENT …); `met` is what really happened.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="materials_met")
    matter = models.CharField(max_length=32)
    material = models.CharField(max_length=64)
    disposition = models.CharField(max_length=32)
    met = models.CharField(max_length=16, choices=Met)
    decided_on = models.DateField()
    leaves = models.BinaryField(null=True, blank=True)

    class Meta:
        verbose_name = _("material of a decided case")
        verbose_name_plural = _("materials of decided cases")
        indexes = (models.Index(fields=("matter", "decided_on", "met"), name="spared_by_matter"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "material"), name="spared_once_per_material"),
            models.CheckConstraint(condition=~Q(met=Met.SPARED) | Q(leaves__isnull=False), name="spared_has_its_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.matter} {self.material} {self.met}"
