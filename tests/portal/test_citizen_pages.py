"""Citizens' pages: each step of an application says what it waits for, and what the person can do."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from catalog.actions import bring_online, take_offline
from exchange.accounts.actions import open_account
from exchange.affairs import actions
from exchange.affairs.gathering import gather_now
from exchange.affairs.lifecycle import EvidenceState
from exchange.affairs.models import Case, Evidence, Objection
from tests.affairs.conftest import affairs_world  # noqa: F401 - a fixture
from tests.affairs.world import AffairsWorld
from tests.portal.citizen_pages import Citizen, text_of

PDF = b"%PDF-1.4 one page"


@pytest.fixture
def world(affairs_world: AffairsWorld) -> AffairsWorld:  # noqa: F811
    return affairs_world


@pytest.fixture
def citizen(world: AffairsWorld) -> Citizen:
    return Citizen(world)


# --- Finding a service, and beginning


@pytest.mark.usefixtures("world")
class TestServices:
    @pytest.mark.parametrize(
        ("query", "found"), [("disab", {"Two disability allowances"}), ("高龄", {"Old-age allowance"}), ("bank card", None), ("xyz", set())]
    )
    def test_a_service_is_found_by_its_words_in_both_languages(self, query: str, found: set[str] | None) -> None:
        shown = text_of(Client().get("/en/services", {"q": query}))
        titles = {title for title in ("Two disability allowances", "Old-age allowance") if title in shown}
        assert titles == (found if found is not None else {"Two disability allowances", "Old-age allowance"})
        assert found or found is None or "Nothing found" in shown

    def test_an_event_of_life_narrows_the_list(self) -> None:
        shown = text_of(Client().get("/en/services", {"event": "old_age"}))
        assert "Old-age allowance" in shown
        assert "Two disability allowances" not in shown

    def test_the_page_says_what_nobody_brings_any_more_what_is_asked_of_whom_and_how_long(self) -> None:
        answer = Client().get("/en/services/disability-allowances")
        shown, markup = text_of(answer), answer.content.decode()
        assert len(re.findall(r"<s>", markup)) == 4, "every former paper is struck"
        assert "Disabled Persons' Federation answers instead." in shown
        assert "To which bank account can we pay?" in shown
        assert "A yes does not say where to pay." in shown, "a value is asked with its reason"
        assert "16 working days" in shown
        assert "At once, when every answer is there" in shown
        assert 'href="tel:12345"' in markup

    def test_an_unknown_service_is_not_found(self) -> None:
        assert Client().get("/en/services/nothing").status_code == 404


class TestBeginning:
    def test_a_stranger_is_led_to_sign_in_and_back(self, world: AffairsWorld) -> None:
        answer = Client().get("/en/services/disability-allowances")
        assert "/en/accounts/login/?next=/en/services/disability-allowances" in answer.content.decode()
        led = Client().post("/en/apply/disability-allowances")
        assert led["Location"] == "/en/accounts/login/?next=/en/apply/disability-allowances"

    def test_somebody_who_is_bound_to_nobody_is_asked_who_they_are_and_led_back(self, world: AffairsWorld) -> None:
        client = Client()
        client.force_login(open_account("new-here", password=None, names={"en": "New", "zh": ""}, acting_system="tests"))
        answer = client.post("/en/apply/disability-allowances")
        assert answer["Location"] == "/en/me/who-are-you?next=%2Fen%2Fapply%2Fdisability-allowances"
        assert not Case.objects.exists()

    def test_a_look_begins_nothing(self, citizen: Citizen) -> None:
        assert citizen.open("apply/disability-allowances")["Location"] == "/en/services/disability-allowances"
        assert not Case.objects.exists()

    def test_beginning_twice_leads_to_the_one_that_runs(self, citizen: Citizen) -> None:
        assert citizen.starts() == citizen.starts()
        assert Case.objects.count() == 1

    def test_nobody_is_asked_before_the_citizen_says_so(self, citizen: Citizen) -> None:
        shown = citizen.reads(citizen.starts())
        assert "Nobody has been asked anything yet." in shown
        assert "Ask these offices for me" in shown
        assert not Evidence.objects.exists()


# --- Looking at what was found


class TestLooking:
    def test_while_the_offices_are_asked_the_page_shows_each_question(self, citizen: Citizen) -> None:
        case = citizen.starts()
        citizen.press(f"me/cases/{case.number}/ask")
        answer = citizen.open(f"me/cases/{case.number}")
        assert text_of(answer).count("We are asking") >= 6
        assert "hx-get" in answer.content.decode()
        assert "Look again" in text_of(answer), "without scripts there is a link"
        tick = citizen.open(f"me/cases/{case.number}/progress")
        assert "0 of 6 answered" in text_of(tick)
        assert "<html" not in tick.content.decode()

    def test_the_tick_reloads_the_page_when_everything_has_come(self, citizen: Citizen) -> None:
        case = citizen.asks()
        assert citizen.open(f"me/cases/{case.number}/progress")["HX-Refresh"] == "true"
        assert citizen.open(f"me/cases/{case.number}/progress", waits="0").status_code == 204

    def test_each_answer_has_its_words_office_and_date(self, citizen: Citizen) -> None:
        shown = citizen.reads(citizen.asks())
        assert "6 questions, all answered." in shown
        assert "Confirmed Your disability certificate is valid. Answered by Disabled Persons' Federation · as of" in shown
        assert "Bank City commercial bank Last four digits 1234" in shown, "codes are read by their names"

    @pytest.mark.parametrize(
        ("state", "words", "step"),
        [
            ("FETCHED", "Confirmed", "This is wrong"),
            ("NO_RECORD", "Nothing found. That alone does not mean no.", "Let an officer find out"),
            ("PROVIDER_DOWN", "The office is not answering. We keep trying; your deadline has stopped.", "Ask the office again now"),
            ("REFUSED", "This office may not tell us. You can do this instead:", "Hand in a paper instead"),
            ("WAITING_FOR_OFFICER", "An officer looks at this.", "You need do nothing."),
            ("DECLINED", "You did not hand this over.", "I changed my mind: hand it over"),
            ("DISPUTED", "You said: this is wrong.", "We ask the office to check."),
            ("UPLOADED", "You handed in a paper.", "An officer reads it."),
            ("COMMITTED", "You promised that this is true.", "We check it later."),
            ("ASKED", "We are asking", "You need do nothing."),
        ],
    )
    def test_every_state_is_shown_with_its_next_step(self, citizen: Citizen, state: str, words: str, step: str) -> None:
        case = citizen.asks()
        Evidence.objects.filter(evidence_set=case.evidence_set_id, requirement="certificate_valid").update(state=state)
        card = citizen.reads(case).split("Is your disability certificate valid?")[1].split("Is your grade 1 or 2?")[0]
        assert words in card
        assert step in card

    def test_every_state_of_the_table_has_a_word(self) -> None:
        from exchange.portal.citizen import words

        assert set(words.EVIDENCE) == set(EvidenceState)
        assert set(words.NEXT) == set(EvidenceState)

    def test_an_office_that_does_not_know_confirms_nothing(self, citizen: Citizen, monkeypatch: pytest.MonkeyPatch) -> None:
        from dataclasses import replace

        from exchange.affairs.reading import found_in as real

        case = citizen.asks()

        def silent(*given: Any) -> dict[str, Any]:
            return {
                code: replace(found, answer="UNKNOWN") if code == "certificate_valid" else found for code, found in real(*given).items()
            }

        monkeypatch.setattr("exchange.portal.citizen.pieces.found_in", silent)
        shown = citizen.reads(case)
        assert "The office cannot say. That alone does not mean no." in shown
        assert "5 of the questions are answered. 1 is open" in shown

    def test_a_silent_office_stops_the_clock_and_its_answer_comes_later(self, world: AffairsWorld, citizen: Citizen) -> None:
        register, publisher = world.datasets["R14"], world.staff["dpf_publisher"]
        take_offline(register, reason="Maintenance.", acting_user=publisher)
        case = citizen.asks()
        shown = citizen.reads(case)
        assert "2 of the questions are answered. 4 are open" in shown
        assert "Your deadline has stopped" in shown
        assert citizen.open(f"me/cases/{case.number}/progress", waits="4").status_code == 204
        bring_online(register, acting_user=publisher)
        citizen.client.post(f"/en/me/cases/{case.number}/items/certificate_valid?do=retry")
        Evidence.objects.filter(state="PROVIDER_DOWN").update(next_try_at=None)
        case.refresh_from_db()
        assert gather_now(case)
        shown = citizen.reads(case)
        assert "6 questions, all answered." in shown
        assert "Your deadline has stopped" not in shown


# --- Saying what one thinks of it


class TestItems:
    def item(self, case: Case, requirement: str = "low_income_family") -> str:
        return f"me/cases/{case.number}/items/{requirement}"

    def test_this_is_wrong_needs_words_and_reaches_the_office(self, citizen: Citizen) -> None:
        case = citizen.asks()
        empty = citizen.press(self.item(case), do="dispute", words=" ")
        assert empty.status_code == 422
        assert "Write a few words first." in text_of(empty)
        assert citizen.press(self.item(case), do="dispute", words="We were recognised last month.").status_code == 302
        shown = citizen.reads(case)
        assert "This is wrong: Being looked at You wrote: “We were recognised last month.”" in shown
        assert "The office must answer by:" in shown
        assert Objection.objects.get().provider == "CAB"

    def test_what_was_said_can_be_taken_back(self, citizen: Citizen) -> None:
        case = citizen.asks()
        citizen.press(self.item(case), do="decline")
        assert "You did not hand this over." in citizen.reads(case)
        citizen.press(self.item(case), do="accept")
        assert "You did not hand this over." not in citizen.reads(case)

    def test_a_paper_is_taken_by_its_content_not_by_its_name(self, citizen: Citizen) -> None:
        case = citizen.asks()
        citizen.press(self.item(case), do="dispute", words="Look at my paper.")
        wrong = citizen.press(self.item(case), do="upload", file=SimpleUploadedFile("a.pdf", b"MZ not a paper"))
        assert wrong.status_code == 422
        assert "Choose a PDF, or a JPEG or PNG picture." in text_of(wrong)
        none = citizen.press(self.item(case), do="upload")
        assert "Choose a photo or a file first." in text_of(none)
        assert citizen.press(self.item(case), do="upload", file=SimpleUploadedFile("photo.jpg", PDF)).status_code == 302
        assert "You handed in a paper." in citizen.reads(case)

    def test_what_one_tells_oneself_is_checked_and_can_be_changed(self, citizen: Citizen) -> None:
        case = citizen.asks()
        item = self.item(case, "other_account")
        wrong = citizen.press(item, do="provide", bank="River Bank", number="12")
        assert wrong.status_code == 422
        assert "This does not look right." in text_of(wrong)
        citizen.press(item, do="provide", bank="River Bank", number="6222000011112222")
        shown = citizen.reads(case)
        assert "You told us" in shown
        assert "6222000011112222" in shown
        assert "Change it" in shown

    def test_a_way_that_the_matter_does_not_offer_is_refused(self, citizen: Citizen) -> None:
        case = citizen.asks()
        Evidence.objects.filter(requirement="certificate_valid").update(state="NO_RECORD")
        answer = citizen.press(self.item(case, "certificate_valid"), do="commitment", promised="on")
        assert answer.status_code == 422
        assert "This way is not offered here." in text_of(answer)

    def test_a_promise_is_ticked_never_pressed_by_accident(self, citizen: Citizen) -> None:
        case = citizen.asks()
        answer = citizen.press(self.item(case, "certificate_valid"), do="commitment")
        assert "Tick the box if you promise it." in text_of(answer)

    @pytest.mark.parametrize("requirement", ["nothing", "certificate_valid%00", "../certificate_valid"])
    def test_an_unknown_question_is_not_found(self, citizen: Citizen, requirement: str) -> None:
        assert citizen.open(f"me/cases/{citizen.asks().number}/items/{requirement}").status_code == 404

    def test_an_unknown_step_does_nothing(self, citizen: Citizen) -> None:
        case = citizen.asks()
        answer = citizen.press(self.item(case), do="grant")
        assert answer.status_code == 200
        assert "What do you want to do?" in text_of(answer)


# --- Handing in, and what comes of it


class TestDecided:
    def test_granted_says_how_much_to_which_card_and_by_when(self, citizen: Citizen) -> None:
        shown = citizen.hands_in(citizen.asks())
        assert "Living allowance Granted 110.00 CNY each month" in shown
        assert "Care allowance Granted 120.00 CNY each month" in shown
        assert re.search(r"To your account at City commercial bank ending 1234, by \d+ \w+ \d{4}\.", shown)
        assert "Your licence" in shown
        assert "Let a person look" in shown
        assert "How this was decided" in shown

    def test_part_of_it_may_be_granted(self, world: AffairsWorld) -> None:
        citizen = Citizen(world, "care_only")
        shown = citizen.hands_in(citizen.asks())
        assert "Granted in part" in shown
        assert "Your family is not on the list of low-income families. Answered by Civil Affairs" in shown

    def test_a_refusal_has_its_reason_source_remedy_and_three_ways_on(self, world: AffairsWorld) -> None:
        citizen = Citizen(world, "expired")
        case = citizen.asks()
        shown = citizen.hands_in(case)
        assert "Not granted" in shown
        assert "The Disabled Persons' Federation has no valid certificate in your name. Answered by Disabled Persons' Federation" in shown
        assert "What you can do: Ask the Disabled Persons' Federation for a new certificate" in shown
        assert "This is wrong" in shown
        assert "Let a person look" in shown
        assert "within 60 days" in shown
        assert "Last day:" in shown

    def test_a_decided_answer_can_still_be_called_wrong(self, world: AffairsWorld) -> None:
        citizen = Citizen(world, "expired")
        case = citizen.asks()
        citizen.hands_in(case)
        citizen.press(f"me/cases/{case.number}/items/certificate_valid", do="wrong", words="I renewed it.")
        assert Objection.objects.get().provider == "DPF"

    def test_what_the_rule_cannot_decide_goes_to_a_person_with_a_date(self, world: AffairsWorld) -> None:
        citizen = Citizen(world, "to_officer")
        shown = citizen.hands_in(citizen.asks())
        assert "An officer looks at your application" in shown
        assert re.search(r"You get an answer by \d+ \w+ \d{4} · \d+ working days left", shown)

    def test_what_came_after_the_page_was_shown_is_never_accepted_unseen(self, citizen: Citizen) -> None:
        case = citizen.asks()
        answer = citizen.press(f"me/cases/{case.number}/submit", shown=["certificate_valid"])
        assert answer.status_code == 302
        case.refresh_from_db()
        assert case.state == "PREVIEW"
        assert not Evidence.objects.exclude(preview="").exists()
        assert "Something new was found." in citizen.reads(case)

    def test_handing_in_twice_shows_the_decision(self, citizen: Citizen) -> None:
        case = citizen.asks()
        citizen.hands_in(case)
        citizen.press(f"me/cases/{case.number}/submit")
        shown = citizen.reads(case)
        assert "Your application has moved on" in shown
        assert "Granted" in shown

    def test_a_person_looks_again_and_the_page_says_by_when_and_what_came_of_it(self, world: AffairsWorld) -> None:
        citizen = Citizen(world, "expired")
        case = citizen.asks()
        citizen.hands_in(case)
        assert citizen.press(f"me/cases/{case.number}/appeal", words="").status_code == 422
        citizen.press(f"me/cases/{case.number}/appeal", words="The certificate was renewed in May.")
        shown = citizen.reads(case)
        assert "A person looks at it again You get an answer by" in shown
        case.refresh_from_db()
        actions.settle_appeal(case, upheld=True, reason="Renewed in May.", acting_user=world.staff["cab_officer"])
        shown = citizen.reads(case)
        assert "You were right" in shown
        assert "Renewed in May." in shown
        assert "Living allowance Granted" in shown

    def test_the_notice_of_what_is_missing_is_answered_once(self, world: AffairsWorld) -> None:
        citizen = Citizen(world, "to_officer")
        case = citizen.asks()
        citizen.hands_in(case)
        actions.send_notice(case, missing=["A statement of your account."], acting_user=world.staff["cab_officer"])
        shown = citizen.reads(case)
        assert "What is still missing" in shown
        assert "A statement of your account." in shown
        assert "Something is still missing: your turn" in text_of(citizen.open("me"))
        item = f"me/cases/{case.number}/items/certificate_valid"
        assert citizen.press(item, do="upload", file=SimpleUploadedFile("photo.pdf", PDF)).status_code == 302
        assert "You handed in a paper." in citizen.reads(case)
        citizen.press(f"me/cases/{case.number}/answer")
        assert "I have answered everything" not in citizen.reads(case)


class TestTakingBack:
    def test_a_page_asks_first_and_nothing_is_asked_afterwards(self, citizen: Citizen) -> None:
        case = citizen.asks()
        assert "Take your application back?" in text_of(citizen.open(f"me/cases/{case.number}/withdraw"))
        case.refresh_from_db()
        assert case.state == "PREVIEW"
        citizen.press(f"me/cases/{case.number}/withdraw")
        assert "You took your application back" in citizen.reads(case)

    def test_a_decided_application_cannot_be_taken_back(self, citizen: Citizen) -> None:
        case = citizen.asks()
        citizen.hands_in(case)
        assert "Take my application back" not in citizen.reads(case)
        assert citizen.open(f"me/cases/{case.number}/withdraw").status_code == 302
        citizen.press(f"me/cases/{case.number}/withdraw")
        case.refresh_from_db()
        assert case.state == "DECIDED"


# --- One's own page


class TestOwnPage:
    def test_it_begins_with_what_waits(self, citizen: Citizen) -> None:
        assert "Nothing waits for you." in text_of(citizen.open("me"))
        citizen.asks()
        shown = text_of(citizen.open("me"))
        assert "What waits for you Two disability allowances Look and hand in: your turn" in shown

    def test_it_lists_what_one_holds(self, citizen: Citizen) -> None:
        citizen.hands_in(citizen.asks())
        assert "What I hold" in text_of(citizen.open("me"))

    def test_the_list_says_what_to_do_where_there_is_nothing(self, citizen: Citizen) -> None:
        assert "You have not applied for anything yet" in text_of(citizen.open("me/cases"))
        assert "No offers now" in text_of(citizen.open("me/offers"))


def test_the_time_line_has_a_word_for_every_step(world: AffairsWorld) -> None:
    from exchange.portal.citizen import words

    citizen = Citizen(world, "expired")
    case = citizen.asks()
    shown = citizen.hands_in(case)
    assert {step.event for step in case.steps.all()} <= set(words.EVENTS)
    assert shown.count("You looked at what we found") == 1, "the same step in a row is one line"
