"""What happens to people's roles over time: invitations, deputyships, and the history that a page shows."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from catalog.models import Department
from exchange.accounts.querysets import DeputyshipQuerySet, InvitationQuerySet

CODE_LENGTH = 64


class Way(models.TextChoices):
    """How an invitation reaches the invited person."""

    LINK = "LINK", _("a link that you hand over")
    MAIL = "MAIL", _("by mail to an address")
    PRINTED = "PRINTED", _("a printed code")


class PeopleEvent(models.TextChoices):
    """What can happen to a person's roles; the words of the history."""

    DEPUTY_ENDED = "deputy_ended", _("Deputy ended early")
    DEPUTY_NAMED = "deputy_named", _("Deputy named")
    INVITATION_ACCEPTED = "invitation_accepted", _("Invitation accepted")
    INVITATION_WITHDRAWN = "invitation_withdrawn", _("Invitation withdrawn")
    INVITED_AGAIN = "invited_again", _("Invited again")
    KEY_CERTIFIED = "key_certified", _("Certified a key")
    KEY_REVOKED = "key_revoked", _("Revoked a key")
    OFFICER_APPOINTED = "officer_appointed", _("Appointed for a service")
    OFFICER_DISMISSED = "officer_dismissed", _("No longer decides a service")
    PERSON_ADDED = "person_added", _("Invited")
    PROGRAM_ALLOWED = "program_allowed", _("Allowed a program to act")
    PROGRAM_ENDED = "program_ended", _("Ended a program's access")
    ROLE_CONFIRMED = "role_confirmed", _("Role confirmed")
    ROLE_ENDED = "role_ended", _("Role ended")
    ROLE_GRANTED = "role_granted", _("Role given")
    ROLE_SUSPENDED = "role_suspended", _("Role suspended: nobody confirmed it")
    SERVICE_ENDED = "service_ended", _("Service ended")
    STEWARD_APPOINTED = "steward_appointed", _("Made steward of a dataset")
    STEWARD_DISMISSED = "steward_dismissed", _("No longer steward of a dataset")


class Invitation(models.Model):
    """One invitation. Link and printed code are made from its id with a key outside the database and stand nowhere.

    `code_blind` is a keyed hash of the printed code, to find the row by; an invitation that was sent again is a new row.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    way = models.CharField(max_length=16, choices=Way, default=Way.LINK)
    code_blind = models.BinaryField(max_length=32, unique=True, editable=False)
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    withdrawn_at = models.DateTimeField(null=True, blank=True)

    objects = InvitationQuerySet.as_manager()

    if TYPE_CHECKING:
        person_id: uuid.UUID
        department_id: str | None

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        ordering = ("-made_at", "id")
        constraints = (
            models.CheckConstraint(condition=Q(way__in=Way.values), name="invitation_way_known"),
            models.CheckConstraint(condition=Q(used_at__isnull=True) | Q(withdrawn_at__isnull=True), name="invitation_ends_one_way"),
            models.UniqueConstraint(
                fields=("person",), condition=Q(used_at__isnull=True, withdrawn_at__isnull=True), name="invitation_one_open"
            ),
        )

    def __str__(self) -> str:
        return f"{self.person_id} until {self.expires_at:%Y-%m-%d}"


class Deputyship(models.Model):
    """`deputy` may act with the rights of `holder` in `department` from `valid_from` to before `valid_until`.

    Ended early by moving its end; what it opens is judged in exchange/accounts/acting.py alone, by the holder's rights then.
    """

    holder = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="deputyships")
    deputy = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="stands_in")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+")
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField()
    named_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")

    objects = DeputyshipQuerySet.as_manager()

    if TYPE_CHECKING:
        department_id: str
        holder_id: uuid.UUID
        deputy_id: uuid.UUID

    class Meta:
        verbose_name = _("deputyship")
        verbose_name_plural = _("deputyships")
        ordering = ("-valid_from", "-id")
        constraints = (
            models.CheckConstraint(condition=~Q(holder=F("deputy")), name="deputyship_of_another"),
            models.CheckConstraint(condition=Q(valid_until__gte=F("valid_from")), name="deputyship_ends_after_its_start"),
        )

    def __str__(self) -> str:
        return f"{self.deputy_id} for {self.holder_id} in {self.department_id}"


class PeopleChange(models.Model):
    """One line of the history of a person: what stands in the log's entry `leaf` (32 bytes), to be read without an auditor.

    `about` is the role, dataset, matter or key that the person handled; `by` None is the program or the calendar.
    `deputy_of`: as whose deputy it was done.
    """

    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="+", null=True, blank=True)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="changes")
    event = models.CharField(max_length=32, choices=PeopleEvent)
    about = models.CharField(max_length=2 * CODE_LENGTH, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    deputy_of = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    at = models.DateTimeField()
    leaf = models.BinaryField(max_length=32, editable=False)

    if TYPE_CHECKING:
        person_id: uuid.UUID

    class Meta:
        verbose_name = _("change of a person's roles")
        verbose_name_plural = _("changes of persons' roles")
        ordering = ("-at", "-id")
        indexes = (
            models.Index(fields=("person", "-at"), name="people_change_by_person"),
            models.Index(fields=("department", "event"), name="people_change_by_event"),
        )

    def __str__(self) -> str:
        return f"{self.event} {self.person_id}"
