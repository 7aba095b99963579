"""What goes in and out of the API about offers, emergencies, orders that wait, and what an agreement's end would cost."""

from __future__ import annotations

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from exchange.sharing.api.shapes import LegalBasisShape
from exchange.sharing.lifecycle import OfferKind, OfferState
from exchange.sharing.models import EmergencyReview, StandingOffer
from exchange.sharing.offers.sides import offer_steps
from exchange.sharing.offers.signing import joined_under
from exchange.sharing.offers.text import METHODS, OfferTerms

KINDS = [kind.value for kind in OfferKind]
STATES = [state.value for state in OfferState]


class StandingOfferIn(serializers.Serializer[Any]):
    """What an owner offers. With `retention_days` it is a framework: departments that are named join it by one signature."""

    dataset = serializers.CharField()
    requesters = serializers.ListField(child=serializers.CharField(), help_text="Codes of departments, one by one.")
    purposes = serializers.ListField(child=serializers.CharField())
    methods = serializers.ListField(child=serializers.ChoiceField(METHODS))
    items = serializers.ListField(child=serializers.CharField(), default=list)
    facts = serializers.DictField(child=serializers.DictField(), default=dict, help_text="Fact → parameter → allowed values.")
    row_filter = serializers.DictField(allow_null=True, default=None)
    per_day = serializers.IntegerField(min_value=1, max_value=100_000_000, default=10_000)
    per_minute = serializers.IntegerField(min_value=1, max_value=1_000_000, default=600)
    fact_answers = serializers.IntegerField(min_value=1, max_value=1_000_000, default=3)
    fact_days = serializers.IntegerField(min_value=1, max_value=3660, default=30)
    retention_days = serializers.IntegerField(min_value=0, max_value=36_600, allow_null=True, default=None)
    legal_basis = LegalBasisShape(many=True)
    title = serializers.DictField(child=serializers.CharField(), default=dict)
    masks = serializers.DictField(child=serializers.DictField(), default=dict, help_text="Item → {keep_first, keep_last}.")
    not_after = serializers.DateTimeField()


class EmergencyIn(StandingOfferIn):
    """What the authority opens in an emergency: one legal act, at most 30 days, answers kept for at most 30 days."""

    reason = serializers.DictField(child=serializers.CharField(), help_text='By language: {"en": …, "zh": …}.')
    retention_days = serializers.IntegerField(min_value=0, max_value=30)


class JoinIn(serializers.Serializer[Any]):
    """With which of your systems, and for which of the offered purposes."""

    systems = serializers.ListField(child=serializers.CharField())
    purpose = serializers.CharField()


class ReviewIn(serializers.Serializer[Any]):
    """What the authority publishes after an emergency; the figures are counted by the hub."""

    finding = serializers.CharField()
    follows = serializers.CharField()


class ReviewOut(serializers.ModelSerializer[EmergencyReview]):
    """The review that an emergency owes: due on a day, then written once."""

    class Meta:
        model = EmergencyReview
        fields = ("due_on", "used", "finding", "follows", "written_at")


class StandingOfferSummary(serializers.ModelSerializer[StandingOffer]):
    """One line of a list."""

    state = serializers.SerializerMethodField()
    dataset = serializers.CharField(source="dataset.code")

    class Meta:
        model = StandingOffer
        fields = ("offer_id", "offer_hash", "kind", "state", "provider", "dataset", "not_after")

    @extend_schema_field(serializers.ChoiceField(STATES))
    def get_state(self, offer: StandingOffer) -> str:
        """With its last day read against now."""
        return offer.state_at(timezone.now()).value


class StandingOfferOut(StandingOfferSummary):
    """An offer: its text, the order that is signed, who has joined, and what you may do."""

    allowed = serializers.SerializerMethodField()
    joined = serializers.SerializerMethodField()
    review = serializers.SerializerMethodField()

    class Meta:
        model = StandingOffer
        fields = (
            *StandingOfferSummary.Meta.fields,
            "document",
            "order",
            "signature",
            "suspended_by",
            "state_reason",
            "act_seq",
            "allowed",
            "joined",
            "review",
        )

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_allowed(self, offer: StandingOffer) -> list[str]:
        """Steps that you may take now."""
        return [event.value for event in offer_steps(self.context["person"], self.context["department"], offer)]

    @extend_schema_field(serializers.ListField(child=serializers.CharField()))
    def get_joined(self, offer: StandingOffer) -> list[str]:
        """Codes of the departments whose agreements rest on it."""
        rows = joined_under(offer).exclude(act_seq=None).order_by("requester")
        return list(dict.fromkeys(rows.values_list("requester_id", flat=True)))

    @extend_schema_field(ReviewOut(allow_null=True))
    def get_review(self, offer: StandingOffer) -> Any:
        """Of an emergency alone."""
        found = EmergencyReview.objects.filter(offer=offer).first()
        return ReviewOut(found).data if found else None


class StandingOfferPage(serializers.Serializer[Any]):
    """A page of offers."""

    next = serializers.CharField(allow_null=True)
    previous = serializers.CharField(allow_null=True)
    results = StandingOfferSummary(many=True)


class DescribedShape(serializers.Serializer[Any]):
    """What the dataset's signed description calls an item or fact."""

    name = serializers.CharField()
    title = serializers.DictField(child=serializers.CharField())
    sensitivity = serializers.IntegerField(required=False)


class DescriptionShape(serializers.Serializer[Any]):
    """Names for the reader; they decide nothing."""

    title = serializers.DictField(child=serializers.CharField())
    items = DescribedShape(many=True)
    facts = DescribedShape(many=True)


class WaitingOrderOut(serializers.Serializer[Any]):
    """An order that waits for a signature: everything that the signing machine shows, and the hash that it computes again."""

    number = serializers.CharField()
    step = serializers.CharField()
    order = serializers.DictField()
    hash = serializers.CharField()
    keyid = serializers.CharField()
    role = serializers.CharField()
    department = serializers.CharField()
    expires_at = serializers.DateTimeField()
    target = serializers.DictField(allow_null=True)
    described = DescriptionShape()


class SignatureIn(serializers.Serializer[Any]):
    """A signature object (protocol section 1) over exactly the order."""

    signature = serializers.DictField()


class HandedInOut(serializers.Serializer[Any]):
    """The step is taken."""

    number = serializers.CharField()
    step = serializers.CharField()
    done_at = serializers.DateTimeField()


class StoppedMatterShape(serializers.Serializer[Any]):
    """A service matter that asks under the agreement."""

    code = serializers.CharField()
    titles = serializers.DictField(child=serializers.CharField())
    open_cases = serializers.IntegerField()


class LossesOut(serializers.Serializer[Any]):
    """Who loses what when the agreement stops: calls of the last `days` days, matters, and open cases."""

    systems = serializers.ListField(child=serializers.CharField())
    items = serializers.ListField(child=serializers.CharField())
    facts = serializers.ListField(child=serializers.CharField())
    exchanges = serializers.IntegerField()
    subjects = serializers.IntegerField()
    days = serializers.IntegerField()
    matters = StoppedMatterShape(many=True)
    open_cases = serializers.IntegerField()


class BegunOut(serializers.Serializer[Any]):
    """The draft that would replace an agreement."""

    request = serializers.CharField()
    dataset = serializers.CharField()
    supersedes = serializers.CharField()


def terms_of(data: dict[str, Any]) -> OfferTerms:
    """The terms that a checked body says."""
    names = OfferTerms.__dataclass_fields__
    return OfferTerms(**{name: value for name, value in data.items() if name in names})
