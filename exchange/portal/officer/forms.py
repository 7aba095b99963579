"""What an officer writes: an answer, one list of what is missing, a decision, the answer to an appeal."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from exchange.affairs.rules import Judgement
from exchange.affairs.rules.judgement import OFFICER, REFUSE
from exchange.portal.templatetags.look_text import bilingual

_REASON = _("The citizen reads this. Name the fact it rests on, and what would change it.")


def _open_benefits(judgement: Judgement, outcome: str) -> list[tuple[str, str]]:
    return [(benefit.code, bilingual(benefit.title)) for benefit in judgement.benefits if benefit.outcome == outcome]


class _BenefitForm(forms.Form):
    """A form that may choose among several benefits; asked for only where there is a choice."""

    hide_optional = True
    benefits = forms.MultipleChoiceField(label=_("Which are granted"), required=False, widget=forms.CheckboxSelectMultiple)

    def _offer(self, choices: list[tuple[str, str]]) -> None:
        if len(choices) < 2:
            del self.fields["benefits"]
            return
        field: Any = self.fields["benefits"]
        field.choices = choices
        field.initial = [code for code, _title in choices]

    def chosen(self) -> list[str] | None:
        """The chosen benefits; None where there was no choice."""
        return self.cleaned_data.get("benefits") or None


class DecisionForm(_BenefitForm):
    """Granted or refused, the reason, and the article of the law."""

    outcome = forms.ChoiceField(label=_("Decision"), choices=[("GRANTED", _("Grant")), ("REFUSED", _("Refuse"))], widget=forms.RadioSelect)
    article = forms.CharField(label=_("Article of the law"), max_length=300)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=10_000, help_text=_REASON)
    field_order = ("outcome", "benefits", "article", "reason")

    def __init__(self, judgement: Judgement, *args: Any) -> None:
        super().__init__(*args)
        self._offer(_open_benefits(judgement, OFFICER))
        self.fields["article"].initial = _first_article(judgement)


class AppealForm(_BenefitForm):
    """Whether the citizen was right, and why."""

    upheld = forms.ChoiceField(
        label=_("Result"),
        choices=[("yes", _("The citizen is right: grant what was refused")), ("no", _("The decision stands"))],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea, max_length=10_000, help_text=_REASON)
    field_order = ("upheld", "benefits", "reason")

    def __init__(self, judgement: Judgement, *args: Any) -> None:
        super().__init__(*args)
        self._offer(_open_benefits(judgement, REFUSE))


class NoticeForm(forms.Form):
    """Everything that is missing, at once."""

    missing = forms.CharField(
        label=_("What is missing"),
        widget=forms.Textarea,
        max_length=10_000,
        help_text=_("One line for each thing, with what to do. The citizen gets one notice only; the clock stands until the answer."),
    )

    def clean_missing(self) -> list[str]:
        """Each line by itself."""
        return [line.strip() for line in self.cleaned_data["missing"].splitlines() if line.strip()]


class AnswerForm(forms.Form):
    """A person's answer in place of a register's."""

    answer = forms.ChoiceField(
        label=_("Answer"), choices=[("YES", _("Yes")), ("NO", _("No")), ("UNKNOWN", _("Not known"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("What it rests on"), widget=forms.Textarea, max_length=10_000)


def _first_article(judgement: Judgement) -> str:
    lines = (line for benefit in judgement.benefits if benefit.outcome == OFFICER for line in benefit.lines if line.answer != "YES")
    return next((bilingual(line.article) for line in lines), "")
