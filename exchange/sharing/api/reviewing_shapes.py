"""What goes in and out of the review: verdicts, remarks, messages, precedents, and the check before sending."""

from __future__ import annotations

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from audit.proof.acts.shape import MOST_KEPT
from exchange.sharing.api.shapes import FactOut, FaultIn, ItemOut, NoteIn
from exchange.sharing.foreseeing import Way
from exchange.sharing.least import Proposal
from exchange.sharing.lifecycle import RefusalGround
from exchange.sharing.models import PartMessage, RequestPart, Wish
from exchange.sharing.verdicts import Verdict

GROUNDS = [ground.value for ground in RefusalGround]
DECISIONS = [Wish.GRANTED.value, Wish.MASKED.value, Wish.REFUSED.value]


class VerdictIn(serializers.Serializer[Any]):
    """What is decided about one item or fact. Refused: ground and reason. Masked: how many characters stay readable at each end."""

    decision = serializers.ChoiceField(DECISIONS)
    ground = serializers.ChoiceField(GROUNDS, required=False, default="")
    reason = serializers.CharField(required=False, default="", allow_blank=True, max_length=2000)
    keep_first = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=0, max_value=MOST_KEPT)
    keep_last = serializers.IntegerField(required=False, default=None, allow_null=True, min_value=0, max_value=MOST_KEPT)


class ApproveIn(NoteIn):
    """What is decided item by item; what is not named is granted."""

    verdicts = serializers.DictField(child=VerdictIn(), default=dict, help_text="`items.grade` or `facts.valid` → verdict.")


class CheckIn(NoteIn):
    """What the owner should look at, item by item."""

    remarks = serializers.DictField(child=serializers.CharField(), default=dict, help_text="`items.grade` → remark for the owner.")


class SendBackIn(serializers.Serializer[Any]):
    """What the first officer should look at again."""

    reason = serializers.CharField(max_length=10_000)


class MessageIn(serializers.Serializer[Any]):
    """One message of the thread."""

    text = serializers.CharField(max_length=10_000)


class MessageOut(serializers.ModelSerializer[PartMessage]):
    """One message: who wrote, for whom, on which side."""

    department = serializers.CharField(source="department_id")
    person = serializers.CharField(source="person.display_name")

    class Meta:
        model = PartMessage
        fields = ("at", "department", "side", "person", "text")


class PartName(serializers.Serializer[Any]):
    """One part by its request's number and its dataset."""

    number = serializers.CharField()
    dataset = serializers.CharField()


class TogetherIn(NoteIn):
    """One decision for several parts: verdicts that name everything asked, or a refusal of all."""

    parts = PartName(many=True, allow_empty=False)
    verdicts = serializers.DictField(
        child=VerdictIn(), required=False, help_text="`items.grade` → verdict, for everything that any part asks."
    )
    refuse = serializers.DictField(child=serializers.CharField(), required=False, help_text='Instead: {"ground": …, "reason": …}.')


class ForeseenOut(serializers.Serializer[Any]):
    """What will come back for one part, and why."""

    dataset = serializers.CharField()
    way = serializers.ChoiceField([way.value for way in Way])
    why = serializers.ListField(child=serializers.CharField())
    due_on = serializers.DateField(allow_null=True)
    faults = FaultIn(many=True)


class ProposalOut(serializers.Serializer[Any]):
    """The least that a purpose needs of one dataset, and what says so."""

    dataset = serializers.CharField()
    items = serializers.ListField(child=serializers.CharField())
    facts = serializers.DictField(child=serializers.DictField(), help_text="Fact → parameter → allowed values.")
    because = serializers.SerializerMethodField()

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_because(self, proposal: Proposal) -> list[str]:
        """Sentences in the reader's language."""
        return [reason.sentence for reason in proposal.because]


class Precedent(serializers.ModelSerializer[RequestPart]):
    """One part of another request about the same dataset."""

    number = serializers.CharField(source="request.number")
    requester = serializers.CharField(source="request.requester_id")
    purpose = serializers.CharField(source="request.purpose_id")
    state = serializers.CharField()
    items = ItemOut(many=True)
    facts = FactOut(many=True)

    class Meta:
        model = RequestPart
        fields = ("number", "requester", "purpose", "state", "items", "facts", "ground", "decision_reason", "decided_at")


class PrecedentsOut(serializers.Serializer[Any]):
    """How the same was decided before, and which open requests are alike."""

    decided = Precedent(many=True)
    similar = Precedent(many=True)


def verdicts_of(data: dict[str, Any]) -> dict[str, Verdict]:
    """Verdicts as the actions take them."""
    return {wish: Verdict(**verdict) for wish, verdict in data.items()}
