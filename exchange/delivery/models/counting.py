"""What the data path counts: nonces, quotas and fact answers. None of it allows anything; all of it may refuse."""

from __future__ import annotations

from django.db import models


class Nonce(models.Model):
    """One request seen. The pair is unique: of a hundred simultaneous replays one wins (protocol, section 4)."""

    keyid = models.CharField(max_length=120)
    nonce = models.CharField(max_length=128)
    created = models.BigIntegerField(db_index=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["keyid", "nonce"], name="nonce_once")]

    def __str__(self) -> str:
        return f"nonce of {self.keyid}"


class NonceMark(models.Model):
    """The high-water mark: nothing created before it is accepted, since its nonce may have been purged."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    created = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return f"nonces before {self.created} are refused"


class QuotaUse(models.Model):
    """How many subjects an agreement has asked for in one window (a day, a minute; in the hub's local time)."""

    agreement = models.CharField(max_length=32)
    period = models.CharField(max_length=20)
    used = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "period"], name="quota_window_once")]

    def __str__(self) -> str:
        return f"{self.agreement} in {self.period}: {self.used}"


class CloseUse(models.Model):
    """How much one officer, or the questions about one subject, have used of an agreement's closer limit in a window.

    `who` is an HMAC, of officers and of subjects under keys of their own.
    """

    agreement = models.CharField(max_length=32)
    kind = models.CharField(max_length=8)
    who = models.BinaryField(max_length=32)
    period = models.CharField(max_length=20)
    used = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["agreement", "kind", "who", "period"], name="close_window_once")]

    def __str__(self) -> str:
        return f"{self.agreement} by {self.kind} in {self.period}: {self.used}"


class FactUse(models.Model):
    """How often one fact about one subject was answered in a window; the subject only as an HMAC under a key of its own."""

    agreement = models.CharField(max_length=32)
    fact = models.CharField(max_length=64)
    subject = models.BinaryField(max_length=32)
    period = models.CharField(max_length=20)
    used = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agreement", "fact", "subject", "period"], name="fact_window_once"),
        ]

    def __str__(self) -> str:
        return f"{self.agreement} {self.fact} in {self.period}: {self.used}"
