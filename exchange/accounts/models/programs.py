"""Programs that act for a person, and keys that a program has handed in. Codes and tokens stand here as keyed hashes only."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.accounts.querysets import ProgramQuerySet

MACHINE_LENGTH = 80
KEYID_LENGTH = 160


class AskingState(models.TextChoices):
    """Where a program's wish for access stands."""

    WAITING = "WAITING", _("nobody has answered yet")
    ALLOWED = "ALLOWED", _("allowed, not collected yet")
    REFUSED = "REFUSED", _("refused")
    COLLECTED = "COLLECTED", _("the program has its token")


class ProgramAsking(models.Model):
    """A program asks for access (RFC 8628). `device_hash` and `user_code_hash` are keyed hashes of its two codes.

    `address_hash` says whether program and person come from the same network address, and nothing else. `account_hash` is set when
    a person allows it: what the program then gets ends with the person's password and sessions, even before it is collected.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    device_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    user_code_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    address_hash = models.BinaryField(max_length=32, editable=False)
    account_hash = models.BinaryField(max_length=32, null=True, blank=True, editable=False)
    machine = models.CharField(max_length=MACHINE_LENGTH)
    scopes = models.JSONField()
    state = models.CharField(max_length=16, choices=AskingState, default=AskingState.WAITING)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, null=True, blank=True, related_name="+")
    asked_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    interval_s = models.PositiveSmallIntegerField()
    polled_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        person_id: uuid.UUID | None

    class Meta:
        verbose_name = _("program that asks for access")
        verbose_name_plural = _("programs that ask for access")
        constraints = (
            models.CheckConstraint(condition=Q(state__in=AskingState.values), name="program_asking_state_known"),
            models.CheckConstraint(
                condition=~Q(state__in=(AskingState.ALLOWED, AskingState.COLLECTED)) | Q(person__isnull=False, account_hash__isnull=False),
                name="program_asking_allowed_by_a_person",
            ),
        )

    def __str__(self) -> str:
        return f"{self.id} {self.state}"


class Program(models.Model):
    """Access of one program in one person's name. `token_hash` is a keyed hash; `account_hash` ties it to password and sessions."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="programs")
    token_hash = models.BinaryField(max_length=32, unique=True, editable=False)
    account_hash = models.BinaryField(max_length=32, editable=False)
    machine = models.CharField(max_length=MACHINE_LENGTH)
    scopes = models.JSONField()
    allowed_at = models.DateTimeField()
    used_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    objects = ProgramQuerySet.as_manager()

    if TYPE_CHECKING:
        person_id: uuid.UUID

    class Meta:
        verbose_name = _("program")
        verbose_name_plural = _("programs")
        ordering = ("-allowed_at", "id")
        constraints = (models.CheckConstraint(condition=Q(ends_at__gt=models.F("allowed_at")), name="program_ends_after_its_start"),)

    def __str__(self) -> str:
        return f"{self.id} for {self.person_id}"


class KeyWish(models.TextChoices):
    """What is asked about a key."""

    CERTIFY = "CERTIFY", _("Certify a new key")
    REVOKE = "REVOKE", _("End a key that was replaced")


class KeyRequestState(models.TextChoices):
    """Where it stands."""

    WAITING = "WAITING", _("waits for an administrator")
    DONE = "DONE", _("done")
    REFUSED = "REFUSED", _("refused")


class KeyRequest(models.Model):
    """A key that was handed in to be certified, or whose end is asked. An administrator decides; until then nothing has changed."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    wish = models.CharField(max_length=16, choices=KeyWish)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    system = models.CharField(max_length=64)
    keyid = models.CharField(max_length=KEYID_LENGTH)
    public_key = models.BinaryField(max_length=32, editable=False)
    state = models.CharField(max_length=16, choices=KeyRequestState, default=KeyRequestState.WAITING)
    asked_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    decided_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        department_id: str

    class Meta:
        verbose_name = _("request about a key")
        verbose_name_plural = _("requests about keys")
        ordering = ("asked_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(wish__in=KeyWish.values), name="key_request_wish_known"),
            models.CheckConstraint(condition=Q(state__in=KeyRequestState.values), name="key_request_state_known"),
            models.UniqueConstraint(fields=("wish", "keyid"), condition=Q(state=KeyRequestState.WAITING), name="key_request_one_waits"),
        )

    def __str__(self) -> str:
        return f"{self.wish} {self.keyid} {self.state}"
