"""Tables of the log: acts, pending and sequenced entries, what lies beside them, and indexes that can be rebuilt.

Nothing here decides: a row may narrow what is allowed, never widen it. Bytes are stored exactly as signed or hashed.
"""

from __future__ import annotations

import uuid

from django.db import models

from audit.lifecycle import RunState


class Act(models.Model):
    """A signed document that changes what is allowed, gapless from 1. Read through `acts.standing()` only."""

    seq = models.BigIntegerField(primary_key=True)
    hash = models.CharField(max_length=71, unique=True)
    type = models.CharField(max_length=32)
    at = models.CharField(max_length=20)
    raw = models.BinaryField()
    hub_signature = models.TextField()
    leaf = models.BinaryField()

    class Meta:
        ordering = ["seq"]

    def __str__(self) -> str:
        return f"act {self.seq} ({self.type})"


class Blob(models.Model):
    """What lies beside the entries of one batch: canonical JSON, per entry `{nonce, disclosures, persons}`."""

    id = models.BigAutoField(primary_key=True)
    body = models.BinaryField()

    def __str__(self) -> str:
        return f"blob {self.pk}"


class Pending(models.Model):
    """An entry that is durable and has a receipt, and waits for its index."""

    id = models.BigAutoField(primary_key=True)
    raw = models.BinaryField()
    leaf = models.BinaryField()
    blob_id = models.BigIntegerField()
    position = models.IntegerField()
    created_ms = models.BigIntegerField()

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"pending {self.pk}"


class Entry(models.Model):
    """One leaf of the log: the exact bytes, their leaf hash, and where its disclosures lie."""

    index = models.BigIntegerField(primary_key=True)
    raw = models.BinaryField()
    leaf = models.BinaryField(db_index=True)
    blob_id = models.BigIntegerField()
    position = models.IntegerField()

    class Meta:
        ordering = ["index"]
        verbose_name_plural = "entries"

    def __str__(self) -> str:
        return f"entry {self.index}"


class LogHead(models.Model):
    """The one row on which sequencers compare and swap: size, root, right edge; and how far the later steps are."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    root = models.BinaryField()
    frontier = models.BinaryField()
    newest_ms = models.BigIntegerField(default=0)
    published_size = models.BigIntegerField(default=0)
    followed_size = models.BigIntegerField(default=0)
    lease_holder = models.CharField(max_length=64, default="")
    lease_until_ms = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.CheckConstraint(condition=models.Q(id=1), name="audit_one_log_head")]

    def __str__(self) -> str:
        return f"head at {self.size}"


class Checkpoint(models.Model):
    """A signed tree head (C2SP tlog-checkpoint), kept for ever."""

    size = models.BigIntegerField(primary_key=True)
    root = models.BinaryField()
    text = models.TextField()
    signed_ms = models.BigIntegerField()

    class Meta:
        ordering = ["size"]

    def __str__(self) -> str:
        return f"checkpoint {self.size}"


class SubjectKey(models.Model):
    """A person's random key, wrapped, in the key store; destroying it makes the person's lines unreadable."""

    blind = models.BinaryField(primary_key=True)
    wrapped = models.BinaryField()
    generation = models.IntegerField()
    created = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"subject key of generation {self.generation}"


class EntryIndex(models.Model):
    """What an auditor searches by, read from the `route` disclosures by the follower; rebuildable."""

    entry = models.BigIntegerField(primary_key=True)
    time_ms = models.BigIntegerField()
    type = models.CharField(max_length=32)
    act_type = models.CharField(max_length=32, default="")
    act_seq = models.BigIntegerField(null=True)
    requester = models.CharField(max_length=64, default="")
    system = models.CharField(max_length=64, default="")
    provider = models.CharField(max_length=64, default="")
    dataset = models.CharField(max_length=64, default="")
    agreement = models.CharField(max_length=71, default="")
    method = models.CharField(max_length=16, default="")
    purpose = models.CharField(max_length=64, default="")
    outcome = models.CharField(max_length=16, default="")
    reason = models.CharField(max_length=64, default="")
    count = models.BigIntegerField(default=1)

    class Meta:
        ordering = ["-entry"]
        indexes = [
            models.Index(fields=["time_ms"], name="audit_index_time"),
            models.Index(fields=["requester", "entry"], name="audit_index_requester"),
            models.Index(fields=["provider", "entry"], name="audit_index_provider"),
            models.Index(fields=["dataset", "entry"], name="audit_index_dataset"),
            models.Index(fields=["agreement", "entry"], name="audit_index_agreement"),
        ]

    def __str__(self) -> str:
        return f"index of entry {self.entry}"


class SubjectTrace(models.Model):
    """Which entries name the person behind a blind; written by the follower, rebuildable."""

    id = models.BigAutoField(primary_key=True)
    blind = models.BinaryField()
    entry = models.BigIntegerField()
    position = models.IntegerField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["blind", "entry", "position"], name="audit_one_trace")]
        indexes = [models.Index(fields=["entry"], name="audit_trace_entry")]

    def __str__(self) -> str:
        return f"trace at entry {self.entry}"


class TallyCount(models.Model):
    """What is counted and not recorded one by one, until the hourly `tally` entry takes it over."""

    id = models.BigAutoField(primary_key=True)
    minute = models.CharField(max_length=17)
    kind = models.CharField(max_length=16)
    name = models.CharField(max_length=64)
    count = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["minute", "kind", "name"], name="audit_one_tally")]

    def __str__(self) -> str:
        return f"{self.kind} {self.name}: {self.count}"


class VerificationRun(models.Model):
    """One verification of the whole log that a person asked for, or one rehearsal on a copy: how far, and the verdict.

    `size` is the number of entries that the run proved under a signed checkpoint; 0 unless it was sound.
    """

    LOG, REHEARSAL = "LOG", "REHEARSAL"

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    kind = models.CharField(max_length=16, choices=[(LOG, LOG), (REHEARSAL, REHEARSAL)])
    state = models.CharField(max_length=16, choices=RunState.choices(), default=RunState.QUEUED.value)
    started_by = models.UUIDField()
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)
    done = models.BigIntegerField(default=0)
    total = models.BigIntegerField(default=0)
    size = models.BigIntegerField(default=0)
    is_sound = models.BooleanField(default=False)
    report = models.JSONField(default=dict, blank=True)

    class Meta:
        ordering = ["-created_at"]
        indexes = [models.Index(fields=["kind", "-created_at"], name="audit_run_newest")]
        constraints = [
            models.CheckConstraint(condition=models.Q(state__in=[state.value for state in RunState]), name="audit_run_state_known")
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.state}"
