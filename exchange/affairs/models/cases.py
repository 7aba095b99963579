"""One citizen's run of one matter: its state, its clock's pauses, its decisions, and what was asked afterwards."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, ClassVar

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from exchange.affairs import querysets
from exchange.affairs.lifecycle import CaseState, ObjectionState
from exchange.affairs.models.matters import MatterVersion


class Channel(models.TextChoices):
    """Where a case was begun."""

    ONLINE = "ONLINE", _("Online")
    COUNTER = "COUNTER", _("At the counter")
    API = "API", _("Another program")
    OFFER = "OFFER", _("Offered by the office")


class Outcome(models.TextChoices):
    """How a case was decided; empty while it is not. OFFICER is a rule's answer only, never a case's."""

    GRANTED = "GRANTED", _("Granted")
    REFUSED = "REFUSED", _("Refused")


class How(models.TextChoices):
    """Who decided."""

    AT_ONCE = "AT_ONCE", _("At once, by the published rule")
    BY_OFFICER = "BY_OFFICER", _("By an officer")


class Case(models.Model):
    """An application. `number` is what people and exchanges call it; it says nothing about anybody.

    The subject is sealed with the column key and found by `subject_blind` (exchange/accounts/columns.py), never by a
    caller's choice. `person` is the account, empty at the counter. `assurance` is how sure the hub was who asked.
    `sent_as` names, as a hash, the request of a program that began it, so that the same one sent twice begins one case.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    number = models.CharField(max_length=32, unique=True)
    version = models.ForeignKey(MatterVersion, on_delete=models.PROTECT, related_name="cases")
    evidence_set = models.ForeignKey("affairs.EvidenceSet", on_delete=models.PROTECT, related_name="cases")
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="cases")
    subject_kind = models.CharField(max_length=32)
    subject_sealed = models.BinaryField()
    subject_blind = models.BinaryField(max_length=32)
    channel = models.CharField(max_length=16, choices=Channel)
    assurance = models.CharField(max_length=16)
    clerk = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    language = models.CharField(max_length=16, default="en")
    sent_as = models.CharField(max_length=71, null=True, blank=True, unique=True)
    state = models.CharField(max_length=16, choices=CaseState.choices(), default=CaseState.STARTED)
    outcome = models.CharField(max_length=16, choices=Outcome, blank=True)
    how = models.CharField(max_length=16, choices=How, blank=True)
    officer_needed = models.BooleanField(default=False)
    started_at = models.DateTimeField(auto_now_add=True)
    requested_at = models.DateTimeField(null=True, blank=True)
    submitted_at = models.DateTimeField(null=True, blank=True)
    decided_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    due_on = models.DateField(null=True, blank=True)
    due_is_provisional = models.BooleanField(default=False)

    objects = querysets.CaseQuerySet.as_manager()

    if TYPE_CHECKING:
        version_id: int
        evidence_set_id: uuid.UUID
        person_id: uuid.UUID | None

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        ordering = ("-started_at",)
        indexes = (
            models.Index(fields=("subject_blind", "-started_at"), name="case_by_subject"),
            models.Index(fields=("state", "due_on"), name="case_by_due"),
        )
        constraints = (
            models.CheckConstraint(condition=Q(state__in=[state.value for state in CaseState]), name="case_state_known"),
            models.CheckConstraint(condition=Q(outcome="") | Q(decided_at__isnull=False), name="case_outcome_has_a_time"),
        )

    def __str__(self) -> str:
        return self.number


class CaseStep(models.Model):
    """One thing that happened to a case, for its time line: which event, by whom (CITIZEN, HUB, OFFICER, CLERK), its entry."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="steps")
    event = models.CharField(max_length=32)
    by = models.CharField(max_length=16)
    at = models.DateTimeField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("step of a case")
        verbose_name_plural = _("steps of cases")
        ordering = ("case", "id")

    def __str__(self) -> str:
        return f"{self.event} {self.at:%Y-%m-%d}"


class Pause(models.Model):
    """Days on which a case's clock stands: PROVIDER_DOWN, SUPPLEMENT, SITE_VISIT, PUBLIC_NOTICE; open while `until` is empty."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="pauses")
    reason = models.CharField(max_length=32)
    requirement = models.CharField(max_length=64, blank=True)
    since = models.DateField()
    until = models.DateField(null=True, blank=True)

    class Meta:
        verbose_name = _("pause of a clock")
        verbose_name_plural = _("pauses of clocks")
        ordering = ("case", "since", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "reason", "requirement"), condition=Q(until__isnull=True), name="pause_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.reason} {self.since}"


class Decision(models.Model):
    """One decision about a case: the first, or a later one after a review. Trace and reasons are sealed for the subject.

    `trace` opened is the JSON of exchange.affairs.rules.Judgement; `rule_hash` names the matter version that judged.
    """

    class Kind(models.TextChoices):
        FIRST = "FIRST", _("Decision")
        REVIEW = "REVIEW", _("Review")

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="decisions")
    kind = models.CharField(max_length=16, choices=Kind)
    outcome = models.CharField(max_length=16, choices=Outcome)
    how = models.CharField(max_length=16, choices=How)
    trace = models.BinaryField()
    reasons = models.BinaryField(null=True, blank=True)
    decided_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    leaf = models.BinaryField(max_length=32)

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        ordering = ("case", "id")
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("case", "kind"), name="decision_once_of_a_kind"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.outcome}"


class SupplementNotice(models.Model):
    """The one complete list of what is missing; a case gets it once."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="notice")
    missing = models.BinaryField()
    sent_at = models.DateTimeField()
    sent_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("supplement notice")
        verbose_name_plural = _("supplement notices")

    def __str__(self) -> str:
        return f"notice {self.sent_at:%Y-%m-%d}"


class Appeal(models.Model):
    """A citizen asks for another look at a decision ("let a person look"), with a clock; words and answer are sealed."""

    case = models.OneToOneField(Case, on_delete=models.CASCADE, related_name="appeal")
    words = models.BinaryField()
    state = models.CharField(max_length=16, choices=ObjectionState.choices(), default=ObjectionState.OPEN)
    made_at = models.DateTimeField()
    due_on = models.DateField()
    due_is_provisional = models.BooleanField(default=False)
    answer = models.BinaryField(null=True, blank=True)
    settled_at = models.DateTimeField(null=True, blank=True)
    settled_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")

    def __str__(self) -> str:
        return f"appeal {self.state}"
