"""Attacks on cases by whoever may write to the database, by a clerk, and by a program that never stops asking."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from audit.proof.canonical import document_hash
from audit.proof.envelope import EnvelopeError
from exchange.accounts.actions import open_account, unbind
from exchange.accounts.errors import TooManyTries
from exchange.affairs import actions
from exchange.affairs.actions import owning
from exchange.affairs.api import stream
from exchange.affairs.counter import codes, visits
from exchange.affairs.errors import Altered, AnswerIncomplete, CaseMoved, NotThisOfficer
from exchange.affairs.licences import treasury
from exchange.affairs.licences.paying import document_of_order
from exchange.affairs.matters import plan_of
from exchange.affairs.models import AccountCode, Case, CounterVisit, Decision, Evidence, Matter, MatterVersion, Objection
from exchange.affairs.reading import decision_of, found_of, judgement_of, objection_words
from tests.affairs.log_reading import routes
from tests.affairs.world import IDENTIFIERS, AffairsWorld, accept_all

TOO_LONG = "x" * (owning.LONGEST_WORDS + 1)


def visit_for(world: AffairsWorld, name: str, clerk: str = "cab_clerk") -> CounterVisit:
    """A confirmed visit of one of the citizens."""
    visit = visits.open_visit(
        world.matter,
        kind="person",
        identifier=IDENTIFIERS[name],
        acting_user=world.staff[clerk],
        department=world.departments["CAB"],
    )
    return visits.confirm_visit(visit, how=CounterVisit.Confirmed.SLIP)


class TestWhoeverWritesToTheDatabase:
    def test_a_case_that_was_given_another_persons_column_asks_nobody(self, affairs_world: AffairsWorld) -> None:
        victim, own = affairs_world.start("granted"), affairs_world.start("neighbour")
        Case.objects.filter(pk=own.pk).update(subject_sealed=victim.subject_sealed)
        own = Case.objects.get(pk=own.pk)
        with pytest.raises(EnvelopeError):
            actions.ask_offices(own, applicant=affairs_world.applicant("neighbour"))
        assert not Evidence.objects.exists()

    def test_a_running_case_that_was_given_another_persons_column_shows_nothing(self, affairs_world: AffairsWorld) -> None:
        victim, own = affairs_world.shown("granted"), affairs_world.shown("neighbour")
        changed = {"subject_sealed": victim.subject_sealed, "evidence_set": victim.evidence_set}
        Case.objects.filter(pk=own.pk).update(**changed)
        with pytest.raises(EnvelopeError):
            found_of(Case.objects.get(pk=own.pk))

    def test_an_objection_that_was_given_another_persons_column_does_not_open(self, affairs_world: AffairsWorld) -> None:
        made = [dispute(affairs_world, name) for name in ("granted", "neighbour")]
        columns = {"subject_sealed": made[0].subject_sealed, "words": made[0].words}
        Objection.objects.filter(pk=made[1].pk).update(**columns)
        with pytest.raises(EnvelopeError):
            objection_words(Objection.objects.get(pk=made[1].pk))

    def test_a_rule_that_was_changed_in_its_row_judges_nobody(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.accepted("refused")
        document = affairs_world.document
        for benefit in document["benefits"]:
            benefit["rule"] = {"not": "certificate_valid"}
        MatterVersion.objects.filter(pk=case.version_id).update(document=json.dumps(document))
        with pytest.raises(Altered):
            actions.submit(Case.objects.get(pk=case.pk), applicant=affairs_world.applicant("refused"))
        with pytest.raises(Altered):
            actions.start_case(Matter.objects.get(pk="M04"), applicant=affairs_world.applicant("old"), language="en")
        assert not Decision.objects.exists()

    @pytest.mark.parametrize("document", ["", "[]", "{}", '{"a": 1.5}', "null"])
    def test_a_version_that_is_no_document_any_more_is_read_by_nobody(self, affairs_world: AffairsWorld, document: str) -> None:
        version = affairs_world.matter.current
        assert version is not None
        version.document = document
        for read in (lambda: version.content, lambda: plan_of(version)):
            with pytest.raises(Altered):
                read()

    def test_an_outcome_that_was_turned_round_is_not_shown(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("refused")
        assert case.outcome == "REFUSED"
        Case.objects.filter(pk=case.pk).update(outcome="GRANTED")
        with pytest.raises(Altered):
            decision_of(Case.objects.get(pk=case.pk))

    def test_a_decision_that_was_turned_round_contradicts_its_trace(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("refused")
        Case.objects.filter(pk=case.pk).update(outcome="GRANTED")
        Decision.objects.filter(case=case).update(outcome="GRANTED")
        found = decision_of(Case.objects.get(pk=case.pk))
        assert found is not None
        with pytest.raises(Altered):
            judgement_of(found)

    def test_a_trace_that_was_copied_from_another_case_does_not_open(self, affairs_world: AffairsWorld) -> None:
        granted, refused = affairs_world.submitted("granted"), affairs_world.submitted("refused")
        copied = Decision.objects.get(case=granted)
        Decision.objects.filter(case=refused).update(trace=copied.trace, outcome="GRANTED")
        with pytest.raises(EnvelopeError):
            judgement_of(Decision.objects.get(case=refused))

    def test_a_code_from_a_counter_that_was_given_another_persons_column_binds_nobody(self, affairs_world: AffairsWorld) -> None:
        victim, thief = visit_for(affairs_world, "granted"), open_account("thief", password=None, acting_system="tests")
        codes.give_code(victim)
        stolen = AccountCode.objects.get()
        visits.end_visit(victim)
        code = codes.give_code(visit_for(affairs_world, "neighbour"))
        sources = [stolen.subject_sealed, affairs_world.start("granted").subject_sealed]
        for sealed in sources:
            AccountCode.objects.exclude(pk=stolen.pk).update(subject_sealed=sealed)
            with pytest.raises(EnvelopeError):
                codes.use_code(thief, code=code, address="192.0.2.1")
        thief.refresh_from_db()
        assert not thief.identifier_sealed

    def test_a_visit_that_was_given_another_persons_column_is_about_nobody(self, affairs_world: AffairsWorld) -> None:
        visit, victim = visit_for(affairs_world, "neighbour"), affairs_world.start("granted")
        CounterVisit.objects.filter(pk=visit.pk).update(subject_sealed=victim.subject_sealed)
        with pytest.raises(EnvelopeError):
            visits.begin_case(CounterVisit.objects.get(pk=visit.pk), language="en")
        assert Case.objects.count() == 1

    def test_a_payment_that_was_given_to_another_department_does_not_open(self, affairs_world: AffairsWorld) -> None:
        order = affairs_world.submitted("granted").payments.get()
        type(order).objects.filter(pk=order.pk).update(payer="DPF")
        with pytest.raises(Altered):
            treasury.open_order(type(order).objects.get(pk=order.pk), acting_user=affairs_world.staff["dpf_officer"])

    def test_the_log_says_by_which_rule_a_case_was_begun_and_decided(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.submitted("granted")
        told = [(route["event"], route["rule"]) for route in routes() if route.get("case") == case.number and "rule" in route]
        assert told == [("start", case.version.hash), ("decide", case.version.hash)]


class TestWhoAppliesTwice:
    def test_nobody_is_paid_twice_for_one_month(self, affairs_world: AffairsWorld) -> None:
        first, second = affairs_world.submitted("granted"), affairs_world.submitted("granted")
        assert (first.outcome, second.outcome) == ("GRANTED", "GRANTED")
        months = [month for case in (first, second) for order in case.payments.all() for month in document_of_order(order)["months"]]
        assert len(months) == len(set(months))
        assert months
        assert [case.licences.get().status for case in (first, second)] == ["CHANGED", "VALID"]
        assert first.payments.get().state == "ORDERED", "what was promised was taken away"

    def test_a_month_whose_money_came_back_is_paid_by_the_later_decision(self, affairs_world: AffairsWorld) -> None:
        first = affairs_world.submitted("granted")
        treasury.mark_returned(first.payments.get(), because="ACCOUNT_CLOSED", acting_user=affairs_world.staff["cab_officer"])
        second = affairs_world.submitted("granted")
        amounts = {document_of_order(case.payments.get())["amount"] for case in (first, second)}
        assert len(amounts) == 1

    def test_all_applications_of_a_person_are_held_while_one_is_decided(self, affairs_world: AffairsWorld) -> None:
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        other, case = affairs_world.accepted("granted"), affairs_world.accepted("granted")
        with CaptureQueriesContext(
            connection,
        ) as asked:
            actions.submit(case, applicant=affairs_world.applicant("granted"))
        held = [
            place
            for place, query in enumerate(asked.captured_queries)
            if all(part in query["sql"] for part in ("ORDER BY", '"subject_blind" ='))
        ]
        moved = [place for place, query in enumerate(asked.captured_queries) if query["sql"].startswith('UPDATE "affairs_case"')]
        assert held
        assert held[0] < moved[0], "two that are decided in the same moment do not see each other"
        assert other.state == "PREVIEW"


class TestAClerk:
    def test_who_ends_the_own_binding_does_not_become_a_stranger(self, affairs_world: AffairsWorld) -> None:
        from exchange.accounts.actions import bind
        from exchange.accounts.models.binding import Method
        from exchange.accounts.subject import Assurance, Subject

        clerk = affairs_world.staff["cab_clerk"]
        unbind(affairs_world.people["old"], acting_system="tests")
        own = Subject("person", IDENTIFIERS["old"])
        bind(clerk, subject=own, method=Method.DEMO, assurance=Assurance.SUBSTANTIAL, acting_system="tests")
        unbind(clerk, acting_user=clerk)
        clerk.refresh_from_db()
        with pytest.raises(NotThisOfficer):
            visit_for(affairs_world, "old")
        assert not CounterVisit.objects.exists()


def dispute(world: AffairsWorld, name: str, words: str = "Mine.") -> Objection:
    """The objection of somebody who disputes the first piece."""
    case = world.shown(name)
    said = {"certificate_valid": "DISPUTED"}
    actions.answer_preview(case, answers=said, words={"certificate_valid": words}, applicant=world.applicant(name))
    return Objection.objects.get(evidence__evidence_set=case.evidence_set_id)


def appealed(world: AffairsWorld, words: str) -> object:
    """Another look at a refusal."""
    return actions.appeal(world.submitted("refused"), words=words, applicant=world.applicant("refused"))


def objected(world: AffairsWorld, words: str) -> Objection:
    """An objection to a piece of a decided case."""
    row = Evidence.objects.get(evidence_set=world.submitted("granted").evidence_set_id, requirement="certificate_valid")
    whom: dict[str, Any] = {"provider": row.provider, "dataset": row.dataset}
    return actions.object_to(evidence=row, words=words, applicant=world.applicant("granted"), **whom)


class TestWithoutEnd:
    @pytest.mark.parametrize("say", [lambda world, words: dispute(world, "granted", words), appealed, objected])
    def test_nobody_writes_a_book(self, affairs_world: AffairsWorld, say: Callable[[AffairsWorld, str], object]) -> None:
        with pytest.raises(AnswerIncomplete) as refused:
            say(affairs_world, TOO_LONG)
        assert [fault.rule for fault in refused.value.faults] == ["longest"]
        assert not Objection.objects.exists()

    def test_an_office_that_has_not_answered_is_not_asked_the_same_again(self, affairs_world: AffairsWorld) -> None:
        made = objected(affairs_world, "It is wrong.")
        whom: dict[str, Any] = {"provider": made.provider, "dataset": made.dataset, "words": "It is wrong."}
        with pytest.raises(CaseMoved):
            actions.object_to(evidence=made.evidence, applicant=affairs_world.applicant("granted"), **whom)
        actions.settle_objection(made, upheld=False, answer="It is right.", acting_user=affairs_world.staff["dpf_officer"])
        actions.object_to(evidence=made.evidence, applicant=affairs_world.applicant("granted"), **whom)

    def test_a_piece_is_not_disputed_and_accepted_without_end(self, affairs_world: AffairsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(owning, "STEPS_AN_HOUR", 8)
        case, applicant = affairs_world.accepted("granted"), affairs_world.applicant("granted")
        begun = case.steps.filter(by="CITIZEN").count()
        for said in ["DECLINED", "ACCEPTED"] * 4:
            if case.steps.filter(by="CITIZEN").count() == 8:
                break
            actions.answer_preview(case, answers={"certificate_valid": said}, words={}, applicant=applicant)
        assert begun < 8
        with pytest.raises(TooManyTries):
            actions.answer_preview(case, answers={"certificate_valid": "DECLINED"}, words={}, applicant=applicant)
        case.steps.update(at=timezone.now() - timedelta(hours=2))
        accept_all(case, affairs_world.applicant("granted"))

    def test_nobody_begins_applications_without_end(self, affairs_world: AffairsWorld, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(owning, "CASES_A_DAY", 2)
        for _ in range(2):
            affairs_world.start("granted")
        with pytest.raises(TooManyTries):
            affairs_world.start("granted")
        affairs_world.start("neighbour")
        assert Case.objects.count() == 3

    def test_one_person_does_not_take_the_places_of_all_listeners(
        self, affairs_world: AffairsWorld, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        from audit.errors import Unavailable

        case, other = affairs_world.start("granted"), affairs_world.start("neighbour")
        places: dict[object, bytes] = {object(): bytes(case.subject_blind) for _ in range(stream.MOST_OF_ONE)}
        monkeypatch.setattr(stream, "_LISTENING", places)
        with pytest.raises(Unavailable):
            stream.events_of(case, last_seen="")
        assert stream.events_of(other, last_seen="").streaming


def test_the_name_of_a_version_is_the_hash_of_its_document(affairs_world: AffairsWorld) -> None:
    for version in MatterVersion.objects.all():
        assert document_hash(version.content) == version.hash
