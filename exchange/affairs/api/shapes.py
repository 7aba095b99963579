"""What goes in and out of this API, field by field; also what the OpenAPI document shows. Texts come in both languages."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from exchange.affairs.licences.checking import Standing
from exchange.affairs.licences.lifecycle import LicenceStatus, PaymentState
from exchange.affairs.lifecycle import CaseState, EvidenceState, ObjectionState
from exchange.affairs.models.cases import Channel, How, Outcome
from exchange.affairs.models.evidence import Preview
from exchange.affairs.offers.lifecycle import OfferState
from exchange.affairs.rules.matter import RequirementKind

ANSWERS = ["YES", "NO", "UNKNOWN"]
OUTCOMES = ["GRANT", "REFUSE", "OFFICER"]
CASE_STATES = CaseState.choices()
EVIDENCE_STATES = EvidenceState.choices()
OFFER_STATES = OfferState.choices()
ASSURANCES = ["LOW", "SUBSTANTIAL", "HIGH"]
DISPOSITIONS = ["ABOLISHED", "SHARED", "VERIFIED", "LICENCE", "DEPARTMENT_CHECK", "COMMITMENT", "SELF_PROVIDED"]
KINDS = [kind.value for kind in RequirementKind]
GRANT_KINDS = ["money", "licence"]
ITEM_STEPS = ["retry", "officer", "commitment", "provide", "upload"]
OFFER_STEPS = ["accept", "decline", "ask_again"]


class Shape(serializers.Serializer[Any]):
    """A shape of this file."""


class TextOut(Shape):
    """One text in both languages."""

    en = serializers.CharField()
    zh = serializers.CharField()


class ArticleOut(Shape):
    """A law and its article. `verified_on` null: nobody has checked it against the official text yet."""

    text = TextOut()
    article = TextOut()
    verified_on = serializers.CharField(allow_null=True)


class SourceOut(Shape):
    """Where a requirement is asked: a fact (yes or no) or items of a dataset, and for which purpose."""

    dataset = serializers.CharField()
    fact = serializers.CharField(allow_blank=True)
    items = serializers.ListField(child=serializers.CharField())
    purpose = serializers.CharField()


class FieldOut(Shape):
    """One thing to fill in. `pattern` is a regular expression for the whole text, empty where anything goes."""

    name = serializers.CharField()
    title = TextOut()
    longest = serializers.IntegerField()
    pattern = serializers.CharField(allow_blank=True)


class RequirementOut(Shape):
    """What will be asked, of whom, and why. `form` is what the citizen fills in of a self-provided one."""

    code = serializers.CharField()
    kind = serializers.ChoiceField(KINDS)
    title = TextOut()
    why = TextOut()
    article = TextOut()
    needed = serializers.BooleanField()
    sources = SourceOut(many=True)
    fallbacks = serializers.ListField(child=serializers.CharField())
    commitment = TextOut(allow_null=True)
    form = FieldOut(many=True)


class MaterialOut(Shape):
    """A paper that people had to bring, and what became of it."""

    code = serializers.CharField()
    title = TextOut()
    disposition = serializers.ChoiceField(DISPOSITIONS)
    spared_by = serializers.ListField(child=serializers.CharField())


class GrantOut(Shape):
    """What a benefit gives. Money: decimal text, currency, and per what."""

    kind = serializers.ChoiceField(GRANT_KINDS)
    amount = serializers.CharField(allow_blank=True)
    currency = serializers.CharField(allow_blank=True)
    per = serializers.CharField(allow_blank=True)


class BenefitOut(Shape):
    """One thing that is granted or not by itself. `refuses_at_once` false: every no is looked at by an officer."""

    code = serializers.CharField()
    title = TextOut()
    refuses_at_once = serializers.BooleanField()
    grant = GrantOut()


class DaysOut(Shape):
    """Working days: those of the law, and those that the office promises (0: decided at once)."""

    statutory = serializers.IntegerField()
    committed = serializers.IntegerField()


class MatterSummary(Shape):
    """A service in a list."""

    code = serializers.CharField()
    slug = serializers.CharField()
    title = TextOut()
    summary = TextOut()
    lead = serializers.CharField(help_text="Code of the department that decides.")
    life_events = serializers.ListField(child=serializers.CharField())
    is_offered = serializers.BooleanField(help_text="Whether the office offers it by itself.")


class MatterOut(MatterSummary):
    """A service: what it gives, what is asked, what nobody needs to bring any more."""

    joint = serializers.ListField(child=serializers.CharField())
    legal_basis = ArticleOut()
    days = DaysOut()
    former_materials = MaterialOut(many=True)
    requirements = RequirementOut(many=True)
    benefits = BenefitOut(many=True)


class CaseIn(Shape):
    """Which service is applied for. Whose application it is follows from who signed in."""

    matter = serializers.CharField(max_length=64, help_text="The service's `slug`.")
    language = serializers.ChoiceField(["en", "zh-hans"], default="en", help_text="In which language messages are written.")


class PauseOut(Shape):
    """Days on which the clock stands, and why. `until` null: it stands still."""

    reason = serializers.CharField()
    requirement = serializers.CharField(allow_blank=True)
    since = serializers.DateField()
    until = serializers.DateField(allow_null=True)


class ClockOut(Shape):
    """By when an officer decides. `due_on` null: no office owes an answer now."""

    due_on = serializers.DateField(allow_null=True)
    days_left = serializers.IntegerField(allow_null=True)
    is_paused = serializers.BooleanField()
    is_provisional = serializers.BooleanField()
    pauses = PauseOut(many=True)


class StepOut(Shape):
    """One thing that happened."""

    event = serializers.CharField()
    by = serializers.CharField(help_text="CITIZEN, HUB, OFFICER or CLERK.")
    at = serializers.DateTimeField()


class AppealOut(Shape):
    """Another look at the decision. `answer` is empty while it is open."""

    state = serializers.ChoiceField(ObjectionState.choices())
    words = serializers.CharField()
    answer = serializers.CharField(allow_blank=True)
    made_at = serializers.DateTimeField()
    due_on = serializers.DateField()


class CaseSummary(Shape):
    """An application in a list."""

    number = serializers.CharField()
    matter = serializers.CharField(help_text="The service's `slug`.")
    title = TextOut()
    state = serializers.ChoiceField(CASE_STATES)
    outcome = serializers.ChoiceField(Outcome.choices, allow_blank=True)
    how = serializers.ChoiceField(How.choices, allow_blank=True)
    officer_needed = serializers.BooleanField()
    started_at = serializers.DateTimeField()
    decided_at = serializers.DateTimeField(allow_null=True)


class CaseOut(CaseSummary):
    """An application as it stands. `allowed` names the steps that it may take now."""

    channel = serializers.ChoiceField(Channel.choices)
    assurance = serializers.ChoiceField(ASSURANCES)
    language = serializers.CharField()
    requested_at = serializers.DateTimeField(allow_null=True)
    submitted_at = serializers.DateTimeField(allow_null=True)
    ended_at = serializers.DateTimeField(allow_null=True)
    allowed = serializers.ListField(child=serializers.CharField())
    clock = ClockOut()
    steps = StepOut(many=True)
    missing = serializers.ListField(child=serializers.CharField(), help_text="What an officer's notice says is still missing.")
    appeal = AppealOut(allow_null=True)


class PieceOut(Shape):
    """What was found for one requirement: always a state, and what can be done next; never an empty field.

    `answer` is null until an office has answered. `values` are records that an office told, or what the citizen filled in.
    """

    requirement = serializers.CharField()
    title = TextOut()
    why = TextOut()
    kind = serializers.ChoiceField(KINDS)
    needed = serializers.BooleanField()
    state = serializers.ChoiceField(EVIDENCE_STATES, allow_null=True, help_text="null: nobody was asked yet.")
    answer = serializers.ChoiceField(ANSWERS, allow_null=True)
    says = TextOut(allow_null=True)
    values = serializers.ListField(child=serializers.DictField())
    dataset = serializers.CharField(allow_blank=True)
    provider = serializers.CharField(allow_blank=True)
    as_of = serializers.CharField(allow_blank=True)
    reason = serializers.CharField(allow_blank=True)
    preview = serializers.ChoiceField(Preview.choices, allow_blank=True)
    next_try_at = serializers.DateTimeField(allow_null=True)
    fallbacks = serializers.ListField(child=serializers.CharField(), help_text="Other ways that the service offers, in order.")


class EvidenceOut(Shape):
    """All pieces of an application, in the order of the service."""

    state = serializers.ChoiceField(CASE_STATES)
    evidence = PieceOut(many=True)


class PreviewIn(Shape):
    """What is said of each piece that was shown: requirement → ACCEPTED, DISPUTED or DECLINED."""

    answers = serializers.DictField(child=serializers.ChoiceField(Preview.choices), allow_empty=False)
    words = serializers.DictField(
        child=serializers.CharField(max_length=2000), default=dict, help_text="Requirement → what is wrong, for each DISPUTED."
    )


class ItemIn(Shape):
    """Another way for one piece. `provide` needs `value`, `upload` needs `file` (sent as multipart/form-data)."""

    do = serializers.ChoiceField(ITEM_STEPS)
    value = serializers.DictField(child=serializers.CharField(max_length=1000, allow_blank=True), required=False)
    file = serializers.FileField(required=False, help_text="A PDF, JPEG or PNG of at most 10 MB.")

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        """Each way has what it needs."""
        needed = {"provide": "value", "upload": "file"}.get(attrs["do"])
        if needed and needed not in attrs:
            raise serializers.ValidationError({needed: "This way needs it."})
        return attrs


class WordsIn(Shape):
    """What the citizen has to say."""

    words = serializers.CharField(max_length=2000)


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


class MatterPage(Shape):
    """Every service."""

    results = MatterSummary(many=True)


class CasePage(Shape):
    """One page of applications."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CaseSummary(many=True)


class OfferPage(Shape):
    """Every offer."""

    results = OfferOut(many=True)
