"""Looking at what was found, item by item, and the other ways where no register answered."""

from __future__ import annotations

import io
from typing import Any

import pytest

from catalog.actions import take_offline
from exchange.affairs import actions
from exchange.affairs.errors import AnswerIncomplete, CaseMoved, NoSuchCase, NotThisOfficer
from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.models import Case, Decision, Objection, Upload
from exchange.affairs.reading import clock_of, found_of, judgement_of, objection_words
from tests.affairs.test_case_gathering import come_due, rows, use_document
from tests.affairs.world import AffairsWorld, accept_all

PDF = b"%PDF-1.7 a certificate"


def file(content: bytes = PDF, name: str = "certificate.pdf") -> Any:
    """Something that was uploaded."""
    opened: Any = io.BytesIO(content)
    opened.name = name
    return opened


def say(world: AffairsWorld, case: Case, name: str, **answers: str) -> None:
    """Answer the preview; what is disputed is disputed in words."""
    words = dict.fromkeys(answers, "This is not what my papers say.")
    actions.answer_preview(case, answers=answers, words=words, applicant=world.applicant(name))


class TestItemByItem:
    def test_what_is_disputed_becomes_an_objection_with_a_clock(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown("care_only")
        say(affairs_world, case, "care_only", low_income_family="DISPUTED")
        objection = Objection.objects.get()
        assert (objection.provider, objection.dataset, objection.state) == ("CAB", "R13", "OPEN")
        assert objection.due_on > objection.made_at.date()
        assert objection_words(objection) == ("This is not what my papers say.", "")
        assert b"papers" not in bytes(objection.words)

    def test_a_dispute_needs_words(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown()
        with pytest.raises(AnswerIncomplete) as refused:
            actions.answer_preview(
                case, answers={"grade_severe": "DISPUTED", "nothing": "ACCEPTED"}, words={}, applicant=affairs_world.applicant()
            )
        assert [(fault.where, fault.rule) for fault in refused.value.faults] == [("grade_severe", "words"), ("nothing", "unknown")]

    @pytest.mark.parametrize("said", ["DISPUTED", "DECLINED"])
    def test_a_no_that_is_disputed_or_declined_never_refuses(self, affairs_world: AffairsWorld, said: str) -> None:
        case = affairs_world.accepted("refused")
        say(affairs_world, case, "refused", certificate_valid=said)
        case = actions.submit(case, applicant=affairs_world.applicant("refused"))
        assert (case.outcome, case.officer_needed) == ("", True)

    @pytest.mark.parametrize("said", ["DISPUTED", "DECLINED"])
    def test_a_citizen_may_change_their_mind_until_handing_in(self, affairs_world: AffairsWorld, said: str) -> None:
        case = affairs_world.accepted("to_officer")
        before = {code: row.state for code, row in rows(case).items()}
        for code in ("payout_account", "grade_severe"):  # nothing found, and found
            if said == "DISPUTED" or before[code] == "FETCHED":
                say(affairs_world, case, "to_officer", **{code: said})
                assert rows(case)[code].state == said
                say(affairs_world, case, "to_officer", **{code: "ACCEPTED"})
        assert {code: row.state for code, row in rows(case).items()} == before
        assert not Objection.objects.filter(state="OPEN").exists()

    def test_what_could_not_be_asked_is_disputed_with_the_leading_office(self, affairs_world: AffairsWorld) -> None:
        document = affairs_world.document
        document["requirements"][0]["about"] = {"requirement": "payout_account", "item": "nothing_of_the_sort"}
        use_document(affairs_world, document)
        case = affairs_world.shown()
        say(affairs_world, case, "granted", certificate_valid="DISPUTED")
        assert Objection.objects.get().provider == "CAB"
        say(affairs_world, case, "granted", certificate_valid="ACCEPTED")
        assert rows(case)["certificate_valid"].state == EvidenceState.NO_RECORD

    def test_nobody_hands_in_while_an_office_is_being_asked_once_more(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.accepted("granted")
        say(affairs_world, case, "granted", grade_severe="DISPUTED")
        actions.settle_objection(Objection.objects.get(), upheld=True, answer="Done.", acting_user=affairs_world.staff["dpf_officer"])
        with pytest.raises(AnswerIncomplete) as refused:
            actions.submit(case, applicant=affairs_world.applicant("granted"))
        assert [(fault.where, fault.rule) for fault in refused.value.faults] == [("grade_severe", "asking")]

    def test_saying_the_same_twice_is_one_step(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown()
        accept_all(case, affairs_world.applicant())
        count = case.steps.count()
        accept_all(case, affairs_world.applicant())
        assert case.steps.count() == count


class TestOtherWays:
    def test_a_person_can_be_asked_to_look(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.accepted("to_officer")
        actions.fall_back(case, requirement="payout_account", how="officer", applicant=affairs_world.applicant("to_officer"))
        assert rows(case)["payout_account"].state == EvidenceState.WAITING_FOR_OFFICER

    def test_a_way_that_the_matter_does_not_offer_is_refused(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown("to_officer")
        with pytest.raises(AnswerIncomplete):
            actions.fall_back(case, requirement="payout_account", how="commitment", applicant=affairs_world.applicant("to_officer"))
        assert rows(case)["payout_account"].state == EvidenceState.NO_RECORD

    def test_asking_once_more_gathers_again_at_once(self, affairs_world: AffairsWorld) -> None:
        take_offline(affairs_world.datasets["R14"], reason="Maintenance.", acting_user=affairs_world.staff["dpf_publisher"])
        case = affairs_world.shown()
        actions.fall_back(case, requirement="grade_severe", how="retry", applicant=affairs_world.applicant())
        case.refresh_from_db()
        assert case.state == "GATHERING"
        assert rows(case)["grade_severe"].state == EvidenceState.ASKED

    def test_another_way_lets_the_clock_go_on(self, affairs_world: AffairsWorld) -> None:
        take_offline(affairs_world.datasets["R22"], reason="Maintenance.", acting_user=affairs_world.staff["hrss_publisher"])
        case = affairs_world.shown()
        assert clock_of(case).is_paused
        actions.fall_back(case, requirement="payout_account", how="officer", applicant=affairs_world.applicant())
        assert not clock_of(case).is_paused

    def test_a_promise_does_not_stand_against_what_a_register_said(self, affairs_world: AffairsWorld) -> None:
        promise(affairs_world)
        case = affairs_world.accepted("refused")
        for before in ("ACCEPTED", "DISPUTED", "DECLINED"):
            say(affairs_world, case, "refused", certificate_valid=before)
            with pytest.raises(AnswerIncomplete):
                actions.fall_back(case, requirement="certificate_valid", how="commitment", applicant=affairs_world.applicant("refused"))
        assert rows(case)["certificate_valid"].state == EvidenceState.DECLINED

    def test_a_promise_counts_where_nothing_is_known_and_the_matter_says_so(self, affairs_world: AffairsWorld) -> None:
        promise(affairs_world)
        take_offline(affairs_world.datasets["R14"], reason="Maintenance.", acting_user=affairs_world.staff["dpf_publisher"])
        case, applicant = affairs_world.accepted("granted"), affairs_world.applicant("granted")
        actions.fall_back(case, requirement="certificate_valid", how="commitment", applicant=applicant)
        case = actions.submit(case, applicant=applicant)
        lines = {line.condition: line.answer for line in judgement_of_waiting(case)}
        assert lines["certificate_valid"] == "YES"
        assert lines["grade_severe"] == "UNKNOWN"

    def test_what_only_the_citizen_knows_is_said_in_the_matters_form(self, affairs_world: AffairsWorld) -> None:
        case, applicant = affairs_world.accepted("to_officer"), affairs_world.applicant("to_officer")
        with pytest.raises(AnswerIncomplete) as refused:
            actions.provide(case, requirement="other_account", value={"bank": " ", "number": "12", "more": "x"}, applicant=applicant)
        assert {fault.where for fault in refused.value.faults} == {"other_account.bank", "other_account.number", "other_account"}
        actions.provide(case, requirement="other_account", value={"bank": "City Bank", "number": "62220212345678"}, applicant=applicant)
        actions.provide(case, requirement="other_account", value={"bank": "City Bank", "number": "62220212340000"}, applicant=applicant)
        assert found_of(case)["other_account"].values == [{"bank": "City Bank", "number": "62220212340000"}]
        case = actions.submit(case, applicant=applicant)
        assert (case.state, case.outcome) == ("DECIDED", "GRANTED")

    def test_what_registers_hold_is_not_taken_from_the_citizen(self, affairs_world: AffairsWorld) -> None:
        case = affairs_world.shown("refused")
        with pytest.raises(AnswerIncomplete):
            actions.provide(case, requirement="certificate_valid", value={"answer": "YES"}, applicant=affairs_world.applicant("refused"))


def promise(world: AffairsWorld) -> None:
    """The matter lets a promise count for the certificate."""
    document = world.document
    document["requirements"][0] |= {
        "fallbacks": ["retry", "commitment", "upload"],
        "commitment": {"en": "I hold one.", "zh": "我持有。"},
        "commitment_counts": True,
    }
    use_document(world, document)


def judgement_of_waiting(case: Case) -> list[Any]:
    """The lines of the judgement of a case that waits for an officer."""
    from exchange.affairs.reading import plan_of
    from exchange.affairs.rules import judge

    assert not Decision.objects.filter(case=case).exists()
    return [line for benefit in judge(plan_of(case), found_of(case)).benefits for line in benefit.lines]


class TestUploads:
    @pytest.mark.parametrize(
        ("content", "kind"),
        [(PDF, "application/pdf"), (b"\xff\xd8\xff\xe0 jpeg", "image/jpeg"), (b"\x89PNG\r\n\x1a\n png", "image/png")],
    )
    def test_three_kinds_are_taken_by_their_first_bytes(self, affairs_world: AffairsWorld, content: bytes, kind: str) -> None:
        case = affairs_world.shown("refused")
        made = actions.upload(
            case, requirement="certificate_valid", file=file(content, "x.exe"), applicant=affairs_world.applicant("refused")
        )
        assert made.media_type == kind
        assert rows(case)["certificate_valid"].state == EvidenceState.UPLOADED

    @pytest.mark.parametrize(
        "content", [b"", b"MZ\x90", b"<svg onload=alert(1)>", b"GIF89a", b" %PDF-1.7", b"%PDF-" + b"0" * 10 * 1024 * 1024]
    )
    def test_everything_else_is_refused_and_leaves_nothing_behind(self, affairs_world: AffairsWorld, content: bytes) -> None:
        case = affairs_world.shown("refused")
        with pytest.raises(AnswerIncomplete):
            actions.upload(
                case, requirement="certificate_valid", file=file(content, "safe.pdf"), applicant=affairs_world.applicant("refused")
            )
        assert not Upload.objects.exists()
        assert rows(case)["certificate_valid"].state == EvidenceState.FETCHED

    def test_a_file_is_sealed_and_opened_by_the_citizen_and_the_cases_officer_only(self, affairs_world: AffairsWorld) -> None:
        from exchange.affairs.actions.uploading import path_of

        case = affairs_world.shown("refused")
        made = actions.upload(
            case, requirement="certificate_valid", file=file(name="../../etc/证书.pdf"), applicant=affairs_world.applicant("refused")
        )
        on_disk = path_of(made).read_bytes()
        assert PDF not in on_disk
        assert path_of(made).stat().st_mode & 0o077 == 0
        assert actions.open_upload(made, applicant=affairs_world.applicant("refused")) == ("证书.pdf", PDF)
        assert actions.open_upload(made, acting_user=affairs_world.staff["cab_officer"])[1] == PDF
        with pytest.raises(NoSuchCase):
            actions.open_upload(made, applicant=affairs_world.applicant("granted"))
        for stranger in ("dpf_officer", "cab_asker", "auditor"):
            with pytest.raises(NotThisOfficer):
                actions.open_upload(made, acting_user=affairs_world.staff[stranger])

    def test_a_file_that_was_refused_leaves_nothing_on_the_disk(self, affairs_world: AffairsWorld, settings: Any) -> None:
        from pathlib import Path

        case = affairs_world.shown("refused")
        with pytest.raises(AnswerIncomplete):
            actions.upload(case, requirement="payout_account", file=file(), applicant=affairs_world.applicant("refused"))
        folder = Path(settings.FILES_DIR) / "uploads"
        assert not folder.exists() or not {path.name for path in folder.iterdir()} & {made.pk.hex for made in Upload.objects.all()}
        assert not Upload.objects.exists()

    def test_a_file_alone_neither_grants_nor_refuses(self, affairs_world: AffairsWorld) -> None:
        case, applicant = affairs_world.accepted("refused"), affairs_world.applicant("refused")
        actions.upload(case, requirement="certificate_valid", file=file(), applicant=applicant)
        case = actions.submit(case, applicant=applicant)
        assert (case.outcome, case.officer_needed) == ("", True)

    def test_nothing_is_taken_after_handing_in_unless_it_was_asked_for(self, affairs_world: AffairsWorld) -> None:
        case, applicant = affairs_world.submitted("to_officer"), affairs_world.applicant("to_officer")
        with pytest.raises(CaseMoved):
            actions.upload(case, requirement="grade_severe", file=file(), applicant=applicant)
        actions.send_notice(case, missing=["A photo of your certificate."], acting_user=affairs_world.staff["cab_officer"])
        assert actions.upload(case, requirement="grade_severe", file=file(), applicant=applicant).size == len(PDF)


def test_the_objection_that_was_upheld_asks_the_register_once_more(affairs_world: AffairsWorld) -> None:
    from exchange.affairs.gathering import gather_now
    from tests.affairs.world import IDENTIFIERS, load_rows, rows_of

    case = affairs_world.accepted("care_only")
    say(affairs_world, case, "care_only", low_income_family="DISPUTED")
    more = rows_of("R13") + f"{IDENTIFIERS['care_only']},5101040170010099,2024-01-01,2031-12-31\n"
    load_rows(affairs_world.datasets["R13"], more, affairs_world.staff["cab_publisher"])
    objection = Objection.objects.get()
    actions.settle_objection(objection, upheld=True, answer="Your family was missing.", acting_user=affairs_world.staff["cab_asker"])
    assert objection_words(objection)[1] == "Your family was missing."
    come_due(case)
    assert gather_now(case)
    assert found_of(case)["low_income_family"].answer == "YES"
    assert rows(case)["low_income_family"].preview == ""  # the citizen has not seen this answer yet
    accept_all(case, affairs_world.applicant("care_only"))
    case = actions.submit(case, applicant=affairs_world.applicant("care_only"))
    assert len(judgement_of(Decision.objects.get(case=case)).granted) == 2


def test_only_the_provider_settles_an_objection_and_nobody_their_own(affairs_world: AffairsWorld) -> None:
    case = affairs_world.shown("granted")
    say(affairs_world, case, "granted", grade_severe="DISPUTED")
    objection = Objection.objects.get()
    for stranger in ("cab_officer", "hrss_officer", "auditor"):
        with pytest.raises(NotThisOfficer):
            actions.settle_objection(objection, upheld=True, answer="Right.", acting_user=affairs_world.staff[stranger])
    actions.settle_objection(objection, upheld=False, answer="Right as it stands.", acting_user=affairs_world.staff["dpf_officer"])
    with pytest.raises(CaseMoved):
        actions.settle_objection(objection, upheld=True, answer="Again.", acting_user=affairs_world.staff["dpf_officer"])
    assert rows(case)["grade_severe"].state == EvidenceState.DISPUTED
