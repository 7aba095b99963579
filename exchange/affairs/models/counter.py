"""A citizen at a counter: one visit at a time for each clerk, shown to the citizen on a second screen, wiped at its end."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.affairs.counter.lifecycle import VisitState
from exchange.affairs.models.cases import Case
from exchange.affairs.models.matters import Matter


class CounterDesk(models.Model):
    """A clerk's desk: `screen` is the random part of the address that its second screen shows, good until it is renewed."""

    clerk = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="counter_desk")
    screen = models.CharField(max_length=32, unique=True)
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("counter desk")
        verbose_name_plural = _("counter desks")

    def __str__(self) -> str:
        return f"desk {self.pk}"


class CounterVisit(models.Model):
    """One citizen at one desk. The subject is sealed, and emptied when the visit ends: a clerk keeps nothing.

    `confirmed_how` is SCREEN (the citizen pressed the button on the second screen) or SLIP (signed on paper, kept under
    `slip`, a number that says nothing about anybody).
    """

    class Confirmed(models.TextChoices):
        SCREEN = "SCREEN", _("On the second screen")
        SLIP = "SLIP", _("On a signed slip")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="counter_visits")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    matter = models.ForeignKey(Matter, on_delete=models.PROTECT, related_name="+")
    slip = models.CharField(max_length=16, unique=True)
    subject_kind = models.CharField(max_length=32, blank=True)
    subject_sealed = models.BinaryField(null=True, blank=True)
    state = models.CharField(max_length=16, choices=VisitState.choices(), default=VisitState.WAITING)
    confirmed_how = models.CharField(max_length=16, choices=Confirmed, blank=True)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, null=True, blank=True, related_name="visits")
    began_at = models.DateTimeField()
    last_used_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        clerk_id: uuid.UUID
        case_id: uuid.UUID | None
        department_id: str
        matter_id: str

    class Meta:
        verbose_name = _("visit at a counter")
        verbose_name_plural = _("visits at a counter")
        ordering = ("-began_at",)
        constraints = (
            models.UniqueConstraint(fields=("clerk",), condition=~Q(state="ENDED"), name="visit_one_at_a_desk"),
            models.CheckConstraint(condition=~Q(state="ENDED") | Q(subject_sealed__isnull=True), name="visit_wiped_when_ended"),
        )

    def __str__(self) -> str:
        return f"visit {self.slip} {self.state}"


class AccountCode(models.Model):
    """What a clerk printed for a citizen seen in person: typed into an account, it binds that account. Used once; kept as a keyed hash."""

    code_hash = models.BinaryField(max_length=32, unique=True)
    subject_kind = models.CharField(max_length=32)
    subject_sealed = models.BinaryField()
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    given_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("account code")
        verbose_name_plural = _("account codes")

    def __str__(self) -> str:
        return f"account code {self.pk}"
