"""Asking the offices: what each failure becomes, what is asked again, and that no crash loses or doubles a case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from audit.models import Pending
from catalog.actions import bring_online, take_offline
from catalog.lifecycle import WorkState
from catalog.models import Work
from exchange.affairs import actions
from exchange.affairs.gathering import gather, gather_now, keeping
from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.models import Case, Evidence, MatterVersion, Pause
from exchange.affairs.reading import clock_of, found_of
from exchange.sharing.actions import revoke, suspend
from tests.affairs.log_reading import lines_about, routes
from tests.affairs.world import IDENTIFIERS, AffairsWorld

CERTIFICATE = ("certificate_valid", "grade_severe", "grade_moderate", "type_mental")


def rows(case: Case) -> dict[str, Evidence]:
    """The case's evidence by requirement, fresh."""
    return {row.requirement: row for row in Evidence.objects.filter(evidence_set=case.evidence_set_id)}


def come_due(case: Case) -> None:
    """The time for the next try has come."""
    now = timezone.now()
    Evidence.objects.filter(evidence_set=case.evidence_set_id, state="PROVIDER_DOWN").update(next_try_at=now)
    Work.objects.filter(target=str(case.pk), state=WorkState.WAITING).update(not_before=now)


def asked(world: AffairsWorld, name: str = "granted") -> Case:
    """A case whose questions are written down and not yet put."""
    return actions.ask_offices(world.start(name), applicant=world.applicant(name))


def with_sources(world: AffairsWorld, requirement: str, sources: list[dict[str, Any]]) -> None:
    """The matter with other sources for one requirement; the loader's guards are not what is tested here."""
    document = world.document
    for need in document["requirements"]:
        if need["code"] == requirement:
            need["sources"] = sources
    use_document(world, document)


def use_document(world: AffairsWorld, document: dict[str, Any]) -> None:
    """Let new cases of M04 begin under this document."""
    from audit.proof.canonical import document_hash, dumps

    version = MatterVersion.objects.create(matter=world.matter, hash=document_hash(document), document=dumps(document).decode())
    world.matter.current = version
    world.matter.save()


class TestNormalWays:
    def test_every_question_stands_as_asked_before_anybody_is_asked(self, affairs_world: AffairsWorld) -> None:
        case = asked(affairs_world)
        assert {row.state for row in rows(case).values()} == {EvidenceState.ASKED}
        assert Work.objects.filter(name="affairs.gather", target=str(case.pk), state=WorkState.WAITING).count() == 1
        assert routes(type="exchange") == []

    def test_the_exchanges_name_the_case_and_the_automatic_officer(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown()
        lines = [(route, named) for route, named in lines_about("person", IDENTIFIERS["granted"]) if route["type"] == "exchange"]
        assert {route["dataset"] for route, _ in lines} == {"R13", "R14", "R22"}
        assert {(named["case"], named["officer"]) for _, named in lines} == {(case.number, "automatic")}

    def test_the_leads_own_register_is_looked_at_under_owner_check(self, affairs_world: AffairsWorld) -> None:
        affairs_world.shown()
        assert [route["purpose"] for route in routes(type="exchange", dataset="R13")] == ["OWNER_CHECK"]

    def test_no_account_on_file_is_no_record_and_not_a_no(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown("to_officer")
        assert rows(case)["payout_account"].state == EvidenceState.NO_RECORD
        assert found_of(case)["payout_account"].answer == "UNKNOWN"

    def test_an_answer_is_kept_sealed_with_the_leaf_of_its_entry(self, affairs_world: AffairsWorld) -> None:
        row = rows(affairs_world.shown())["payout_account"]
        assert row.found is not None
        assert b"1234" not in bytes(row.found)
        assert Pending.objects.filter(leaf=bytes(row.leaf or b"")).exists()

    def test_values_beyond_what_the_matter_asks_are_not_kept(self, affairs_world: AffairsWorld) -> None:
        with_sources(affairs_world, "payout_account", [{"dataset": "R22", "items": ["last_four"], "purpose": "disability_allowance"}])
        assert found_of(affairs_world.shown())["payout_account"].values == [{"last_four": "1234"}]

    def test_gathering_refuses_to_run_inside_somebody_elses_transaction(self, affairs_world: AffairsWorld) -> None:
        case = asked(affairs_world)
        with transaction.atomic(), pytest.raises(RuntimeError):
            gather(str(case.pk), lambda _progress: None)


class TestRounds:
    def test_a_requirement_waits_for_the_answer_that_names_its_subject(self, affairs_world: AffairsWorld) -> None:
        document = affairs_world.document
        other = {**document["requirements"][0], "code": "spouse_certificate", "about": {"requirement": "spouse", "item": "person"}}
        spouse = {**document["requirements"][5], "code": "spouse", "sources": [{"dataset": "R22", "items": ["bank"], "purpose": "x"}]}
        document["requirements"] += [other, spouse]
        use_document(affairs_world, document)
        case = affairs_world.shown()
        # nobody may be asked who the spouse is, so that nothing can be asked of the spouse: said, never left blank
        assert rows(case)["spouse"].state == EvidenceState.REFUSED
        assert rows(case)["spouse_certificate"].state == EvidenceState.NO_RECORD
        assert rows(case)["spouse_certificate"].reason == keeping.NOTHING_TO_ASK_WITH

    def test_a_second_round_takes_its_parameter_from_the_first(self, affairs_world: AffairsWorld) -> None:
        document = affairs_world.document
        again = {**document["requirements"][0], "code": "again", "sources": [{**document["requirements"][0]["sources"][0]}]}
        again["about"] = {"requirement": "payout_account", "item": "last_four"}
        document["requirements"].append(again)
        use_document(affairs_world, document)
        case = affairs_world.shown()
        # "1234" is no identifier: the hub refuses it, which shows that it was asked in a round of its own
        assert rows(case)["again"].state == EvidenceState.REFUSED
        assert rows(case)["again"].reason in {"SUBJECT_MALFORMED", "SUBJECT_KIND"}
        assert (rows(case)["payout_account"].round, rows(case)["again"].round) == (1, 2)


class TestRefusals:
    def test_an_agreement_that_was_revoked_refuses_with_its_reason(self, affairs_world: AffairsWorld) -> None:
        agreement = affairs_world.agreements["R22", "disability_allowance"]
        person, owner = affairs_world.staff["hrss_officer"], affairs_world.departments["HRSS"]
        revoke(agreement, reason="Over.", ground="PURPOSE_ENDED", acting_user=person, department=owner)
        row = rows(affairs_world.shown())["payout_account"]
        assert (row.state, row.reason) == (EvidenceState.REFUSED, "REVOKED")
        assert row.leaf is not None  # the refusal is in the log too
        assert [route["reason"] for route in routes(type="refusal")] == ["REVOKED"]

    def test_a_suspended_agreement_refuses_until_it_is_resumed(self, affairs_world: AffairsWorld) -> None:
        agreement = affairs_world.agreements["R14", "disability_allowance"]
        person, owner = affairs_world.staff["dpf_officer"], affairs_world.departments["DPF"]
        suspend(agreement, reason="Looked at.", ground="MISUSE_SUSPECTED", acting_user=person, department=owner)
        found = rows(affairs_world.shown())
        assert {(found[code].state, found[code].reason) for code in CERTIFICATE} == {("REFUSED", "SUSPENDED")}
        assert found["payout_account"].state == EvidenceState.FETCHED

    def test_without_an_agreement_nobody_is_asked(self, affairs_world: AffairsWorld) -> None:
        with_sources(affairs_world, "payout_account", [{"dataset": "R01", "items": ["name"], "purpose": "disability_allowance"}])
        row = rows(affairs_world.shown())["payout_account"]
        assert (row.state, row.reason, row.provider, row.leaf) == (EvidenceState.REFUSED, "NO_AGREEMENT", "PSB", None)

    def test_the_next_source_is_asked_where_the_first_one_refuses(self, affairs_world: AffairsWorld) -> None:
        account = {"dataset": "R22", "items": ["bank", "last_four"], "purpose": "disability_allowance"}
        with_sources(affairs_world, "payout_account", [{"dataset": "R01", "items": ["name"], "purpose": "disability_allowance"}, account])
        row = rows(affairs_world.shown())["payout_account"]
        assert (row.state, row.source, row.dataset, row.reason) == (EvidenceState.FETCHED, 1, "R22", "")

    def test_a_fact_that_was_answered_too_often_spoils_no_other(self, affairs_world: AffairsWorld, monkeypatch: Any) -> None:
        case = asked(affairs_world)
        spoil_one_fact(monkeypatch, "valid")
        assert gather_now(case)
        found = rows(case)
        assert (found["certificate_valid"].state, found["certificate_valid"].reason) == (EvidenceState.REFUSED, "FACT_LIMIT")
        assert {found[code].state for code in CERTIFICATE[1:]} == {EvidenceState.FETCHED}


def spoil_one_fact(monkeypatch: Any, fact: str) -> None:
    """Let the hub refuse every call that holds this fact, as it does when its limit is reached."""
    from exchange.affairs.gathering import calling

    real = calling.send

    def send(letters: Any, **more: Any) -> list[calling.Reply]:
        spoilt = [any(sent["fact"] == fact for sent in letter.facts) for letter in letters]
        kept = iter(real([letter for letter, bad in zip(letters, spoilt, strict=True) if not bad], **more))
        return [calling.Reply(429, {"code": "FACT_LIMIT"}) if bad else next(kept) for bad in spoilt]

    monkeypatch.setattr(calling, "send", send)


class TestProviderDown:
    def test_a_silent_provider_stops_the_clock_and_is_asked_again_by_itself(self, affairs_world: AffairsWorld) -> None:
        dataset, publisher = affairs_world.datasets["R14"], affairs_world.staff["dpf_publisher"]
        take_offline(dataset, reason="Maintenance.", acting_user=publisher)
        case = affairs_world.shown()
        assert case.state == "PREVIEW"  # the citizen need not wait to see the rest, or to choose another way
        assert {rows(case)[code].state for code in CERTIFICATE} == {EvidenceState.PROVIDER_DOWN}
        assert rows(case)["certificate_valid"].reason == "PROVIDER_DOWN"
        assert clock_of(case).is_paused

        bring_online(dataset, acting_user=publisher)
        come_due(case)
        assert gather_now(case)
        assert {rows(case)[code].state for code in CERTIFICATE} == {EvidenceState.FETCHED}
        assert not clock_of(case).is_paused
        assert {route["event"] for route in routes(type="case")} >= {"provider_down", "provider_back"}

    def test_it_is_not_asked_before_its_time(self, affairs_world: AffairsWorld) -> None:
        take_offline(affairs_world.datasets["R14"], reason="Maintenance.", acting_user=affairs_world.staff["dpf_publisher"])
        case = affairs_world.shown()
        before = len(routes(type="refusal"))
        gather(str(case.pk), lambda _progress: None)
        assert len(routes(type="refusal")) == before
        assert Work.objects.filter(name="affairs.gather", target=str(case.pk), state=WorkState.WAITING).count() == 1

    def test_each_further_try_waits_longer_up_to_five_minutes(self) -> None:
        waits = [keeping.wait_after(attempts) for attempts in range(12)]
        assert waits == sorted(waits)
        assert waits[0] == timedelta(seconds=5)
        assert waits[-1] == timedelta(minutes=5)

    def test_a_piece_that_came_back_must_be_looked_at_before_handing_in(self, affairs_world: AffairsWorld) -> None:
        from exchange.affairs.errors import AnswerIncomplete

        dataset, publisher = affairs_world.datasets["R14"], affairs_world.staff["dpf_publisher"]
        take_offline(dataset, reason="Maintenance.", acting_user=publisher)
        case = affairs_world.accepted()
        bring_online(dataset, acting_user=publisher)
        come_due(case)
        assert gather_now(case)
        with pytest.raises(AnswerIncomplete) as refused:
            actions.submit(case, applicant=affairs_world.applicant())
        assert {(fault.where, fault.rule) for fault in refused.value.faults} == {(code, "preview") for code in CERTIFICATE}

    def test_a_log_that_is_behind_looks_like_a_silent_office(self, affairs_world: AffairsWorld) -> None:
        case = asked(affairs_world)
        with connection.cursor() as cursor:
            cursor.execute("UPDATE audit_pending SET created_ms = 0")
        assert gather_now(case)
        assert {(row.state, row.reason) for row in rows(case).values()} == {("PROVIDER_DOWN", "LOG_BEHIND")}

    def test_handing_in_while_an_office_is_silent_goes_to_an_officer_and_never_refuses(self, affairs_world: AffairsWorld) -> None:
        take_offline(affairs_world.datasets["R14"], reason="Maintenance.", acting_user=affairs_world.staff["dpf_publisher"])
        case = affairs_world.submitted()
        assert (case.state, case.outcome, case.officer_needed) == ("SUBMITTED", "", True)
        assert case.due_on is not None


class TestCrashes:
    def test_killed_between_the_answer_and_its_keeping_it_asks_again_and_ends_once(
        self, affairs_world: AffairsWorld, monkeypatch: Any
    ) -> None:
        case = asked(affairs_world)
        real = keeping.keep
        monkeypatch.setattr(keeping, "keep", lambda *_rest, **_more: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            gather(str(case.pk), lambda _progress: None)
        assert {row.state for row in rows(case).values()} == {EvidenceState.ASKED}
        monkeypatch.setattr(keeping, "keep", real)
        gather(str(case.pk), lambda _progress: None)
        assert {row.state for row in rows(case).values()} == {EvidenceState.FETCHED}
        assert len(routes(type="exchange", dataset="R14")) == 2  # an honest second line
        assert len(routes(type="case", event="gathered")) == 1

    def test_running_it_again_after_its_end_asks_nobody(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown()
        before = len(routes(type="exchange"))
        gather(str(case.pk), lambda _progress: None)
        assert len(routes(type="exchange")) == before

    def test_nobody_is_asked_for_a_citizen_who_has_withdrawn(self, affairs_world: AffairsWorld) -> None:
        case = asked(affairs_world)
        actions.withdraw(case, applicant=affairs_world.applicant())
        gather(str(case.pk), lambda _progress: None)
        assert routes(type="exchange") == []
        assert {row.state for row in rows(case).values()} == {EvidenceState.ASKED}

    def test_what_comes_back_after_a_withdrawal_is_not_kept(self, affairs_world: AffairsWorld, monkeypatch: Any) -> None:
        from exchange.affairs.gathering import calling

        case, real = asked(affairs_world), calling.send

        def send(*rest: Any, **more: Any) -> Any:
            replies = real(*rest, **more)
            actions.withdraw(Case.objects.get(pk=case.pk), applicant=affairs_world.applicant())
            return replies

        monkeypatch.setattr(calling, "send", send)
        gather(str(case.pk), lambda _progress: None)
        case.refresh_from_db()
        assert case.state == "WITHDRAWN"
        assert not any(row.found for row in rows(case).values())

    def test_a_slower_second_worker_changes_nothing_that_the_first_has_kept(self, affairs_world: AffairsWorld, monkeypatch: Any) -> None:
        from exchange.affairs.gathering import calling

        case, real = asked(affairs_world), calling.send
        nested: list[bool] = []

        def send(*rest: Any, **more: Any) -> Any:
            replies = real(*rest, **more)
            if not nested:
                nested.append(True)
                gather(str(case.pk), lambda _progress: None)  # the other worker is done before we keep ours
            return replies

        monkeypatch.setattr(calling, "send", send)
        gather(str(case.pk), lambda _progress: None)
        assert {row.state for row in rows(case).values()} == {EvidenceState.FETCHED}
        assert len(routes(type="case", event="gathered")) == 1

    def test_pauses_are_opened_once_and_closed_when_withdrawn(self, affairs_world: AffairsWorld) -> None:
        take_offline(affairs_world.datasets["R14"], reason="Maintenance.", acting_user=affairs_world.staff["dpf_publisher"])
        case = affairs_world.shown()
        come_due(case)
        assert gather_now(case)
        assert Pause.objects.filter(case=case, until__isnull=True).count() == len(CERTIFICATE)
        actions.withdraw(case, applicant=affairs_world.applicant())
        assert not Pause.objects.filter(case=case, until__isnull=True).exists()
