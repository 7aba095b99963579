"""Applications, what was found for them, and what the citizen says of it."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from exchange.affairs.api.shapes.matters import KINDS, Shape, TextOut
from exchange.affairs.lifecycle import CaseState, EvidenceState, ObjectionState
from exchange.affairs.models.cases import Channel, How, Outcome
from exchange.affairs.models.evidence import Preview

ANSWERS = ["YES", "NO", "UNKNOWN"]
CASE_STATES = CaseState.choices()
EVIDENCE_STATES = EvidenceState.choices()
ASSURANCES = ["LOW", "SUBSTANTIAL", "HIGH"]
ITEM_STEPS = ["retry", "officer", "commitment", "provide", "upload"]


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


class CasePage(Shape):
    """One page of applications."""

    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = CaseSummary(many=True)


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
