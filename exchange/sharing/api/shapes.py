"""What goes in and out of the API, field by field; also what the OpenAPI document shows."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audit.proof.acts import METHODS
from exchange.sharing.lifecycle import AgreementState, PartState
from exchange.sharing.models import Agreement, Move, RequestedFact, RequestedItem, RequestPart, SharingRequest, Wish
from exchange.sharing.sides import agreement_steps, part_steps

STATES = [state.value for state in PartState]
AGREEMENT_STATES = [state.value for state in AgreementState]


class LegalBasisShape(serializers.Serializer[Any]):
    """A law and its article, copied at the time they are relied on."""

    text = serializers.DictField(child=serializers.CharField(), help_text='By language: {"en": …, "zh": …}.')
    article = serializers.CharField()


class PartIn(serializers.Serializer[Any]):
    """What is asked of one dataset."""

    dataset = serializers.CharField(help_text="Code of the dataset.")
    items = serializers.ListField(child=serializers.CharField(), default=list)
    facts = serializers.DictField(
        child=serializers.DictField(), default=dict, help_text='Fact → parameter → allowed values: {"age_at_least": {"n": {"in": [80]}}}.'
    )
    methods = serializers.ListField(child=serializers.ChoiceField(sorted(METHODS)), default=list)
    systems = serializers.ListField(child=serializers.CharField(), default=list, help_text="Codes of your systems that will ask.")
    row_filter = serializers.DictField(
        allow_null=True,
        default=None,
        help_text="Item → rule: in, not_in, at_least, at_most, years_at_least, years_at_most, present, starts_with."
        ' {"any": […]}: one of several such filters. null: every row.',
    )
    per_day = serializers.IntegerField(min_value=1, max_value=100_000_000, default=10_000)
    per_minute = serializers.IntegerField(min_value=1, max_value=1_000_000, default=600)
    fact_answers = serializers.IntegerField(
        min_value=1, max_value=1_000_000, default=3, help_text="Answers of one fact about one subject in `fact_days`."
    )
    fact_days = serializers.IntegerField(min_value=1, max_value=3660, default=30)
    per_officer_day = serializers.IntegerField(
        min_value=1, max_value=100_000_000, default=None, allow_null=True, help_text="Subjects a day by one officer; null: no such limit."
    )
    per_subject = serializers.IntegerField(
        min_value=1, max_value=1_000_000, default=None, allow_null=True, help_text="Questions about one subject in `per_subject_days`."
    )
    per_subject_days = serializers.IntegerField(min_value=1, max_value=3660, default=None, allow_null=True)
    period_from = serializers.DateTimeField(default=None, allow_null=True)
    period_until = serializers.DateTimeField(default=None, allow_null=True)
    retention_days = serializers.IntegerField(min_value=0, max_value=36_600, default=30)
    supersedes = serializers.CharField(default="", allow_blank=True, help_text="Agreement that this one replaces.")
    monthly_subjects = serializers.IntegerField(
        min_value=1, max_value=1_000_000_000, default=None, allow_null=True, help_text="Declared volume: about so many subjects a month."
    )
    justifications = serializers.DictField(
        child=serializers.CharField(allow_blank=True, max_length=2000),
        default=dict,
        help_text="`items.grade` or `facts.valid` → why, for what goes beyond the least that the purpose needs.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """The period runs forward."""
        begin, end = attrs["period_from"], attrs["period_until"]
        if begin and end and end <= begin:
            raise serializers.ValidationError({"period_until": "The period ends before it begins."})
        if (attrs["per_subject"] is None) != (attrs["per_subject_days"] is None):
            raise serializers.ValidationError({"per_subject_days": "Give both per_subject and per_subject_days, or neither."})
        return attrs


class RequestWordsIn(serializers.Serializer[Any]):
    """What the whole request says, and what of it may be changed."""

    purpose = serializers.CharField(help_text="Code of the purpose.")
    title = serializers.CharField(default="", allow_blank=True, max_length=200, help_text="Name of the project.")
    reason = serializers.CharField(default="", allow_blank=True, max_length=10_000)
    recipients = serializers.CharField(
        default="", allow_blank=True, max_length=10_000, help_text="Who in your department will see the data."
    )
    contact_office = serializers.CharField(default="", allow_blank=True, max_length=200, help_text="An office, never a person.")
    contact_telephone = serializers.CharField(default="", allow_blank=True, max_length=64)
    legal_basis = LegalBasisShape(many=True, required=False, help_text="Left out: that of the purpose, copied again at sending.")


class RequestIn(RequestWordsIn):
    """A request for one purpose, with a part per dataset."""

    parts = PartIn(many=True, allow_empty=False)


class FaultIn(serializers.Serializer[Any]):
    """One thing that is missing."""

    where = serializers.CharField(help_text="What it is about: R14.items.grade, for instance.")
    rule = serializers.CharField(default="missing")
    message = serializers.CharField(help_text="A sentence that says how to mend it.")


class ReturnIn(serializers.Serializer[Any]):
    """One complete list of what is missing."""

    missing = FaultIn(many=True, allow_empty=False)


class NoteIn(serializers.Serializer[Any]):
    """A remark for the colleagues who look at this later."""

    note = serializers.CharField(default="", allow_blank=True, max_length=10_000)


class RefuseIn(serializers.Serializer[Any]):
    """Why it is refused."""

    reason = serializers.CharField(max_length=10_000)
    ground = serializers.CharField(help_text="Coded legal ground, LAW_FORBIDS for instance.")


class SignIn(serializers.Serializer[Any]):
    """Empty where the hub holds your department's key; else your signature over `order`."""

    signature = serializers.DictField(required=False)


class EndIn(serializers.Serializer[Any]):
    """Why it is suspended or revoked. `order` and `signature` only where your department keeps its key."""

    reason = serializers.CharField(max_length=10_000)
    ground = serializers.CharField(help_text="Coded ground, PURPOSE_ENDED for instance.")
    order = serializers.DictField(required=False)
    signature = serializers.DictField(required=False)


class ResumeIn(serializers.Serializer[Any]):
    """Why it goes on."""

    reason = serializers.CharField(max_length=10_000)
    order = serializers.DictField(required=False)
    signature = serializers.DictField(required=False)


class WishOut(serializers.Serializer[Any]):
    """An asked item or fact and what was decided."""

    name = serializers.CharField()
    justification = serializers.CharField()
    remark = serializers.CharField()
    decision = serializers.ChoiceField(Wish.choices)
    ground = serializers.CharField()
    reason = serializers.CharField()


class ItemOut(WishOut, serializers.ModelSerializer[RequestedItem]):
    """An asked item. Masked: so many characters stay readable at its beginning and its end."""

    keep_first = serializers.IntegerField(read_only=True, allow_null=True)
    keep_last = serializers.IntegerField(read_only=True, allow_null=True)

    class Meta:
        model = RequestedItem
        fields = ("name", "justification", "remark", "decision", "keep_first", "keep_last", "ground", "reason")


class FactOut(WishOut, serializers.ModelSerializer[RequestedFact]):
    """An asked fact with the values that its parameters may take."""

    parameters = serializers.DictField()

    class Meta:
        model = RequestedFact
        fields = ("name", "parameters", "justification", "remark", "decision", "ground", "reason")


class MoveOut(serializers.ModelSerializer[Move]):
    """One step: what, when, by whom, for which department."""

    department = serializers.CharField(source="department_id")
    person = serializers.CharField(source="person.display_name", default="")

    class Meta:
        model = Move
        fields = ("event", "from_state", "to_state", "at", "department", "person", "note")


class PartOut(serializers.ModelSerializer[RequestPart]):
    """One part as it stands."""

    dataset = serializers.CharField(source="dataset.code")
    provider = serializers.CharField(source="dataset.provider_id")
    state = serializers.ChoiceField(STATES)
    items = ItemOut(many=True)
    facts = FactOut(many=True)
    notice = FaultIn(many=True)
    moves = MoveOut(many=True)
    # Declared here and not read off the model: the limits of a database's own integer types are no part of the API.
    per_day = serializers.IntegerField(read_only=True)
    per_minute = serializers.IntegerField(read_only=True)
    fact_answers = serializers.IntegerField(read_only=True)
    fact_days = serializers.IntegerField(read_only=True)
    per_officer_day = serializers.IntegerField(read_only=True, allow_null=True)
    per_subject = serializers.IntegerField(read_only=True, allow_null=True)
    per_subject_days = serializers.IntegerField(read_only=True, allow_null=True)
    retention_days = serializers.IntegerField(read_only=True)
    monthly_subjects = serializers.IntegerField(read_only=True, allow_null=True)
    agreement = serializers.SerializerMethodField()
    allowed = serializers.SerializerMethodField()

    class Meta:
        model = RequestPart
        fields = (
            *("dataset", "provider", "state", "items", "facts", "methods", "systems", "row_filter", "per_day", "per_minute"),
            *(
                "fact_answers",
                "fact_days",
                "period_from",
                "period_until",
                "retention_days",
                "monthly_subjects",
                "supersedes",
                "version_hash",
            ),
            *("due_on", "due_rule", "due_provisional", "due_verified", "notice", "decision_reason", "ground"),
            *("per_officer_day", "per_subject", "per_subject_days"),
            *("agreement", "allowed", "moves"),
        )

    def get_agreement(self, part: RequestPart) -> str | None:
        """The agreement that came of it."""
        found = Agreement.objects.filter(part=part).first()
        return found.agreement_id if found else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed(self, part: RequestPart) -> list[str]:
        """Steps that the caller may take now."""
        return [event.value for event in part_steps(self.context["person"], self.context["department"], part)]


class RequestSummary(serializers.ModelSerializer[SharingRequest]):
    """A request in a list."""

    requester = serializers.CharField(source="requester_id")
    purpose = serializers.CharField(source="purpose_id")
    state = serializers.ChoiceField(STATES)

    class Meta:
        model = SharingRequest
        fields = ("number", "requester", "purpose", "title", "reason", "state", "created_at", "changed_at")


class RequestOut(RequestSummary):
    """A request with the parts that the caller may see."""

    legal_basis = LegalBasisShape(many=True)
    edition = serializers.IntegerField(read_only=True)
    parts = serializers.SerializerMethodField()

    class Meta(RequestSummary.Meta):
        fields = (*RequestSummary.Meta.fields, "recipients", "contact_office", "contact_telephone", "legal_basis", "edition", "parts")  # type: ignore[assignment]

    @extend_schema_field(PartOut(many=True))
    def get_parts(self, request: SharingRequest) -> Any:
        """Parts that the caller may see: an owner sees its own."""
        parts = RequestPart.objects.visible_to(self.context["person"]).filter(request=request)
        shown = parts.select_related("dataset", "request").prefetch_related("items", "facts", "moves__person")
        return PartOut(shown, many=True, context=self.context).data


class AgreementSummary(serializers.ModelSerializer[Agreement]):
    """An agreement in a list."""

    provider = serializers.CharField(source="provider_id")
    requester = serializers.CharField(source="requester_id")
    dataset = serializers.CharField(source="dataset.code")
    state = serializers.SerializerMethodField()

    class Meta:
        model = Agreement
        fields = ("agreement_id", "provider", "requester", "dataset", "state", "period_from", "period_until")

    @extend_schema_field(serializers.ChoiceField(AGREEMENT_STATES))
    def get_state(self, agreement: Agreement) -> str:
        """With the period read against now."""
        return agreement.state_at(self.context["now"]).value


class AgreementOut(AgreementSummary):
    """An agreement with its text, signatures and what the caller may do."""

    document = serializers.JSONField()
    order = serializers.JSONField()
    suspended_by = serializers.JSONField()
    state_reason = serializers.JSONField()
    waits_for_provider = serializers.BooleanField()
    moves = MoveOut(many=True)
    allowed = serializers.SerializerMethodField()

    class Meta(AgreementSummary.Meta):
        fields = (  # type: ignore[assignment]
            *AgreementSummary.Meta.fields,
            *("document", "order", "provider_signature", "requester_signature", "offer_hash", "act_seq", "suspended_by"),
            *("state_reason", "superseded_by", "waits_for_provider", "allowed", "moves"),
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed(self, agreement: Agreement) -> list[str]:
        """Steps that the caller may take now."""
        return [event.value for event in agreement_steps(self.context["person"], self.context["department"], agreement)]


class RequestPage(serializers.Serializer[Any]):
    """One page of requests."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = RequestSummary(many=True)


class AgreementPage(serializers.Serializer[Any]):
    """One page of agreements."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = AgreementSummary(many=True)


class ProblemOut(serializers.Serializer[Any]):
    """Problem details (RFC 9457)."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    code = serializers.CharField()
    errors = FaultIn(many=True, required=False)  # type: ignore[assignment]  # the metaclass takes it out again
