"""To whom an account is, or was, bound, and by what proof: ended, never deleted."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Method(models.TextChoices):
    """What proved that the account's holder is the subject; never the holder's own word."""

    CODE = "CODE", _("a code sent to the registered phone")
    COUNTER = "COUNTER", _("a clerk who saw the person at a counter")
    DEMO = "DEMO", _("the demonstration")
    OIDC = "OIDC", _("a sign-in provider")


class Binding(models.Model):
    """One account and one subject for a time. `sealed` is good in this row's account only; `bound_by` is the clerk, if one did it."""

    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="bindings")
    kind = models.CharField(max_length=32)
    sealed = models.BinaryField(editable=False)
    blind = models.BinaryField(max_length=32, editable=False)
    method = models.CharField(max_length=16, choices=Method)
    assurance = models.CharField(max_length=16)
    bound_at = models.DateTimeField()
    bound_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    ended_at = models.DateTimeField(null=True, blank=True)

    if TYPE_CHECKING:
        person_id: uuid.UUID

    class Meta:
        verbose_name = _("binding of an account")
        verbose_name_plural = _("bindings of accounts")
        ordering = ("-bound_at", "-id")
        constraints = (
            models.CheckConstraint(condition=Q(method__in=Method.values), name="binding_method_known"),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True) | Q(ended_at__gte=models.F("bound_at")), name="binding_ends_after_its_start"
            ),
            models.UniqueConstraint(fields=("person",), condition=Q(ended_at__isnull=True), name="binding_one_subject_of_an_account"),
            models.UniqueConstraint(fields=("blind",), condition=Q(ended_at__isnull=True), name="binding_one_account_of_a_subject"),
        )

    def __str__(self) -> str:
        return f"{self.person_id} {self.method}"
