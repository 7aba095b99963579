"""A register was put right at another department's word: open cases ask once more, decided ones are shown to their officer."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from audit.models import Entry
from catalog import work
from catalog.models import Work
from exchange.accounts.models import Message
from exchange.affairs import actions
from exchange.affairs.actions.correcting import look_again_after
from exchange.affairs.errors import CaseMoved, NotThisOfficer
from exchange.affairs.gathering import gather_now
from exchange.affairs.models import Case, Decision
from exchange.affairs.reading import found_of, judgement_of
from exchange.sharing.corrections import actions as correcting
from exchange.sharing.corrections.actions import Claim
from exchange.sharing.models import CorrectionNotice, CorrectionRequest
from tests.affairs.test_case_gathering import rows
from tests.affairs.world import IDENTIFIERS, PEOPLE, AffairsWorld, accept_all, load_rows, rows_of
from tests.sharing.correcting import settled_log

WHO = "neighbour"  # hearing, grade 4: no care allowance, until the register says grade 1

RESTS = {"grade_severe", "grade_moderate"}  # both ask for the grade; the type and the rest do not


@pytest.fixture
def corrected(affairs_world: AffairsWorld, monkeypatch: pytest.MonkeyPatch) -> Any:
    """Corrects the grade of WHO from 4 to 1, as a department that received it asked: everything but the cases' own work."""

    def correct(case: Case) -> CorrectionRequest:
        made = asked(affairs_world, case)
        correcting.answer_correction(
            made, verdict="accept", words="Assessed again.", acting_user=affairs_world.staff["dpf_officer"], department=made.provider
        )
        monkeypatch.setitem(PEOPLE, WHO, {**PEOPLE[WHO], "certificate": ("hearing", 1, "2031-12-31")})
        load_rows(affairs_world.datasets["R14"], rows_of("R14"), affairs_world.staff["dpf_publisher"])
        settled_log()
        do("catalog.revision_published")
        made.refresh_from_db()
        assert made.state == "PUBLISHED"
        return made

    return correct


def asked(world: AffairsWorld, case: Case) -> CorrectionRequest:
    """Civil Affairs says that the grade which its case received looks wrong."""
    settled_log()
    agreement = world.agreements["R14", "disability_allowance"]
    claim = Claim(
        entry=Entry.objects.get(leaf=rows(case)["grade_severe"].leaf).index,
        item="grade_in",
        kind="person",
        identifier=IDENTIFIERS[WHO],
        believed="Grade 1 since June.",
        reason="The assessment says so.",
    )
    return correcting.ask_correction(agreement, claim=claim, acting_user=world.staff["cab_asker"], department=agreement.requester)


def noticed(correction: CorrectionRequest) -> CorrectionRequest:
    """With the notice that publishing it would write."""
    given = {"department": correction.requester, "entries": [correction.entry], "told_at": correction.asked_at}
    CorrectionNotice.objects.create(correction=correction, **given)
    return correction


def do(name: str) -> int:
    """The work of this name that waits; how many pieces."""
    waiting = list(Work.objects.filter(name=name, state="WAITING").values_list("pk", flat=True))
    assert all(work.run(found) for found in waiting)
    return len(waiting)


def told(template: str) -> int:
    """How many messages of this text were written."""
    return Message.objects.filter(template=template).count()


def test_an_open_case_asks_the_office_again_under_the_same_agreement(affairs_world: AffairsWorld, corrected: Any) -> None:
    case = affairs_world.accepted(WHO)
    before = rows(case)
    assert found_of(case)["grade_severe"].answer == "NO"
    corrected(case)
    assert do("correction.settled") == 1
    after = rows(case)
    assert {name for name, row in after.items() if row.state == "ASKED"} == RESTS
    assert (after["grade_severe"].preview, after["grade_severe"].reason, after["grade_severe"].found) == ("", "VALUE_CORRECTED", None)
    assert "value_corrected" in case.steps.values_list("event", flat=True)
    assert told("case_value_corrected") == 1
    assert gather_now(case)
    again = rows(case)["grade_severe"]
    assert found_of(case)["grade_severe"].answer == "YES"
    assert again.agreement == before["grade_severe"].agreement
    assert bytes(again.leaf or b"") != bytes(before["grade_severe"].leaf or b"")
    accept_all(case, affairs_world.applicant(WHO))
    case = actions.submit(case, applicant=affairs_world.applicant(WHO))
    outcomes = {benefit.code: benefit.outcome for benefit in judgement_of(Decision.objects.get(case=case)).benefits}
    assert outcomes["care_allowance"] == "GRANT"


def test_the_news_may_come_twice(affairs_world: AffairsWorld, corrected: Any) -> None:
    open_case = affairs_world.shown(WHO)
    correction = corrected(open_case)
    assert look_again_after(correction) == 1
    assert look_again_after(correction) == 0
    assert told("case_value_corrected") == 1


def test_answers_that_do_not_rest_on_the_value_stand(affairs_world: AffairsWorld, corrected: Any) -> None:
    case = affairs_world.accepted(WHO)
    corrected(case)
    do("correction.settled")
    others = {name: row.state for name, row in rows(case).items() if name not in RESTS}
    assert "ASKED" not in others.values()


def test_what_an_officer_answered_instead_of_the_register_stands(affairs_world: AffairsWorld, corrected: Any) -> None:
    case, applicant = affairs_world.shown(WHO), affairs_world.applicant(WHO)
    actions.answer_preview(case, answers={"grade_severe": "DISPUTED"}, words={"grade_severe": "It is 1."}, applicant=applicant)
    officer = affairs_world.staff["cab_officer"]
    correction = noticed(asked(affairs_world, case))
    actions.answer_evidence(rows(case)["grade_severe"], answer="YES", reason="I saw the letter.", acting_user=officer)
    correction.state = "PUBLISHED"
    assert look_again_after(correction) == 1  # another answer that rests on the grade was the register's own
    assert (rows(case)["grade_severe"].state, rows(case)["grade_moderate"].state) == ("FETCHED", "ASKED")
    assert found_of(case)["grade_severe"].answer == "YES"


def test_nothing_happens_before_the_corrected_value_is_published(affairs_world: AffairsWorld) -> None:
    case = affairs_world.accepted(WHO)
    correction = noticed(asked(affairs_world, case))
    assert look_again_after(correction) == 0
    assert rows(case)["grade_severe"].state == "FETCHED"


def test_a_decided_case_is_shown_to_its_officer_and_never_decided_again_by_itself(affairs_world: AffairsWorld, corrected: Any) -> None:
    case = affairs_world.submitted(WHO)
    decided = (case.state, case.outcome, Decision.objects.filter(case=case).count())
    corrected(case)
    do("correction.settled")
    do("affairs.gather")
    case.refresh_from_db()
    assert (case.state, case.outcome, Decision.objects.filter(case=case).count()) == decided
    assert rows(case)["grade_severe"].state == "FETCHED"
    assert told("case_decided_on_old_value") == 1
    officer = Client()
    officer.force_login(affairs_world.staff["cab_officer"])
    assert case.number in officer.get("/en/console/cases").content.decode()
    page = officer.get(f"/en/console/cases/{case.number}").content.decode()
    assert "A value was corrected after the decision" in page
    with pytest.raises(NotThisOfficer):
        actions.mark_looked_at(case, acting_user=affairs_world.staff["cab_asker"])
    officer.post(f"/en/console/cases/{case.number}/looked")
    assert officer.get(f"/en/console/cases/{case.number}").status_code == 404
    with pytest.raises(CaseMoved):
        actions.mark_looked_at(case, acting_user=affairs_world.staff["cab_officer_2"])
    case.refresh_from_db()
    assert (case.state, case.outcome) == decided[:2]
    events = list(case.steps.values_list("event", flat=True))
    assert events.count("value_corrected_late") == events.count("looked_at_corrected") == 1


def test_a_department_that_only_asked_a_question_about_the_item_is_told_too(affairs_world: AffairsWorld, corrected: Any) -> None:
    case = affairs_world.accepted(WHO)
    correction = corrected(case)
    notice = CorrectionNotice.objects.get(correction=correction, department="CAB")
    assert correction.entry in notice.entries
