"""What clocks are made of: the days on which they stand, extensions, and what somebody was reminded of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.sharing.lifecycle.clocks import ExtensionState
from exchange.sharing.models.columns import acting_person

TARGET_LENGTH = 64


class ClockKind(models.TextChoices):
    """Whose clock it is."""

    CORRECTION = "CORRECTION", _("Correction")
    DISPUTE = "DISPUTE", _("Dispute")
    PART = "PART", _("Part of a request")


class PauseReason(models.TextChoices):
    """Why a clock stands."""

    DISPUTE = "DISPUTE", _("a dispute is open")
    PROVIDER_OUTAGE = "PROVIDER_OUTAGE", _("the provider's system is down")
    PUBLIC_NOTICE = "PUBLIC_NOTICE", _("a public notice runs")
    SITE_VISIT = "SITE_VISIT", _("a site visit is under way")
    SUPPLEMENT = "SUPPLEMENT", _("something was missing and is being completed")


class ReminderKind(models.TextChoices):
    """What somebody is reminded of."""

    AGREEMENT_ENDS = "AGREEMENT_ENDS", _("An agreement ends soon")
    ALARM_RAISED = "ALARM_RAISED", _("Persons were looked up in numbers that nobody foresaw")
    CORRECTION_DUE = "CORRECTION_DUE", _("A correction request is due soon")
    CORRECTION_ESCALATED = "CORRECTION_ESCALATED", _("A department leaves a correction request unanswered")
    CORRECTION_OVERDUE = "CORRECTION_OVERDUE", _("A correction request is overdue")
    DISPUTE_DUE = "DISPUTE_DUE", _("A dispute is due soon")
    DISPUTE_ESCALATED = "DISPUTE_ESCALATED", _("A dispute is left lying")
    DISPUTE_OVERDUE = "DISPUTE_OVERDUE", _("A dispute is overdue")
    REQUEST_DUE = "REQUEST_DUE", _("A data request is due soon")
    REQUEST_ESCALATED = "REQUEST_ESCALATED", _("A department leaves a data request unanswered")
    REQUEST_OVERDUE = "REQUEST_OVERDUE", _("A data request is overdue")
    ROLES_UNCONFIRMED = "ROLES_UNCONFIRMED", _("Roles wait to be confirmed")


class ClockPause(models.Model):
    """Days on which a clock stands, both ends included; `until` None while it still stands."""

    kind = models.CharField(max_length=16, choices=ClockKind)
    target = models.CharField(max_length=TARGET_LENGTH)
    reason = models.CharField(max_length=16, choices=PauseReason)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)
    paused_by = acting_person()

    class Meta:
        ordering = ("since", "id")
        indexes = (models.Index(fields=("kind", "target"), name="clock_pause_of"),)
        constraints = (
            models.CheckConstraint(condition=Q(reason__in=PauseReason.values), name="clock_pause_reason_known"),
            models.UniqueConstraint(
                fields=("kind", "target", "reason"), condition=Q(until__isnull=True), name="clock_pause_open_once_for_a_reason"
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.target} {self.reason}"


class Extension(models.Model):
    """More days that the owner asked for, with the authority's answer."""

    kind = models.CharField(max_length=16, choices=ClockKind)
    target = models.CharField(max_length=TARGET_LENGTH)
    state = models.CharField(max_length=16, choices=ExtensionState.choices(), default=ExtensionState.ASKED)
    days = models.PositiveIntegerField()
    reason = models.TextField()
    answer = models.TextField(blank=True)
    asked_by = acting_person()
    asked_at = models.DateTimeField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    decided_by = acting_person()
    decided_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        department_id: str

    class Meta:
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=list(ExtensionState)), name="extension_state_known"),
            models.CheckConstraint(condition=Q(days__gt=0), name="extension_has_days"),
            # once in all: neither a second one after a first, nor another try after a refusal
            models.UniqueConstraint(fields=("kind", "target"), name="extension_asked_once"),
            models.CheckConstraint(
                condition=Q(state="ASKED") | (Q(decided_by__isnull=False) & ~Q(decided_by=F("asked_by"))),
                name="extension_decided_by_another",
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.target} {self.state}"


class Reminder(models.Model):
    """One reminder to one department, made once; `target` names what waits, never a person's identifier."""

    kind = models.CharField(max_length=32, choices=ReminderKind)
    target = models.CharField(max_length=TARGET_LENGTH)
    on = models.DateField()
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="reminders")
    made_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        department_id: str

    class Meta:
        ordering = ("-on", "id")
        indexes = (models.Index(fields=("department", "settled_at"), name="reminder_open"),)
        constraints = (
            models.CheckConstraint(condition=Q(kind__in=ReminderKind.values), name="reminder_kind_known"),
            models.UniqueConstraint(fields=("kind", "target", "on"), name="reminder_once"),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.target} {self.on}"
