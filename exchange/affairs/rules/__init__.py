"""Decides a case from what was found: three-valued, explained line by line. Pure: no Django, no database, no clock."""

from exchange.affairs.rules.answers import Answer, Found
from exchange.affairs.rules.judgement import BenefitJudgement, Judgement, Line
from exchange.affairs.rules.judging import judge
from exchange.affairs.rules.matter import Asking, MatterPlan, Requirement
from exchange.affairs.rules.reading import read_matter

__all__ = ["Answer", "Asking", "BenefitJudgement", "Found", "Judgement", "Line", "MatterPlan", "Requirement", "judge", "read_matter"]
