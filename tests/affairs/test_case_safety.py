"""The rules that must hold whatever happens, each shown once to fail when it is switched off."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from audit import trail
from exchange.affairs import actions, moves
from exchange.affairs.actions import deciding, four_eyes, owning, submitting
from exchange.affairs.errors import CaseMoved, NoSuchCase, NotThisOfficer
from exchange.affairs.lifecycle import CASE, CaseEvent, CaseState
from exchange.affairs.models import Case, CaseStep, Decision, Licence
from exchange.affairs.reading import case_for
from exchange.affairs.rules import judging
from exchange.affairs.rules.answers import Answer
from tests.affairs.log_reading import lines_about, routes
from tests.affairs.test_case_gathering import rows
from tests.affairs.test_case_preview import file, say
from tests.affairs.world import IDENTIFIERS, AffairsWorld, accept_all

# --- Checks: each returns when the rule holds -----------------------------------------------------------------------


def only_ones_own_case(world: AffairsWorld) -> None:
    """Whatever another citizen tries on a case, there is none."""
    case, other = world.shown("granted"), world.applicant("neighbour")
    attempts: list[Callable[[], Any]] = [
        lambda: case_for(case.number, applicant=other),
        lambda: actions.ask_offices(case, applicant=other),
        lambda: actions.answer_preview(case, answers={"grade_severe": "DECLINED"}, words={}, applicant=other),
        lambda: actions.fall_back(case, requirement="payout_account", how="officer", applicant=other),
        lambda: actions.provide(case, requirement="other_account", value={"bank": "B", "number": "12345678"}, applicant=other),
        lambda: actions.upload(case, requirement="grade_severe", file=file(), applicant=other),
        lambda: actions.submit(case, applicant=other),
        lambda: actions.answer_notice(case, applicant=other),
        lambda: actions.appeal(case, words="x", applicant=other),
        lambda: actions.object_to(evidence=rows(case)["grade_severe"], provider="DPF", dataset="R14", words="x", applicant=other),
        lambda: actions.object_to(entry=1, provider="DPF", dataset="R14", words="x", applicant=other),
        lambda: actions.withdraw(case, applicant=other),
    ]
    before = CaseStep.objects.count()
    for number, attempt in enumerate(attempts):
        assert ended_with(attempt) is NoSuchCase, number
    assert CaseStep.objects.count() == before


def ended_with(attempt: Callable[[], Any]) -> type[BaseException] | None:
    """How an attempt was refused; None where it went through."""
    try:
        attempt()
    except Exception as error:  # noqa: BLE001 - any other refusal than the one that is due tells of the rule's absence
        return type(error)
    return None


def decided_once(world: AffairsWorld) -> None:
    """Handed in twice, decided by two officers: one decision, one licence."""
    case = world.accepted("granted")
    stale = Case.objects.get(pk=case.pk)
    actions.submit(case, applicant=world.applicant("granted"))
    refused(CaseMoved, lambda: actions.submit(stale, applicant=world.applicant("granted")))
    assert Decision.objects.filter(case=case).count() == 1
    assert Licence.objects.filter(case=case).count() == 1

    case = world.submitted("to_officer")
    stale = Case.objects.get(pk=case.pk)
    words = {"reason": "Shown.", "article": "Part 3"}
    actions.decide(case, outcome="GRANTED", acting_user=world.staff["cab_officer"], **words)
    refused(CaseMoved, lambda: actions.decide(stale, outcome="REFUSED", acting_user=world.staff["cab_officer_2"], **words))
    assert Decision.objects.get(case=case).outcome == Case.objects.get(pk=case.pk).outcome == "GRANTED"


def unknown_never_refuses(world: AffairsWorld) -> None:
    """Each piece in turn is contested: no case is refused by a machine for it."""
    applicant = world.applicant("refused")
    for said in ("DISPUTED", "DECLINED"):
        case = world.accepted("refused")
        say(world, case, "refused", certificate_valid=said)
        assert actions.submit(case, applicant=applicant).outcome != "REFUSED"


def four_eyes_decide(world: AffairsWorld) -> None:
    """The officer who began the case for the citizen does not decide it."""
    case = world.submitted("to_officer")
    Case.objects.filter(pk=case.pk).update(clerk=world.staff["cab_officer"])
    case.refresh_from_db()
    with pytest.raises(NotThisOfficer):
        actions.decide(case, outcome="GRANTED", reason="x", article="y", acting_user=world.staff["cab_officer"])
    case = world.submitted("refused")
    actions.appeal(case, words="Look.", applicant=world.applicant("refused"))
    Decision.objects.filter(case=case).update(decided_by=world.staff["cab_officer"])
    with pytest.raises(NotThisOfficer):
        actions.settle_appeal(case, upheld=True, reason="x", acting_user=world.staff["cab_officer"])


def no_decision_without_entry(world: AffairsWorld) -> None:
    """Every step has its entry, which names the person; where the log does not take it, nothing happens."""
    case = world.submitted("granted")
    steps = list(case.steps.values_list("event", flat=True))
    assert steps[-2:] == ["submit", "decide"]
    assert [route["event"] for route in routes(type="case", case=case.number)] == steps
    named = [person for route, person in lines_about("person", IDENTIFIERS["granted"]) if route["type"] == "case"]
    assert [person["asked"] for person in named if person["case"] == case.number] == [[event] for event in steps]
    assert named[-1]["state"] == "GRANTED"


def withdrawn_stays_withdrawn(world: AffairsWorld) -> None:
    """After a withdrawal no step is possible any more, not even one that was on its way."""
    case, applicant = world.accepted("granted"), world.applicant("granted")
    actions.withdraw(case, applicant=applicant)
    refused(CaseMoved, lambda: actions.submit(case, applicant=applicant))
    refused(CaseMoved, lambda: actions.withdraw(case, applicant=applicant))
    refused(CaseMoved, lambda: actions.ask_offices(case, applicant=applicant))
    refused(CaseMoved, lambda: accept_and_submit(case, applicant))
    case.refresh_from_db()
    assert case.state == CaseState.WITHDRAWN
    assert not Decision.objects.filter(case=case).exists()


def accept_and_submit(case: Case, applicant: Any) -> None:
    """What a page in another window would still send."""
    actions.answer_preview(case, answers={"grade_severe": "DECLINED"}, words={}, applicant=applicant)


def refused(kind: type[Exception], attempt: Callable[[], Any]) -> None:
    """The attempt is refused; one that goes through is what the check is about, not an error of the test."""
    with pytest.raises(kind):
        attempt()


# --- Switches: how each rule is taken away -------------------------------------------------------------------------


def anybody_owns(monkeypatch: Any) -> None:
    """Nobody looks whose case it is."""
    from exchange.affairs.actions import appealing, applying, objecting, officers, previewing, uploading
    from exchange.affairs.recorded import By

    for module in (appealing, applying, objecting, officers, owning, previewing, submitting, uploading):
        monkeypatch.setattr(module, "require_own", lambda _case, applicant: By(applicant.by))


def moves_are_unconditional(monkeypatch: Any) -> None:
    """A case moves from whatever state it is in, and a second decision is not refused by the table either."""
    from exchange.affairs.actions import applying, officers, previewing

    def move(case: Case, event: CaseEvent, **changes: Any) -> None:
        Case.objects.filter(pk=case.pk).update(state=CASE[event][1], **changes)
        case.refresh_from_db()

    def hold(case: Case, *_states: CaseState) -> None:
        case.refresh_from_db()

    for module in (applying, deciding, submitting, previewing, moves):
        monkeypatch.setattr(module, "move_case", move)
    for module in (officers, previewing, moves):
        monkeypatch.setattr(module, "hold_case", hold)
    real = deciding._write

    def write(case: Case, *rest: Any) -> Decision:
        Decision.objects.filter(case=case).update(kind="REVIEW")
        return real(case, *rest)

    monkeypatch.setattr(deciding, "_write", write)


def unknown_is_no(monkeypatch: Any) -> None:
    """What is not known counts as a no."""
    real = judging._answer

    def answer(*arguments: Any) -> Answer:
        given = real(*arguments)
        return Answer.NO if given is Answer.UNKNOWN else given

    monkeypatch.setattr(judging, "_answer", answer)


def everybody_may_decide(monkeypatch: Any) -> None:
    """Whoever is an officer of the matter decides, their own cases too."""
    monkeypatch.setattr(four_eyes, "is_own", lambda *_: False)


def the_log_is_silent(monkeypatch: Any) -> None:
    """Entries of decisions are built and not written."""
    real = trail.insert

    def insert(built: Any) -> None:
        real([item for item in built if '"decide"' not in str(opened(item))])

    def opened(item: Any) -> list[Any]:
        from audit.proof.canonical import dumps
        from audit.proof.disclosure import open_disclosure

        return [dumps(open_disclosure(text)[2]).decode() for text in item.disclosures]

    monkeypatch.setattr(trail, "insert", insert)


RULES: dict[Any, Callable[[Any], None]] = {
    only_ones_own_case: anybody_owns,
    decided_once: moves_are_unconditional,
    unknown_never_refuses: unknown_is_no,
    four_eyes_decide: everybody_may_decide,
    no_decision_without_entry: the_log_is_silent,
    withdrawn_stays_withdrawn: moves_are_unconditional,
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_the_rule_holds(affairs_world: AffairsWorld, rule: Callable[[AffairsWorld], None]) -> None:
    rule(affairs_world)


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.__name__)
def test_its_check_fails_where_the_rule_is_switched_off(
    affairs_world: AffairsWorld, rule: Callable[[AffairsWorld], None], monkeypatch: Any
) -> None:
    RULES[rule](monkeypatch)
    with pytest.raises((AssertionError, pytest.fail.Exception)):
        rule(affairs_world)


def test_a_step_that_the_log_does_not_take_did_not_happen(affairs_world: AffairsWorld, monkeypatch: Any) -> None:
    case = affairs_world.accepted("granted")

    def fail(*_rest: Any, **_more: Any) -> None:
        raise RuntimeError("the log is away")

    monkeypatch.setattr(trail, "insert", fail)
    with pytest.raises(RuntimeError):
        actions.submit(case, applicant=affairs_world.applicant("granted"))
    case = Case.objects.get(pk=case.pk)
    assert (case.state, case.outcome) == (CaseState.PREVIEW, "")
    assert not Decision.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_of_many_who_hand_in_at_the_same_time_one_does(transactional_db: None, settings: Any) -> None:
    from audit import ceremony
    from tests.affairs.world import build_affairs_world

    settings.ALLOW_HUB_CUSTODY = True
    ceremony.found_hub()
    world = build_affairs_world()
    case = world.accepted("granted")
    results: list[str] = []

    def hand_in() -> None:
        try:
            actions.submit(Case.objects.get(pk=case.pk), applicant=world.applicant("granted"))
            results.append("decided")
        except CaseMoved:
            results.append("moved")
        finally:
            connection.close()

    threads = [threading.Thread(target=hand_in) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert sorted(results) == ["decided"] + ["moved"] * 5
    assert Decision.objects.filter(case=case).count() == Licence.objects.filter(case=case).count() == 1


def test_no_step_puts_an_identifier_into_the_clear_part_of_the_log(affairs_world: AffairsWorld) -> None:
    affairs_world.submitted("granted")
    case = affairs_world.submitted("to_officer")
    actions.decide(case, outcome="REFUSED", reason="x", article="y", acting_user=affairs_world.staff["cab_officer"])
    text = str(routes())
    assert not [identifier for identifier in IDENTIFIERS.values() if identifier in text]
    assert not [identifier for identifier in IDENTIFIERS.values() if identifier in case.number]


def test_the_copy_of_a_row_in_another_place_does_not_open(affairs_world: AffairsWorld) -> None:
    from audit.proof.envelope import EnvelopeError
    from exchange.affairs.reading import found_of

    first, second = affairs_world.shown("granted"), affairs_world.shown("granted")
    row, other = rows(first)["certificate_valid"], rows(second)["certificate_valid"]
    type(row).objects.filter(pk=other.pk).update(found=row.found)
    accept_all(first, affairs_world.applicant("granted"))
    with pytest.raises(EnvelopeError):
        found_of(second)
