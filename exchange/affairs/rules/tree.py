"""A rule: a tree of named conditions with three-valued logic (Kleene), and the fewest answers that force its outcome.

`not_no` and `not_yes` walk the tree once. Where one condition stands in several places their choice can fail; then
all small sets are tried, so the result is always checked, never assumed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations

from exchange.affairs.rules.answers import Answer

Answers = Mapping[str, Answer]
Names = frozenset[str]
MOST_TRIED = 12


@dataclass(frozen=True)
class Named:
    """A condition by its name."""

    name: str


@dataclass(frozen=True)
class AtLeast:
    """At least `n` of the parts hold: all of them (`all`), one of them (`any`), or a number between."""

    n: int
    of: tuple[Rule, ...]


@dataclass(frozen=True)
class Not:
    """The part does not hold."""

    part: Rule


Rule = Named | AtLeast | Not


def all_of(*of: Rule) -> AtLeast:
    """Every part holds; without parts it holds."""
    return AtLeast(len(of), of)


def any_of(*of: Rule) -> AtLeast:
    """One part holds; without parts it does not."""
    return AtLeast(1, of)


def names_in(rule: Rule) -> Iterator[str]:
    """Every name, each once, in the order in which a reader meets it."""
    yield from dict.fromkeys(_names(rule))


def _names(rule: Rule) -> Iterator[str]:
    match rule:
        case Named(name):
            yield name
        case Not(part):
            yield from _names(part)
        case AtLeast(_, of):
            for part in of:
                yield from _names(part)


def evaluate(rule: Rule, answers: Answers) -> Answer:
    """YES, NO or UNKNOWN. A name without an answer is UNKNOWN."""
    match rule:
        case Named(name):
            return answers.get(name, Answer.UNKNOWN)
        case Not(part):
            return evaluate(part, answers).opposite
        case AtLeast(n, of):
            given = [evaluate(part, answers) for part in of]
            return _counted(n, given.count(Answer.YES), given.count(Answer.UNKNOWN))


def _counted(n: int, yes: int, unknown: int) -> Answer:
    if yes >= n:
        return Answer.YES
    return Answer.UNKNOWN if yes + unknown >= n else Answer.NO


def flipped(answers: Answers, names: Names) -> dict[str, Answer]:
    """The answers with those of `names` turned to their opposite."""
    return {name: answer.opposite if name in names else answer for name, answer in answers.items()}


def causes_of_no(rule: Rule, answers: Answers) -> Names:
    """A smallest-first chosen set of conditions without any spare one: flip their answers, and the rule is no longer NO.

    Empty where the rule is not NO. All known conditions where no set can change it (a rule that contradicts itself).
    """
    if evaluate(rule, answers) is not Answer.NO:
        return frozenset()
    known = {name: answers.get(name, Answer.UNKNOWN) for name in names_in(rule)}
    guess = _not_no(rule, known)
    if not _frees(rule, known, guess):
        guess = _tried(rule, known)
    return _without_spare(rule, known, guess)


def _frees(rule: Rule, answers: Answers, names: Names) -> bool:
    return evaluate(rule, flipped(answers, names)) is not Answer.NO


def _tried(rule: Rule, answers: Answers) -> Names:
    known = sorted(name for name, answer in answers.items() if answer is not Answer.UNKNOWN)
    most = len(known) if len(known) <= MOST_TRIED else 3
    sets = (frozenset(chosen) for size in range(1, most + 1) for chosen in combinations(known, size))
    return next((chosen for chosen in sets if _frees(rule, answers, chosen)), frozenset(known))


def _without_spare(rule: Rule, answers: Answers, names: Names) -> Names:
    if not _frees(rule, answers, names):
        return names
    for name in sorted(names):
        if _frees(rule, answers, names - {name}):
            names -= {name}
    return names


def _not_no(rule: Rule, answers: Answers) -> Names:
    """Which answers to flip so that the rule is YES or UNKNOWN, each place of a condition taken by itself."""
    match rule:
        case Named(name):
            return frozenset({name} if answers[name] is Answer.NO else ())
        case Not(part):
            return _not_yes(part, answers)
        case AtLeast(n, of):
            return _cheapest(n, of, answers, _not_no)


def _not_yes(rule: Rule, answers: Answers) -> Names:
    """The dual: at least n of m does not hold where m - n + 1 parts do not."""
    match rule:
        case Named(name):
            return frozenset({name} if answers[name] is Answer.YES else ())
        case Not(part):
            return _not_no(part, answers)
        case AtLeast(n, of):
            return _cheapest(len(of) - n + 1, of, answers, _not_yes)


def _cheapest(n: int, of: tuple[Rule, ...], answers: Answers, price: Callable[[Rule, Answers], Names]) -> Names:
    prices = sorted((price(part, answers) for part in of), key=lambda names: (len(names), sorted(names)))
    return frozenset().union(*prices[: max(n, 0)])
