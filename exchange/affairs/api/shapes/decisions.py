"""Decisions with their trace, licences, payments, and what offices offer by themselves."""

from __future__ import annotations

from rest_framework import serializers

from exchange.affairs.api.shapes.cases import ANSWERS
from exchange.affairs.api.shapes.matters import Shape, TextOut
from exchange.affairs.licences.checking import Standing
from exchange.affairs.licences.lifecycle import LicenceStatus, PaymentState
from exchange.affairs.models.cases import How, Outcome
from exchange.affairs.offers.lifecycle import OfferState

OUTCOMES = ["GRANT", "REFUSE", "OFFICER"]
OFFER_STATES = OfferState.choices()
OFFER_STEPS = ["accept", "decline", "ask_again"]


class LineOut(Shape):
    """One condition: its answer, where that came from and when, the article, and what the citizen can do."""

    condition = serializers.CharField()
    title = TextOut()
    answer = serializers.ChoiceField(ANSWERS)
    requirement = serializers.CharField()
    source = serializers.CharField(allow_blank=True)  # type: ignore[assignment]  # the framework takes it off the class
    provider = serializers.CharField(allow_blank=True)
    as_of = serializers.CharField(allow_blank=True)
    article = serializers.DictField(child=serializers.CharField(allow_blank=True))
    reason = serializers.DictField(child=serializers.CharField(allow_blank=True))
    remedy = serializers.DictField(child=serializers.CharField(allow_blank=True))
    would_change = serializers.BooleanField(help_text="Whether another answer to this alone would change the outcome.")
    source_state = serializers.CharField()


class JudgedOut(Shape):
    """One benefit. `because` names the conditions that caused a no."""

    code = serializers.CharField()
    title = TextOut()
    outcome = serializers.ChoiceField(OUTCOMES)
    because = serializers.ListField(child=serializers.CharField())
    lines = LineOut(many=True)


class PaymentOut(Shape):
    """One payment: for which month, by when, and what became of it."""

    month = serializers.CharField()
    state = serializers.ChoiceField(PaymentState.choices())
    pay_by = serializers.DateField()


class LicenceOut(Shape):
    """The licence of a grant; `address` is what its QR code opens."""

    id = serializers.CharField()
    status = serializers.ChoiceField(LicenceStatus.choices())
    valid_from = serializers.DateField()
    valid_until = serializers.DateField(allow_null=True)
    address = serializers.CharField()


class DecisionOut(Shape):
    """A decision with its trace: what was granted, what was not and why, and how to ask for another look."""

    kind = serializers.CharField()
    outcome = serializers.ChoiceField(Outcome.choices)
    how = serializers.ChoiceField(How.choices)
    decided_at = serializers.DateTimeField()
    benefits = JudgedOut(many=True)
    reason = serializers.CharField(allow_blank=True, help_text="An officer's own words.")
    article = serializers.CharField(allow_blank=True)
    appeal = TextOut()
    appeal_until = serializers.DateTimeField(allow_null=True)
    licence = LicenceOut(allow_null=True)
    payments = PaymentOut(many=True)


class LicenceStatusOut(Shape):
    """What anybody may know of a licence: never whose it is. Texts and days are null where it is UNKNOWN."""

    standing = serializers.ChoiceField([standing.value for standing in Standing])
    title = TextOut(allow_null=True)
    issuer = TextOut(allow_null=True)
    valid_from = serializers.DateField(allow_null=True)
    valid_until = serializers.DateField(allow_null=True)
    changed_at = serializers.DateTimeField(allow_null=True)


class OfferOut(Shape):
    """What an office offers by itself. `until_on`: the last day to say no. `found` is what the offer rests on."""

    id = serializers.UUIDField()
    matter = serializers.CharField(help_text="The service's `slug`.")
    title = TextOut()
    state = serializers.ChoiceField(OFFER_STATES)
    made_at = serializers.DateTimeField()
    until_on = serializers.DateField()
    until_is_provisional = serializers.BooleanField()
    case = serializers.CharField(allow_blank=True, help_text="Number of the application that it became.")
    found = serializers.DictField(child=serializers.DictField(child=serializers.CharField(allow_blank=True)))


class OfferIn(Shape):
    """What is said to an offer."""

    do = serializers.ChoiceField(OFFER_STEPS)


class OfferPage(Shape):
    """Every offer."""

    results = OfferOut(many=True)
