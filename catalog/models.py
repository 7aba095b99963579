"""Who holds what. Where a row repeats what an act says, the act is right: the row is for pages and queries only.

Projections of acts: Key, DatasetVersion, DataItem, Fact, Revision, and the `current_…` columns of Dataset.
`projection.rebuild` makes them again from the chain.
"""

import uuid
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Q
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from audit.proof import canonical
from catalog import lifecycle, querysets
from catalog.description.stores import public_store

CODE_LENGTH = 64
HASH_LENGTH = 71


def in_active_language(english: str, chinese: str) -> str:
    """The text in the reader's language; the other one where it is missing."""
    is_chinese = (get_language() or "en").startswith("zh")
    return (chinese or english) if is_chinese else (english or chinese)


class SharingAttribute(models.TextChoices):
    """How a dataset or an item may be shared."""

    UNCONDITIONAL = "UNCONDITIONAL", _("Unconditional")
    CONDITIONAL = "CONDITIONAL", _("Conditional")
    NOT_SHARED = "NOT_SHARED", _("Not shared")


class UpdateFrequency(models.TextChoices):
    """How often a provider brings its dataset up to date."""

    REALTIME = "REALTIME", _("Real time")
    DAILY = "DAILY", _("Daily")
    WEEKLY = "WEEKLY", _("Weekly")
    MONTHLY = "MONTHLY", _("Monthly")
    QUARTERLY = "QUARTERLY", _("Quarterly")
    HALF_YEARLY = "HALF_YEARLY", _("Half-yearly")
    YEARLY = "YEARLY", _("Yearly")
    IRREGULAR = "IRREGULAR", _("Irregular")


class Sensitivity(models.IntegerChoices):
    """The class of an item: what its disclosure could do to somebody."""

    OPEN = 1, _("1 open")
    INTERNAL = 2, _("2 internal")
    PERSONAL = 3, _("3 personal")
    SENSITIVE_PERSONAL = 4, _("4 sensitive personal")


class Department(models.Model):
    """A public body; provider and requester are roles that it plays."""

    code = models.CharField(primary_key=True, max_length=CODE_LENGTH)
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)
    is_authority = models.BooleanField(default=False)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_active_language(self.name_en, self.name_zh)


class System(models.Model):
    """One information system of a department: the machine that calls the hub."""

    code = models.CharField(primary_key=True, max_length=CODE_LENGTH)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="systems")
    name_en = models.CharField(max_length=200)
    name_zh = models.CharField(max_length=200)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language."""
        return in_active_language(self.name_en, self.name_zh)


class Key(models.Model):
    """A certified public key; projection of a `key` act."""

    keyid = models.CharField(max_length=160, unique=True)
    use = models.CharField(max_length=32)
    custody = models.CharField(max_length=16)
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="keys", null=True, blank=True)
    certificate = models.JSONField()
    act_seq = models.BigIntegerField()
    revoked_seq = models.BigIntegerField(null=True, blank=True)

    objects = querysets.KeyQuerySet.as_manager()

    class Meta:
        ordering = ("keyid",)

    def __str__(self) -> str:
        return self.keyid


class Purpose(models.Model):
    """One administrative purpose, usually one service matter, with the law that it rests on."""

    code = models.CharField(primary_key=True, max_length=CODE_LENGTH)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    legal_basis_en = models.TextField(blank=True)
    legal_basis_zh = models.TextField(blank=True)
    article = models.CharField(max_length=200, blank=True)
    matter = models.CharField(max_length=CODE_LENGTH, blank=True)

    class Meta:
        ordering = ("code",)

    def __str__(self) -> str:
        return self.title

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return in_active_language(self.title_en, self.title_zh)

    @property
    def legal_basis(self) -> str:
        """The law in the reader's language."""
        return in_active_language(self.legal_basis_en, self.legal_basis_zh)


class Dataset(models.Model):
    """One catalogued resource: what it is, who answers for it, how it may be shared."""

    code = models.CharField(max_length=CODE_LENGTH, unique=True)
    name = models.CharField(max_length=CODE_LENGTH)
    provider = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="datasets")
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    description_en = models.TextField(blank=True)
    description_zh = models.TextField(blank=True)
    sharing_attribute = models.CharField(max_length=16, choices=SharingAttribute)
    open = models.BooleanField(default=False)
    sensitivity = models.PositiveSmallIntegerField(choices=Sensitivity)
    update_frequency = models.CharField(max_length=16, choices=UpdateFrequency)
    offline = models.BooleanField(default=False)
    offline_reason = models.CharField(max_length=500, blank=True)
    current_version = models.ForeignKey("DatasetVersion", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    current_revision = models.ForeignKey("Revision", on_delete=models.PROTECT, null=True, blank=True, related_name="+")
    published_at = models.DateTimeField(null=True, blank=True)
    changed_at = models.DateTimeField(null=True, blank=True)
    search_title = models.TextField(blank=True, editable=False)
    search_text = models.TextField(blank=True, editable=False)

    objects = querysets.DatasetQuerySet.as_manager()

    if TYPE_CHECKING:
        current_version_id: int | None
        current_revision_id: int | None
        provider_id: str

    class Meta:
        ordering = ("code",)
        constraints = (
            models.CheckConstraint(condition=Q(sharing_attribute__in=SharingAttribute.values), name="dataset_sharing_attribute_known"),
            models.CheckConstraint(condition=Q(sensitivity__range=(1, 4)), name="dataset_sensitivity_1_to_4"),
        )
        permissions = (("steward_dataset", "Steward of this dataset"),)

    def __str__(self) -> str:
        return f"{self.code} {self.title}"

    @property
    def title(self) -> str:
        """The title in the reader's language."""
        return in_active_language(self.title_en, self.title_zh)

    @property
    def description(self) -> str:
        """What it is, in the reader's language."""
        return in_active_language(self.description_en, self.description_zh)

    @property
    def store(self) -> dict[str, Any]:
        """Who answers: `kind`, and `working_days` where an officer does. Without a published version: nothing."""
        return public_store(self.current_version.content) if self.current_version else {}


class DatasetVersion(models.Model):
    """One published, immutable description of a dataset; projection of a `publish` act."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="versions")
    hash = models.CharField(max_length=HASH_LENGTH, unique=True)
    major = models.PositiveIntegerField()
    document = models.TextField()
    act_seq = models.BigIntegerField(unique=True)

    objects = querysets.DatasetVersionQuerySet.as_manager()

    class Meta:
        ordering = ("dataset", "-act_seq")

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.hash}"

    @property
    def content(self) -> dict[str, Any]:
        """The signed document as a dict."""
        return dict(canonical.loads(self.document.encode()))


class DataItem(models.Model):
    """One column of a dataset version: the unit of minimisation."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="items")
    name = models.CharField(max_length=CODE_LENGTH)
    position = models.PositiveSmallIntegerField()
    type = models.CharField(max_length=16)
    identifier = models.CharField(max_length=CODE_LENGTH, blank=True)
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    sensitivity = models.PositiveSmallIntegerField(choices=Sensitivity)
    sharing_attribute = models.CharField(max_length=16, choices=SharingAttribute)
    required = models.BooleanField(default=False)
    code_list = models.CharField(max_length=CODE_LENGTH, blank=True)
    restricted = models.BooleanField(default=False)

    objects = querysets.DataItemQuerySet.as_manager()

    class Meta:
        ordering = ("version", "position")
        constraints = (
            models.UniqueConstraint(fields=("version", "name"), name="data_item_once_per_version"),
            models.CheckConstraint(condition=Q(sensitivity__range=(1, 4)), name="data_item_sensitivity_1_to_4"),
            models.CheckConstraint(condition=Q(sharing_attribute__in=SharingAttribute.values), name="data_item_sharing_attribute_known"),
        )

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The label in the reader's language."""
        return in_active_language(self.title_en, self.title_zh)

    @property
    def may_be_asked(self) -> bool:
        """Whether a request may name it."""
        return not self.restricted and self.sharing_attribute != SharingAttribute.NOT_SHARED


class Fact(models.Model):
    """A named yes/no question that a dataset version answers."""

    version = models.ForeignKey(DatasetVersion, on_delete=models.CASCADE, related_name="facts")
    name = models.CharField(max_length=CODE_LENGTH)
    position = models.PositiveSmallIntegerField()
    title_en = models.CharField(max_length=300)
    title_zh = models.CharField(max_length=300)
    parameters = models.JSONField(default=list)

    class Meta:
        ordering = ("version", "position")
        constraints = (models.UniqueConstraint(fields=("version", "name"), name="fact_once_per_version"),)

    def __str__(self) -> str:
        return self.name

    @property
    def title(self) -> str:
        """The question in the reader's language."""
        return in_active_language(self.title_en, self.title_zh)


class Revision(models.Model):
    """One load of data into a hosted dataset: two immutable files named by their hash; projection of a `revision` act."""

    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="revisions")
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="revisions")
    rows_hash = models.CharField(max_length=HASH_LENGTH)
    lookup_hash = models.CharField(max_length=HASH_LENGTH)
    row_count = models.PositiveBigIntegerField()
    as_of = models.DateTimeField()
    act_seq = models.BigIntegerField(unique=True)
    quality = models.JSONField(default=dict)
    sample = models.JSONField(default=dict)

    class Meta:
        ordering = ("dataset", "-act_seq")

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.as_of:%Y-%m-%d}"


class Load(models.Model):
    """One uploaded file on its way to a revision."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    dataset = models.ForeignKey(Dataset, on_delete=models.PROTECT, related_name="loads")
    version = models.ForeignKey(DatasetVersion, on_delete=models.PROTECT, related_name="loads")
    revision = models.ForeignKey(Revision, on_delete=models.PROTECT, null=True, blank=True, related_name="loads")
    # The person's id and not a foreign key: people live in a room above this one.
    uploaded_by = models.UUIDField()
    state = models.CharField(max_length=16, choices=lifecycle.LoadState.choices(), default=lifecycle.LoadState.RECEIVED)
    path = models.CharField(max_length=300)
    filename = models.CharField(max_length=255)
    size = models.PositiveBigIntegerField(default=0)
    as_of = models.DateTimeField()
    rows_hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    lookup_hash = models.CharField(max_length=HASH_LENGTH, blank=True)
    row_count = models.PositiveBigIntegerField(default=0)
    report = models.JSONField(default=dict, blank=True)
    sample = models.JSONField(default=dict, blank=True)
    progress = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = querysets.LoadQuerySet.as_manager()

    class Meta:
        ordering = ("-created_at",)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=[state.value for state in lifecycle.LoadState]), name="load_state_known"),
            models.CheckConstraint(condition=Q(progress__lte=100), name="load_progress_percent"),
        )

    def __str__(self) -> str:
        return f"{self.dataset_id} {self.filename} {self.state}"


class Work(models.Model):
    """Work that must not be lost: written with its cause, leased by whoever does it, finished once."""

    name = models.CharField(max_length=100)
    target = models.CharField(max_length=100)
    state = models.CharField(max_length=16, choices=lifecycle.WorkState.choices(), default=lifecycle.WorkState.WAITING)
    attempts = models.PositiveSmallIntegerField(default=0)
    lease = models.CharField(max_length=32, blank=True)
    leased_until = models.DateTimeField(null=True, blank=True)
    not_before = models.DateTimeField()
    progress = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField(auto_now_add=True)
    finished_at = models.DateTimeField(null=True, blank=True)

    objects = querysets.WorkQuerySet.as_manager()

    class Meta:
        ordering = ("id",)
        indexes = (models.Index(fields=("state", "not_before"), name="work_waiting"),)
        constraints = (
            models.CheckConstraint(condition=Q(state__in=[state.value for state in lifecycle.WorkState]), name="work_state_known"),
        )

    def __str__(self) -> str:
        return f"{self.name} {self.target} {self.state}"
