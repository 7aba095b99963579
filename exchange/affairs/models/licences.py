"""What a granted case ends in: a licence that anybody can check, and orders to the treasury to pay."""

from __future__ import annotations

import secrets
import uuid
from base64 import b32encode
from typing import TYPE_CHECKING, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from audit.proof.status_list import SIZE
from exchange.affairs.licences import querysets
from exchange.affairs.licences.lifecycle import LicenceStatus, PaymentState
from exchange.affairs.models.cases import Case, Decision


def fresh_licence_id() -> str:
    """128 random bits as 26 letters and digits: nobody guesses the address of a licence, everybody can type it."""
    return b32encode(secrets.token_bytes(16)).decode().rstrip("=").lower()


class Licence(models.Model):
    """A signed document for the citizen. `jwt` opened is the whole SD-JWT with all that may be shown, sealed for the subject.

    `status_list` and `status_index` are its place in the public lists of statuses (audit/proof/status_list.py); it is
    drawn by chance, so that neighbours say nothing about each other. `reason` opened is `{reason: text}`.
    """

    id = models.CharField(max_length=26, primary_key=True, default=fresh_licence_id, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="licences")
    decision = models.OneToOneField(Decision, on_delete=models.PROTECT, related_name="licence")
    status = models.CharField(max_length=16, choices=LicenceStatus.choices(), default=LicenceStatus.VALID)
    jwt = models.BinaryField()
    status_list = models.PositiveIntegerField()
    status_index = models.PositiveIntegerField()
    issued_at = models.DateTimeField()
    valid_from = models.DateField()
    valid_until = models.DateField(null=True, blank=True)
    reason = models.BinaryField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    leaf = models.BinaryField(max_length=32, null=True, blank=True)

    objects = querysets.LicenceQuerySet.as_manager()

    if TYPE_CHECKING:
        case_id: uuid.UUID

    class Meta:
        verbose_name = _("licence")
        verbose_name_plural = _("licences")
        ordering = ("-issued_at",)
        indexes = (models.Index(fields=("status_list", "status"), name="licence_by_list"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("status_list", "status_index"), name="licence_place_in_list_once"),
            models.CheckConstraint(condition=Q(status_index__lt=SIZE), name="licence_place_within_list"),
            models.CheckConstraint(condition=Q(status__in=[item.value for item in LicenceStatus]), name="licence_status_known"),
            models.CheckConstraint(
                condition=Q(status=LicenceStatus.VALID, changed_at__isnull=True)
                | (~Q(status=LicenceStatus.VALID) & Q(changed_at__isnull=False, leaf__isnull=False)),
                name="licence_change_has_time_and_entry",
            ),
            models.CheckConstraint(
                condition=Q(valid_until__isnull=True) | Q(valid_until__gte=models.F("valid_from")),
                name="licence_ends_after_it_begins",
            ),
        ]

    def __str__(self) -> str:
        return f"licence {self.status}"


class PaymentOrder(models.Model):
    """One order to the treasury about one licence and month (`2026-11`). `document` opened is the signed JSON document.

    `signature` is the signature object of kind `payment-order`: it names nobody. An order whose money came back is
    followed by one with the next `attempt`, to another account.
    """

    class Returned(models.TextChoices):
        """Why the bank sent the money back."""

        ACCOUNT_CLOSED = "ACCOUNT_CLOSED", _("The account is closed")
        ACCOUNT_UNKNOWN = "ACCOUNT_UNKNOWN", _("The bank does not know the account")
        NAME_DIFFERS = "NAME_DIFFERS", _("The account belongs to another name")
        CARD_NOT_ACTIVE = "CARD_NOT_ACTIVE", _("The card has not been activated")
        NO_ACCOUNT = "NO_ACCOUNT", _("No card is known")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="payments")
    licence = models.ForeignKey(Licence, on_delete=models.PROTECT, related_name="payments")
    payer = models.CharField(max_length=64)
    month = models.CharField(max_length=7)
    attempt = models.PositiveSmallIntegerField(default=1)
    document = models.BinaryField()
    signature = models.TextField()
    state = models.CharField(max_length=16, choices=PaymentState.choices(), default=PaymentState.ORDERED)
    pay_by = models.DateField()
    ordered_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)
    returned_because = models.CharField(max_length=24, choices=Returned, blank=True)
    leaf = models.BinaryField(max_length=32, null=True, blank=True)

    objects = querysets.PaymentOrderQuerySet.as_manager()

    if TYPE_CHECKING:
        case_id: uuid.UUID
        licence_id: str

    class Meta:
        verbose_name = _("payment order")
        verbose_name_plural = _("payment orders")
        ordering = ("-month", "-attempt")
        indexes = (models.Index(fields=("payer", "state", "pay_by"), name="payment_by_payer"),)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=("licence", "month", "attempt"), name="payment_once_a_month_and_attempt"),
            models.CheckConstraint(condition=Q(state__in=[item.value for item in PaymentState]), name="payment_state_known"),
            models.CheckConstraint(
                condition=Q(state=PaymentState.ORDERED, answered_at__isnull=True)
                | (~Q(state=PaymentState.ORDERED) & Q(answered_at__isnull=False, leaf__isnull=False)),
                name="payment_answer_has_time_and_entry",
            ),
            models.CheckConstraint(condition=Q(state=PaymentState.RETURNED) ^ Q(returned_because=""), name="payment_returned_for_a_reason"),
        ]

    def __str__(self) -> str:
        return f"payment {self.month} {self.state}"
