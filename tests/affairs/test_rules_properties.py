"""What holds for every rule and every set of answers, tried with many of both."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import product
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.rules import Answer, Found, judge, read_matter
from exchange.affairs.rules.reading import read_rule
from exchange.affairs.rules.tree import causes_of_no, evaluate, flipped

NAMES = ["a", "b", "c", "d", "e"]
TEXT = {"en": "Text.", "zh": "文字。"}
RULES = st.recursive(
    st.sampled_from(NAMES),
    lambda part: st.one_of(
        st.fixed_dictionaries({"all": st.lists(part, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"any": st.lists(part, min_size=1, max_size=4)}),
        st.fixed_dictionaries({"not": part}),
        st.fixed_dictionaries({"at_least": st.fixed_dictionaries({"n": st.integers(1, 4), "of": st.lists(part, min_size=1, max_size=4)})}),
    ),
    max_leaves=8,
)
ANSWERS = st.fixed_dictionaries({name: st.sampled_from(list(Answer)) for name in NAMES})
SILENT = [state for state in EvidenceState if state is not EvidenceState.FETCHED]


def matter(rules: list[Any], *, refuse: str = "automatic", expects: Mapping[str, str] | None = None) -> dict[str, Any]:
    """A matter with a fact for each name, and a benefit for each rule."""
    wording = {"reason": TEXT, "remedy": TEXT}
    return {
        "code": "X1",
        "slug": "x",
        "title": TEXT,
        "summary": TEXT,
        "lead": "AB",
        "purpose": "p",
        "identifier_kinds": ["person"],
        "former_materials": [],
        "requirements": [
            {
                "code": name,
                "kind": "fact",
                "title": TEXT,
                "why": TEXT,
                "article": TEXT,
                "sources": [{"dataset": "D1", "fact": name}],
                "says": {"YES": TEXT, "NO": TEXT, "UNKNOWN": TEXT},
                "fallbacks": [],
                "needed": True,
            }
            for name in NAMES
        ],
        "conditions": {
            name: {
                "requirement": name,
                "expects": (expects or {}).get(name, "YES"),
                "title": TEXT,
                "article": TEXT,
                "when_no": wording,
                "when_unknown": wording,
            }
            for name in NAMES
        },
        "benefits": [
            {"code": f"benefit_{number}", "title": TEXT, "rule": rule, "refuse": refuse, "grant": {"kind": "licence"}}
            for number, rule in enumerate(rules)
        ],
    }


def found(answers: Mapping[str, Answer]) -> dict[str, Found]:
    """Each answer as if a register had given it."""
    return {name: Found(name, EvidenceState.FETCHED, answer.value) for name, answer in answers.items()}


def mirrored(rule: Any) -> Any:
    """The rule with the parts of every operator in the opposite order."""
    if isinstance(rule, str):
        return rule
    [(operator, within)] = rule.items()
    if operator == "not":
        return {"not": mirrored(within)}
    if operator == "at_least":
        return {"at_least": {"n": within["n"], "of": [mirrored(part) for part in reversed(within["of"])]}}
    return {operator: [mirrored(part) for part in reversed(within)]}


@given(RULES, ANSWERS)
def test_flipping_the_named_facts_of_a_refusal_changes_it_and_none_is_spare(rule: Any, answers: dict[str, Answer]) -> None:
    judgement = judge(read_matter(matter([rule])), found(answers))
    [benefit] = judgement.benefits
    if benefit.outcome != "REFUSE":
        assert benefit.because == ()
        return
    named = frozenset(benefit.because)
    if not _can_change(rule, answers):
        return  # a rule that contradicts itself refuses whatever is found; nothing can be named
    assert named
    after = judge(read_matter(matter([rule])), found(flipped(answers, named)))
    assert after.outcome != "REFUSE"
    for name in named:
        fewer = judge(read_matter(matter([rule])), found(flipped(answers, named - {name})))
        assert fewer.outcome == "REFUSE", f"{name} is spare"


def _can_change(rule: Any, answers: dict[str, Answer]) -> bool:
    known = [name for name, answer in answers.items() if answer is not Answer.UNKNOWN]
    sets = (frozenset(name for name, taken in zip(known, choice, strict=True) if taken) for choice in product([0, 1], repeat=len(known)))
    return any(evaluate(read_rule(rule), flipped(answers, names)) is not Answer.NO for names in sets)


@given(RULES, ANSWERS, st.sets(st.sampled_from(NAMES)), st.sampled_from(SILENT))
def test_nothing_that_is_unknown_refuses(rule: Any, answers: dict[str, Answer], silenced: set[str], state: EvidenceState) -> None:
    plan = read_matter(matter([rule]))
    pieces = found(answers)
    before = judge(plan, pieces).outcome
    quiet = {**pieces, **{name: Found(name, state, answers[name].value) for name in silenced}}
    after = judge(plan, quiet).outcome
    assert after in (before, "OFFICER")


@given(RULES, ANSWERS)
def test_an_outcome_that_hangs_on_an_unknown_goes_to_an_officer(rule: Any, answers: dict[str, Answer]) -> None:
    open_names = [name for name, answer in answers.items() if answer is Answer.UNKNOWN]
    completions = (
        {**answers, **dict(zip(open_names, choice, strict=True))} for choice in product([Answer.YES, Answer.NO], repeat=len(open_names))
    )
    outcomes = {evaluate(read_rule(rule), completion) for completion in completions}
    if len(outcomes) > 1:
        assert judge(read_matter(matter([rule])), found(answers)).outcome == "OFFICER"


@given(st.lists(RULES, min_size=1, max_size=3), ANSWERS, st.randoms(use_true_random=False))
def test_order_does_not_matter(rules: list[Any], answers: dict[str, Answer], random: Any) -> None:
    document = matter(rules)
    shuffled = {**document, "benefits": [{**benefit, "rule": mirrored(benefit["rule"])} for benefit in document["benefits"]]}
    random.shuffle(shuffled["requirements"])
    shuffled["conditions"] = dict(random.sample(sorted(document["conditions"].items()), len(NAMES)))
    pieces = list(found(answers).items())
    random.shuffle(pieces)
    one, other = judge(read_matter(document), found(answers)), judge(read_matter(shuffled), dict(pieces))
    assert one.outcome == other.outcome
    for left, right in zip(one.benefits, other.benefits, strict=True):
        assert (left.outcome, left.because) == (right.outcome, right.because)
        assert {line.condition: line for line in left.lines} == {line.condition: line for line in right.lines}


@given(RULES, ANSWERS, st.fixed_dictionaries({name: st.sampled_from(["YES", "NO"]) for name in NAMES}))
def test_a_benefit_that_leaves_refusing_to_an_officer_never_refuses(rule: Any, answers: dict[str, Answer], expects: dict[str, str]) -> None:
    assert judge(read_matter(matter([rule], refuse="officer", expects=expects)), found(answers)).outcome in ("GRANT", "OFFICER")


@given(RULES, ANSWERS)
def test_a_line_says_truly_whether_its_answer_alone_would_change_the_outcome(rule: Any, answers: dict[str, Answer]) -> None:
    plan = read_matter(matter([rule]))
    [benefit] = judge(plan, found(answers)).benefits
    for line in benefit.lines:
        others = [judge(plan, found({**answers, line.condition: other})).outcome for other in (Answer.YES, Answer.NO)]
        assert line.would_change == any(other != benefit.outcome for other in others)


def test_one_condition_in_two_places_is_flipped_in_both() -> None:
    # taken place by place the cheapest change is to flip a; but then the other place holds no more
    rule = read_rule({"all": ["a", {"any": [{"not": "a"}, "b"]}]})
    answers = {"a": Answer.NO, "b": Answer.NO}
    assert causes_of_no(rule, answers) == {"a", "b"}


def test_a_rule_with_very_many_conditions_is_explained_without_trying_all_sets() -> None:
    names = [f"n{number:02}" for number in range(40)]
    rule = read_rule({"at_least": {"n": 38, "of": names}})
    answers = dict.fromkeys(names, Answer.NO)
    assert len(causes_of_no(rule, answers)) == 38
