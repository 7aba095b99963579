"""What is left to a person: the queue, one notice, answers, a decision with its reason, and another look by another officer."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from exchange.accounts.actions import bind, unbind
from exchange.accounts.models.binding import Method
from exchange.accounts.subject import Assurance, Subject
from exchange.affairs import actions
from exchange.affairs.clock import due_after, limit_of
from exchange.affairs.errors import AnswerIncomplete, CaseMoved, NoSuchCase, NotThisOfficer, TooLate
from exchange.affairs.models import Appeal, Case, Decision, Licence, Pause
from exchange.affairs.reading import appeal_words, clock_of, decision_of, judgement_of, missing_of, reasons_of
from tests.affairs.log_reading import lines_about
from tests.affairs.test_case_gathering import rows
from tests.affairs.test_case_preview import file, say
from tests.affairs.world import IDENTIFIERS, AffairsWorld

WORDS = {"reason": "The account was shown at the counter.", "article": "Part 3, item 3"}


def decide(world: AffairsWorld, case: Case, outcome: str = "GRANTED", by: str = "cab_officer", **more: Any) -> Case:
    """An officer's decision."""
    return actions.decide(case, outcome=outcome, acting_user=world.staff[by], **{**WORDS, **more})


class TestDeciding:
    def test_the_queue_shows_what_waits_by_due_date(self, affairs_world: AffairsWorld) -> None:
        first = affairs_world.submitted("to_officer")
        affairs_world.submitted("granted")
        assert list(Case.objects.led_by(["CAB"]).for_officers()) == [first]
        assert actions.matters_decided_by(affairs_world.staff["cab_officer"]) == {"M04", "M13"}
        assert actions.matters_decided_by(affairs_world.staff["cab_asker"]) == frozenset()

    def test_statutory_days_count_where_the_promise_was_at_once(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("to_officer")
        assert clock_of(case).days_left == 16

    def test_an_officer_grants_with_a_reason_from_the_law(self, affairs_world: AffairsWorld) -> None:
        case = decide(affairs_world, affairs_world.submitted("to_officer"))
        decision = Decision.objects.get(case=case)
        assert (case.state, case.outcome, case.how) == ("DECIDED", "GRANTED", "BY_OFFICER")
        assert reasons_of(decision) == WORDS
        assert WORDS["reason"].encode() not in bytes(decision.reasons or b"")
        assert Licence.objects.get(case=case).status == "VALID"
        named = [person for route, person in lines_about("person", IDENTIFIERS["to_officer"]) if route.get("event") == "decide"]
        assert [person["officer"] for person in named] == ["cab-officer"]

    def test_a_decision_without_reason_or_article_is_refused(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("to_officer")
        with pytest.raises(AnswerIncomplete) as refused:
            decide(affairs_world, case, outcome="OFFICER", reason=" ", article="")
        assert {fault.where for fault in refused.value.faults} == {"reason", "article", "outcome"}

    def test_one_benefit_may_be_granted_and_the_other_refused(self, affairs_world: AffairsWorld) -> None:
        case = decide(affairs_world, affairs_world.submitted("to_officer"), benefits=["care_allowance"])
        outcomes = {benefit.code: benefit.outcome for benefit in judgement_of(Decision.objects.get(case=case)).benefits}
        assert outcomes == {"living_allowance": "REFUSE", "care_allowance": "GRANT"}

    def test_nobody_decides_against_the_rule_once_everything_is_answered(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.accepted("refused")
        say(affairs_world, case, "refused", certificate_valid="DISPUTED")
        case = actions.submit(case, applicant=affairs_world.applicant("refused"))
        officer = affairs_world.staff["cab_officer"]
        actions.answer_evidence(rows(case)["certificate_valid"], answer="NO", reason="The register is right.", acting_user=officer)
        with pytest.raises(AnswerIncomplete) as refused:
            decide(affairs_world, case, outcome="GRANTED")
        assert [fault.rule for fault in refused.value.faults] == ["rule"]
        assert decide(affairs_world, case, outcome="REFUSED").outcome == "REFUSED"

    def test_an_answer_from_a_file_lets_the_rule_grant(self, affairs_world: AffairsWorld) -> None:
        case, applicant = affairs_world.accepted("expired"), affairs_world.applicant("expired")
        actions.upload(case, requirement="certificate_valid", file=file(), applicant=applicant)
        case = actions.submit(case, applicant=applicant)
        officer = affairs_world.staff["cab_officer"]
        actions.answer_evidence(rows(case)["certificate_valid"], answer="YES", reason="Renewed last week.", acting_user=officer)
        assert decide(affairs_world, case).outcome == "GRANTED"


class TestNotice:
    def test_it_is_sent_once_and_stops_the_clock_until_it_is_answered(self, affairs_world: AffairsWorld) -> None:
        case, officer = affairs_world.submitted("to_officer"), affairs_world.staff["cab_officer"]
        actions.send_notice(case, missing=["An account in your own name.", " "], acting_user=officer)
        assert missing_of(case) == ["An account in your own name."]
        assert clock_of(case).is_paused
        with pytest.raises(CaseMoved):
            actions.send_notice(case, missing=["And another thing."], acting_user=officer)
        actions.answer_notice(case, applicant=affairs_world.applicant("to_officer"))
        assert not clock_of(case).is_paused
        with pytest.raises(CaseMoved):
            actions.answer_notice(case, applicant=affairs_world.applicant("to_officer"))

    def test_the_days_of_a_pause_move_the_due_date(self, affairs_world: AffairsWorld) -> None:
        case, today = affairs_world.submitted("to_officer"), timezone.localdate()
        actions.send_notice(case, missing=["An account."], acting_user=affairs_world.staff["cab_officer"])
        Case.objects.filter(pk=case.pk).update(submitted_at=case.submitted_at - timedelta(days=14))  # type: ignore[operator]
        Pause.objects.update(since=today - timedelta(days=14))
        case.refresh_from_db()
        actions.answer_notice(case, applicant=affairs_world.applicant("to_officer"))
        case.refresh_from_db()
        as_if_received = due_after(today - timedelta(days=1), limit_of(case.version.content))  # today counts again
        assert case.due_on == clock_of(case).due_on == as_if_received.on

    def test_an_empty_list_is_no_notice(self, affairs_world: AffairsWorld) -> None:
        with pytest.raises(AnswerIncomplete):
            actions.send_notice(affairs_world.submitted("to_officer"), missing=[" "], acting_user=affairs_world.staff["cab_officer"])


class TestFourEyes:
    @pytest.mark.parametrize("who", ["cab_asker", "cab_admin", "cab_clerk", "dpf_officer", "auditor", "reviewer"])
    def test_only_officers_of_the_matter_touch_its_cases(self, affairs_world: AffairsWorld, who: str) -> None:
        case, person = affairs_world.submitted("to_officer"), affairs_world.staff[who]
        with pytest.raises(NotThisOfficer):
            decide(affairs_world, case, by=who)
        with pytest.raises(NotThisOfficer):
            actions.send_notice(case, missing=["x"], acting_user=person)
        with pytest.raises(NotThisOfficer):
            actions.answer_evidence(rows(case)["payout_account"], answer="YES", reason="x", acting_user=person)

    def test_who_leaves_the_department_decides_no_more(self, affairs_world: AffairsWorld) -> None:
        from exchange.accounts.actions import end_role

        case, officer = affairs_world.submitted("to_officer"), affairs_world.staff["cab_officer"]
        end_role(officer.memberships.get(), acting_user=affairs_world.staff["cab_admin"])
        with pytest.raises(NotThisOfficer):
            decide(affairs_world, case)

    def test_nobody_is_looked_up_without_a_case_that_waits(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("granted")
        with pytest.raises(NotThisOfficer):
            actions.answer_evidence(rows(case)["payout_account"], answer="YES", reason="x", acting_user=affairs_world.staff["cab_officer"])

    def test_an_officer_whose_account_was_ever_bound_to_the_citizen_is_no_stranger(self, affairs_world: AffairsWorld) -> None:
        case, officer = affairs_world.submitted("to_officer"), affairs_world.staff["cab_officer"]
        subject = Subject("person", IDENTIFIERS["to_officer"])
        bind(officer, subject=subject, method=Method.DEMO, assurance=Assurance.HIGH, acting_system="tests")
        with pytest.raises(NotThisOfficer):
            decide(affairs_world, case)
        unbind(officer, acting_system="tests")
        with pytest.raises(NotThisOfficer):
            decide(affairs_world, case)
        assert decide(affairs_world, case, by="cab_officer_2").outcome == "GRANTED"


class TestAppeal:
    def test_another_officer_looks_and_the_citizen_reads_the_answer(self, affairs_world: AffairsWorld) -> None:
        applicant = affairs_world.applicant("to_officer")
        case = decide(affairs_world, affairs_world.submitted("to_officer"), outcome="REFUSED")
        made = actions.appeal(case, words="I do have an account.", applicant=applicant)
        assert appeal_words(made) == ("I do have an account.", "")
        assert case in Case.objects.for_officers()
        with pytest.raises(NotThisOfficer):
            settle(affairs_world, case, by="cab_officer")
        case = settle(affairs_world, case, by="cab_officer_2")
        assert (case.state, case.outcome) == ("REVIEWED", "GRANTED")
        assert appeal_words(Appeal.objects.get(case=case))[1] == "Shown at the counter."
        assert [decision.kind for decision in case.decisions.all()] == ["FIRST", "REVIEW"]
        assert decision_of(case).kind == "REVIEW"  # type: ignore[union-attr]
        assert Licence.objects.get(case=case).status == "VALID"

    def test_more_is_granted_and_the_licence_follows(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("care_only")
        actions.appeal(case, words="My family has a low income.", applicant=affairs_world.applicant("care_only"))
        case = settle(affairs_world, case, by="cab_officer")
        assert sorted(Licence.objects.filter(case=case).values_list("status", flat=True)) == ["CHANGED", "VALID"]
        assert len(judgement_of(decision_of(case)).granted) == 2  # type: ignore[arg-type]

    def test_an_appeal_that_fails_leaves_the_licence_as_it_was(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("care_only")
        licence = Licence.objects.get(case=case)
        actions.appeal(case, words="My family has a low income.", applicant=affairs_world.applicant("care_only"))
        case = settle(affairs_world, case, by="cab_officer", upheld=False)
        assert (case.state, case.outcome) == ("REVIEWED", "GRANTED")
        assert Licence.objects.get(case=case).pk == licence.pk
        assert Licence.objects.get(case=case).status == "VALID"

    def test_it_is_asked_for_once_in_words_and_in_time(self, affairs_world: AffairsWorld) -> None:
        case, applicant = affairs_world.submitted("refused"), affairs_world.applicant("refused")
        with pytest.raises(AnswerIncomplete):
            actions.appeal(case, words=" ", applicant=applicant)
        Case.objects.filter(pk=case.pk).update(decided_at=timezone.now() - timedelta(days=61))
        case.refresh_from_db()
        with pytest.raises(TooLate):
            actions.appeal(case, words="Look again.", applicant=applicant)
        Case.objects.filter(pk=case.pk).update(decided_at=timezone.now() - timedelta(days=59))
        case.refresh_from_db()
        actions.appeal(case, words="Look again.", applicant=applicant)
        with pytest.raises(CaseMoved):
            actions.appeal(case, words="Look again.", applicant=applicant)

    def test_a_stranger_appeals_against_nothing(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("refused")
        with pytest.raises(NoSuchCase):
            actions.appeal(case, words="Look again.", applicant=affairs_world.applicant("granted"))


def settle(world: AffairsWorld, case: Case, *, by: str, upheld: bool = True) -> Case:
    """Another officer's answer to an appeal."""
    return actions.settle_appeal(case, upheld=upheld, reason="Shown at the counter.", acting_user=world.staff[by])
