"""What goes in and out of the API about clocks, corrections and disputes."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exchange.sharing.corrections.actions import VERDICTS, correction_steps
from exchange.sharing.corrections.reading import words_for
from exchange.sharing.disputes.sides import dispute_steps
from exchange.sharing.lifecycle.corrections import CorrectionState
from exchange.sharing.lifecycle.disputes import DisputeState
from exchange.sharing.models import CorrectionNotice, CorrectionRequest, Dispute, DisputeMessage, PauseReason, Quarrel, Ruling

CORRECTION_STATES = [state.value for state in CorrectionState]
DISPUTE_STATES = [state.value for state in DisputeState]


PAUSE_REASONS = [code.value for code in PauseReason]


class LongText(serializers.CharField):
    """Something that a person writes."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"max_length": 10_000, **options})


class AskExtensionIn(serializers.Serializer[Any]):
    """Why more days are needed; left out, all that the limit knows."""

    reason = LongText()
    days = serializers.IntegerField(min_value=1, max_value=500, required=False)


class AnswerExtensionIn(serializers.Serializer[Any]):
    """Whether the authority consents, and why."""

    granted = serializers.BooleanField()
    answer = LongText()


class PauseIn(serializers.Serializer[Any]):
    """Why the clock stands: a code and a sentence."""

    reason = serializers.ChoiceField(PAUSE_REASONS)
    note = LongText()


class PauseEndIn(serializers.Serializer[Any]):
    """Which pause is over."""

    reason = serializers.ChoiceField(PAUSE_REASONS)


class PartPauseOut(serializers.Serializer[Any]):
    """Days on which the clock stood, both ends included; `until` null: it still stands."""

    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)
    reason = serializers.CharField()


class ExtensionOut(serializers.Serializer[Any]):
    """More days that the owner asked for."""

    state = serializers.CharField()
    days = serializers.IntegerField()
    reason = serializers.CharField()
    answer = serializers.CharField()


class PartClockOut(serializers.Serializer[Any]):
    """The clock of a part: by when, by which rule, and how sure that is."""

    due_on = serializers.DateField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    days_over = serializers.IntegerField()
    is_paused = serializers.BooleanField()
    is_provisional = serializers.BooleanField()
    is_verified = serializers.BooleanField()
    rule = serializers.CharField()
    profile = serializers.CharField()
    article = serializers.DictField(child=serializers.CharField())
    source = serializers.DictField(child=serializers.CharField())  # type: ignore[assignment]  # the metaclass takes it out again
    pauses = PartPauseOut(many=True)
    extension = ExtensionOut(allow_null=True)
    steps = serializers.ListField(child=serializers.CharField(), help_text="What the caller may do with the clock now.")


class CorrectionIn(serializers.Serializer[Any]):
    """Which value looks wrong. `entry`: the number of the entry that brought it, its leaf, or the receipt as JSON text."""

    agreement = serializers.CharField()
    entry = serializers.CharField(max_length=100_000)
    item = serializers.CharField(max_length=64)
    kind = serializers.CharField(max_length=32, help_text="Kind of the subject's identifier.")
    identifier = serializers.CharField(max_length=200)
    believed = LongText()
    reason = LongText()
    evidence = LongText(default="", allow_blank=True)


class CorrectionAnswerIn(serializers.Serializer[Any]):
    """What the provider found."""

    verdict = serializers.ChoiceField([event.value for event in VERDICTS])
    words = LongText()


class WordsOut(serializers.Serializer[Any]):
    """What both sides wrote."""

    believed = serializers.CharField()
    reason = serializers.CharField()
    evidence = serializers.CharField()
    answer = serializers.CharField()


class CorrectionSummary(serializers.ModelSerializer[CorrectionRequest]):
    """A correction in a list. Whose value it is stands nowhere."""

    agreement = serializers.CharField(source="agreement.agreement_id")
    dataset = serializers.CharField(source="dataset.code")
    requester = serializers.CharField(source="requester_id")
    provider = serializers.CharField(source="provider_id")
    state = serializers.ChoiceField(CORRECTION_STATES)

    class Meta:
        model = CorrectionRequest
        fields = (
            *("number", "agreement", "dataset", "item", "entry", "requester", "provider", "state", "asked_at", "answered_at"),
            *("published_at", "due_on", "due_provisional", "due_verified"),
        )


class CorrectionOut(CorrectionSummary):
    """A correction with its words, for those who may read them, and what the caller may do."""

    words = serializers.SerializerMethodField()
    revision = serializers.IntegerField(source="revision.act_seq", allow_null=True, default=None, help_text="Act of the revision.")
    allowed = serializers.SerializerMethodField()

    class Meta(CorrectionSummary.Meta):
        fields = (*CorrectionSummary.Meta.fields, "words", "revision", "allowed")  # type: ignore[assignment]

    @extend_schema_field(WordsOut(allow_null=True))
    def get_words(self, correction: CorrectionRequest) -> Any:
        """Null for those who only watch."""
        words = words_for(self.context["person"], self.context["department"], correction)
        return WordsOut(words).data if words else None

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed(self, correction: CorrectionRequest) -> list[str]:
        """Steps that the caller may take now."""
        return correction_steps(self.context["person"], self.context["department"], correction)


class CorrectionPage(serializers.Serializer[Any]):
    """One page of corrections."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CorrectionSummary(many=True)


class NoticeOut(serializers.ModelSerializer[CorrectionNotice]):
    """A value that your department received was corrected: look again at what you did with these entries."""

    correction = serializers.CharField(source="correction.number")
    dataset = serializers.CharField(source="correction.dataset.code")
    item = serializers.CharField(source="correction.item")
    department = serializers.CharField(source="department_id")
    entries = serializers.ListField(child=serializers.IntegerField())

    class Meta:
        model = CorrectionNotice
        fields = ("id", "correction", "dataset", "item", "department", "entries", "told_at", "seen_at")


class NoticePage(serializers.Serializer[Any]):
    """One page of notices."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = NoticeOut(many=True)


class DisputeIn(serializers.Serializer[Any]):
    """What the two disagree about: a part (request and dataset), a correction, or an agreement; one of the three."""

    about = serializers.ChoiceField([code.value for code in Quarrel])
    request = serializers.CharField(default="", allow_blank=True)
    dataset = serializers.CharField(default="", allow_blank=True)
    correction = serializers.CharField(default="", allow_blank=True)
    agreement = serializers.CharField(default="", allow_blank=True)
    reason = LongText()


class SayIn(serializers.Serializer[Any]):
    """A message; a proposal can be accepted by the other side."""

    text = LongText()
    proposal = serializers.BooleanField(default=False)


class HandOverIn(serializers.Serializer[Any]):
    """Why the two cannot agree."""

    reason = LongText()


class RulingIn(serializers.Serializer[Any]):
    """What the authority orders. `until` for ANSWER only."""

    ruling = serializers.ChoiceField([code.value for code in Ruling])
    ground = serializers.CharField(help_text="Coded ground, REFUSAL_UNFOUNDED for instance.")
    reason = LongText()
    until = serializers.DateField(default=None, allow_null=True)


class DisputeMessageOut(serializers.ModelSerializer[DisputeMessage]):
    """What one side said."""

    department = serializers.CharField(source="department_id")

    class Meta:
        model = DisputeMessage
        fields = ("department", "said_at", "text", "is_proposal", "is_accepted")


class DisputeSummary(serializers.ModelSerializer[Dispute]):
    """A dispute in a list."""

    dataset = serializers.CharField(source="dataset.code")
    requester = serializers.CharField(source="requester_id")
    provider = serializers.CharField(source="provider_id")
    opened_for = serializers.CharField(source="opened_for_id")
    state = serializers.ChoiceField(DISPUTE_STATES)

    class Meta:
        model = Dispute
        fields = (
            *("number", "about", "dataset", "requester", "provider", "opened_for", "state", "opened_at", "ended_at"),
            *("due_on", "due_provisional", "due_verified"),
        )


class DisputeOut(DisputeSummary):
    """A dispute with everything that was said, the ruling, and what the caller may do. It is about one of three things."""

    request = serializers.CharField(source="part.request.number", default=None, allow_null=True, help_text="Number of the request.")
    correction = serializers.CharField(source="correction.number", default=None, allow_null=True)
    agreement = serializers.CharField(source="agreement.agreement_id", default=None, allow_null=True)
    messages = DisputeMessageOut(many=True)
    allowed = serializers.SerializerMethodField()

    class Meta(DisputeSummary.Meta):
        fields = (  # type: ignore[assignment]
            *DisputeSummary.Meta.fields,
            *("request", "correction", "agreement", "messages", "ruling", "ruling_ground", "ruling_reason", "ruling_until", "allowed"),
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed(self, dispute: Dispute) -> list[str]:
        """Steps that the caller may take now."""
        return dispute_steps(self.context["person"], self.context["department"], dispute)


class DisputePage(serializers.Serializer[Any]):
    """One page of disputes."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = DisputeSummary(many=True)
