"""Services: what each gives, what is asked, what nobody needs to bring any more."""

from __future__ import annotations

from typing import Any

from rest_framework import serializers

from exchange.affairs.rules.matter import RequirementKind

KINDS = [kind.value for kind in RequirementKind]
GRANT_KINDS = ["money", "licence"]
DISPOSITIONS = ["ABOLISHED", "SHARED", "VERIFIED", "LICENCE", "DEPARTMENT_CHECK", "COMMITMENT", "SELF_PROVIDED"]


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


class MatterPage(Shape):
    """Every service."""

    results = MatterSummary(many=True)
