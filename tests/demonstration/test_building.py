"""The built demonstration is what demo.json says, and every page of it has something to show."""

from __future__ import annotations

import json
import stat
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any, ClassVar

import pytest
from django.test import TestCase, override_settings

from audit import acts
from audit.models import Act, EntryIndex
from audit.proofs import opened_many
from audit.signers import system_signer
from catalog.models import Dataset, Department
from exchange.accounts.acting import roles_in
from exchange.accounts.codes import Claim
from exchange.accounts.demonstration import resident_account, sign_in
from exchange.accounts.models import Person
from exchange.accounts.subject import subject_of
from exchange.affairs.actions import decides_matter
from exchange.affairs.binding import askable_kinds, registered_phone
from exchange.affairs.models import Case, Matter, OfferRun
from exchange.affairs.reading import decision_of, judgement_of
from exchange.delivery.models import Delivery, OfficerQuestion
from exchange.demonstration.building import agreeing, build, demo_json, exchanges, leading, months
from exchange.demonstration.building.calling import Reply, call
from exchange.demonstration.building.plans import PLANS, Goal
from exchange.demonstration.building.stories import Story
from exchange.jurisdictions import load_residents
from exchange.oversight.access_records.listing import all_indexes
from exchange.oversight.access_records.recount import recount
from exchange.oversight.models import Question
from exchange.sharing.actions import submit, suspend
from exchange.sharing.errors import NotAskable
from exchange.sharing.models import Agreement, CorrectionRequest, Dispute, EmergencyReview, RequestPart, StandingOffer
from exchange.sharing.sides import agreement_steps, part_steps

URL = "http://127.0.0.1:8000"
HOUSEHOLDS = 40
DECEASED = "510120193910100516"


def read(home: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads((home / "demo.json").read_text("utf-8"))
    return content


def ask(agreement: dict[str, Any], method: str, **members: Any) -> Reply:
    """A call as a script makes it that knows nothing but demo.json."""
    systems = {system["code"]: system for system in read(demo_json.path().parent)["systems"]}
    signer = system_signer(systems[agreement["requester"]]["keyid"])
    common = {"purpose": agreement["purpose"], "case": "TEST-1", "officer": "automatic"}
    return call(signer, agreement["id"], method, {**common, **members})


def steps(entry: dict[str, str]) -> set[str]:
    person, department = Person.objects.get(username=entry["username"]), Department.objects.get(code=entry["department"])
    parts = RequestPart.objects.select_related("request", "dataset")
    agreements = Agreement.objects.select_related("part", "dataset")
    here = [step for part in parts for step in part_steps(person, department, part)]
    return {*here, *(step for agreement in agreements for step in agreement_steps(person, department, agreement))}


class TestTheBuiltCity(TestCase):
    """One city for all of these: each test's changes are taken back."""

    databases = {"default", "keystore"}
    home: ClassVar[Path]
    city: ClassVar[dict[str, Any]]

    @classmethod
    def setUpClass(cls) -> None:
        """A hub that may be a demonstration, with a home of its own; passwords are hashed quickly."""
        cls.home = Path(cls.enterClassContext(tempfile.TemporaryDirectory()))
        hashers = ["django.contrib.auth.hashers.MD5PasswordHasher"]
        cls.enterClassContext(override_settings(DEMO=True, ALLOW_HUB_CUSTODY=True, HUB_HOME=cls.home, PASSWORD_HASHERS=hashers))
        super().setUpClass()

    @classmethod
    def setUpTestData(cls) -> None:
        """Build it."""
        build(households=HOUSEHOLDS, base_url=URL)
        cls.city = read(cls.home)

    def setUp(self) -> None:
        """The file is not taken back by the database."""
        demo_json.write(self.city)

    def test_each_agreement_of_demo_json_answers_what_it_says(self) -> None:
        assert len(self.city["agreements"]) >= 3
        for agreement, subject in [(entry, subject) for entry in self.city["agreements"] for subject in entry["subjects"][:3]]:
            if "QUERY" in agreement["methods"]:
                answer = ask(agreement, "query", subject=subject).body["answer"]
                assert answer["state"] == "FOUND", agreement["dataset"]
                assert set(answer["records"][0]) <= set(agreement["items"])
            if "VERIFY" in agreement["methods"]:
                answers = ask(agreement, "verify", subject=subject, facts=agreement["facts"]).body["answers"]
                assert [entry["fact"] for entry in answers] == [fact["fact"] for fact in agreement["facts"]]
            if "BATCH" in agreement["methods"]:
                facts = {} if agreement["items"] else {"facts": agreement["facts"]}
                reply = ask(agreement, "batch", subjects=agreement["subjects"][:3], **facts)
                state = "FOUND" if agreement["items"] else "ANSWERED"  # facts alone do not tell who has a record (decision 0005)
                assert [entry["state"] for entry in reply.body["answers"]] == [state] * 3

    def test_scripts_may_ask_the_same_fact_often(self) -> None:
        agreement = next(entry for entry in self.city["agreements"] if "VERIFY" in entry["methods"])
        statuses = {ask(agreement, "verify", subject=agreement["subjects"][0], facts=agreement["facts"]).status for _ in range(12)}
        assert statuses == {200}

    def test_demo_json_has_what_the_design_names_and_is_for_its_owner_alone(self) -> None:
        assert stat.S_IMODE((self.home / "demo.json").stat().st_mode) == 0o600
        assert set(self.city) == {"base_url", "authority_root", "people", "systems", "agreements", "citizens", "matters", "cases", "offers"}
        assert len({system["department"] for system in self.city["systems"]}) >= 2
        for system in self.city["systems"]:
            key = self.home / system["private_key_file"]  # an absolute path stays what it is
            assert key.read_bytes().startswith(b"-----BEGIN PRIVATE KEY-----")
        for agreement in self.city["agreements"]:
            assert {"id", "requester", "dataset", "methods", "purpose", "items", "facts", "subjects"} == set(agreement)
            assert len(agreement["subjects"]) >= 2
            assert agreement["facts"] or "VERIFY" not in agreement["methods"]

    def test_everybody_in_demo_json_signs_in_with_a_password_of_their_own(self) -> None:
        assert len({entry["password"] for entry in self.city["people"]}) == len(self.city["people"])
        for entry in self.city["people"]:
            person = Person.objects.get(username=entry["username"])
            assert person.check_password(entry["password"])
            assert entry["role"] in roles_in(person, entry["department"])

    def test_every_department_that_takes_part_has_two_officers(self) -> None:
        for department in {entry["department"] for entry in self.city["people"]} - {"DATA"}:
            roles = sorted(entry["role"] for entry in self.city["people"] if entry["department"] == department)
            clerks = ["CLERK"] if department in {"CAB", "DPF"} else []
            assert roles == ["ADMINISTRATOR", *clerks, "OFFICER", "OFFICER", "PUBLISHER"]

    def test_requests_stand_where_somebody_is_waited_for(self) -> None:
        for plan in PLANS:
            part = RequestPart.objects.get(request__reason=plan.reason)
            signed = {Goal.PROPOSED, Goal.IN_FORCE, Goal.SUSPENDED, Goal.REVOKED}
            reached = agreeing.agreement_of(plan).state if plan.goal in signed else part.state
            assert reached == plan.goal.name, plan.name
            assert part.request.created_by_id != part.decided_by_id

    def test_everybody_who_takes_part_finds_something_that_waits(self) -> None:
        """Something that others wait for: not what one may do at any time, such as suspend or withdraw."""
        posts = [entry for entry in self.city["people"] if entry["role"] in {"OFFICER", "REVIEWER"}]
        waiting = {(entry["username"], step) for entry in posts for step in steps(entry)}
        for entry in posts:
            wanted = {"check"} if entry["role"] == "REVIEWER" else {"approve", "sign", "submit"}
            assert wanted & {step for username, step in waiting if username == entry["username"]}, entry["username"]

    def test_rows_outside_the_filter_are_not_found(self) -> None:
        agreement = next(entry for entry in self.city["agreements"] if entry["requester"] == "PSB-traffic")
        assert ask(agreement, "query", subject="510181199903140157").body["answer"]["state"] == "NO_RECORD"

    def test_the_log_tells_each_planned_exchange_with_its_outcome(self) -> None:
        planned = [exchange.refused for exchange in (*exchanges.ANSWERED, *exchanges.REFUSED)]
        rows = EntryIndex.objects.filter(type__in=["exchange", "refusal"]).order_by("entry")[: len(planned)]
        assert [row.reason for row in rows] == planned
        assert {row.outcome for row in rows} == {"ANSWERED", "REFUSED"}

    def test_each_story_of_a_case_ends_as_it_is_told(self) -> None:
        told = {entry["resident"]: (entry["state"], entry["outcome"], entry["officer_needed"]) for entry in self.city["cases"]}
        assert told == {
            "young_man_with_care_allowance": ("DECIDED", "GRANTED", False),
            "woman_without_account": ("DECIDED", "GRANTED", False),
            "holder_of_expired_certificate": ("DECIDED", "REFUSED", False),
            "holder_of_incomplete_certificate": ("SUBMITTED", "", True),
            "woman_whose_office_was_down": ("DECIDED", "GRANTED", False),
            "man_with_outdated_grade": ("SUBMITTED", "", True),
            "man_who_objected": ("REVIEWED", "GRANTED", False),
            "man_who_moved_away_at_85": ("DECIDED", "REFUSED", False),
        }

    def test_benefits_are_granted_one_by_one(self) -> None:
        granted: dict[str, set[str]] = {}
        for entry in self.city["cases"]:
            decision = decision_of(Case.objects.get(number=entry["number"]))
            if decision is not None:
                benefits = judgement_of(decision).benefits
                granted[entry["resident"]] = {benefit.code for benefit in benefits if benefit.outcome == "GRANT"}
        assert granted["woman_without_account"] == {"living_allowance", "care_allowance"}
        assert granted["young_man_with_care_allowance"] == {"care_allowance"}
        assert granted["man_who_objected"] == {"living_allowance"}
        assert granted["holder_of_expired_certificate"] == set()

    def test_the_tour_begins_without_a_case_and_ends_with_both_allowances(self) -> None:
        assert not [entry for entry in self.city["cases"] if entry["resident"] == sign_in().tour_resident]
        decision = decision_of(leading.lead(Story(sign_in().tour_resident)))
        assert decision is not None
        assert {benefit.outcome for benefit in judgement_of(decision).benefits} == {"GRANT"}

    def test_each_offer_ends_as_it_is_told(self) -> None:
        told = {entry["resident"]: (entry["state"], bool(entry["case"])) for entry in self.city["offers"]}
        assert told == {
            "widow_of_83": ("ACCEPTED", True),
            "man_of_86": ("ASSUMED", True),
            "woman_who_says_no": ("DECLINED", False),
            "the_deceased": ("STOPPED", False),
        }
        paid = [entry["case"] for entry in self.city["offers"] if entry["case"]]
        assert {case.outcome for case in Case.objects.filter(number__in=paid)} == {"GRANTED"}

    def test_the_offer_to_the_dead_stopped_because_of_the_register(self) -> None:
        offer = months.latest_offer("the_deceased")
        assert offer is not None
        assert offer.reason == "alive"
        assert ask(self._old_age(), "verify", subject=DECEASED, facts=[{"fact": "alive", "with": {}}]).body["answers"][0]["answer"] == "NO"

    def _old_age(self) -> dict[str, Any]:
        return next(entry for entry in self.city["agreements"] if entry["dataset"] == "R01")

    def test_nobody_far_below_80_or_elsewhere_got_an_offer(self) -> None:
        for resident in ("man_who_moved_away_at_85", "wheelchair_user", "daughter_of_the_deceased"):
            assert months.latest_offer(resident) is None

    def test_two_months_were_run_to_their_end(self) -> None:
        runs = OfferRun.objects.order_by("month")
        assert [run.state for run in runs] == ["DONE", "DONE"]
        assert runs[0].offered == runs[0].listed > len(months.TOLD)
        assert runs[1].offered == 0

    def test_the_outage_paused_the_clock_and_is_over(self) -> None:
        case = Case.objects.get(number=next(e["number"] for e in self.city["cases"] if e["resident"] == "woman_whose_office_was_down"))
        assert {pause.reason for pause in case.pauses.all()} == {"PROVIDER_DOWN"}
        assert not case.pauses.filter(until=None).exists()
        assert not Dataset.objects.filter(offline=True).exists()

    def test_citizens_have_accounts_of_their_own_and_no_password(self) -> None:
        for citizen in self.city["citizens"]:
            person = Person.objects.get(username=citizen["username"])
            assert not person.has_usable_password()
            assert subject_of(person).identifier == load_residents()[citizen["resident"]]["identifiers"][0]["id"]

    def test_a_code_goes_to_the_registered_phone_of_whoever_bears_that_name(self) -> None:
        woman = load_residents()["wheelchair_user"]
        number, name = woman["identifiers"][0]["id"], woman["name"]["zh"]
        assert askable_kinds() == ["person"]
        assert registered_phone(Claim("person", number, name)) == woman["registers"]["R24"][0]["phone"]
        assert registered_phone(Claim("person", number, "罗小梅")) is None
        assert registered_phone(Claim("person", "510121199001150018", name)) is None

    def test_demo_json_tells_no_identifier_of_a_citizen(self) -> None:
        told = json.dumps([self.city["citizens"], self.city["cases"], self.city["matters"]])
        assert [entry for entry in load_residents().values() if entry["identifiers"][0]["id"] in told] == []

    def test_two_citizens_have_asked_why_and_one_has_read_the_answer(self) -> None:
        assert Counter(Question.objects.values_list("department", "state")) == {("CAB", "ANSWERED"): 1, ("CAB", "OPEN"): 1}

    def test_something_of_each_kind_has_happened_between_departments(self) -> None:
        assert OfficerQuestion.objects.get(dataset="R25").state == "WAITING"
        assert Counter(CorrectionRequest.objects.values_list("state", flat=True)) == {"OPEN": 1, "CONFIRMED": 1}
        assert [dispute.state for dispute in Dispute.objects.all()] == ["TALKS"]
        assert dict(StandingOffer.objects.values_list("kind", "state")) == {"FRAMEWORK": "IN_FORCE", "EMERGENCY": "REVOKED"}
        review = EmergencyReview.objects.get()
        assert review.written_at is not None
        assert (review.used["joined"], review.used["exchanges"]) == (1, 2)
        assert [(export.state, export.row_count > 0) for export in Delivery.objects.all()] == [("COLLECTED", True)]

    def test_who_looked_me_up_is_what_a_recount_of_the_log_finds(self) -> None:
        for key in sign_in().residents:
            subject = subject_of(resident_account(key))
            shown = [entry for lot in all_indexes(subject, below=2**62) for entry in lot]
            assert shown, key
            assert tuple(shown) == recount(subject).entries, key

    def test_each_matter_has_two_officers_who_decide(self) -> None:
        for matter in Matter.objects.all():
            officers = [Person.objects.get(username=name) for name in ("cab-officer", "cab-officer-2")]
            assert all(decides_matter(officer, matter) for officer in officers)

    def test_a_sealed_record_cannot_even_be_asked_for_and_the_law_is_named(self) -> None:
        part = RequestPart.objects.get(dataset=Dataset.objects.get(code="R20"))
        person, department = Person.objects.get(username="samr-officer"), Department.objects.get(code="SAMR")
        with pytest.raises(NotAskable) as refused:
            submit(part.request, acting_user=person, department=department)
        assert [fault.rule for fault in refused.value.faults] == ["not_shared"]
        assert "Criminal Procedure Law" in refused.value.faults[0].message
        assert "Article 286" in refused.value.faults[0].message

    def test_a_name_that_was_compared_stands_in_no_route(self) -> None:
        names = [resident["name"]["zh"] for resident in load_residents().values()]
        indexes = list(EntryIndex.objects.values_list("entry", flat=True))
        routes = json.dumps(list(opened_many(indexes).values()), ensure_ascii=False)
        assert '"name_is"' in routes
        assert [name for name in names if name in routes] == []

    def test_each_question_of_a_case_has_one_agreement_that_allows_it(self) -> None:
        standing = acts.standing()
        agreements: list[Any] = [entry.agreement for entry in standing.agreements.values() if entry.state == "IN_FORCE"]
        asked = Counter(
            (agreement["dataset"], fact["fact"], purpose)
            for agreement in agreements
            for fact in agreement["facts"]
            for purpose in agreement["purposes"]
            if "CAB-affairs" in agreement["systems"]
        )
        assert set(asked.values()) == {1}
        assert {("R14", "valid", "disability_allowance"), ("R13", "low_income_family", "OWNER_CHECK")} <= set(asked)
        assert {("R01", "alive", "old_age_allowance"), ("R05", "deceased", "old_age_allowance")} <= set(asked)

    def test_a_second_run_changes_nothing_but_the_address(self) -> None:
        before = (Act.objects.count(), EntryIndex.objects.count())
        build(households=HOUSEHOLDS + 1, base_url="http://127.0.0.1:9")
        assert read(self.home) == {**self.city, "base_url": "http://127.0.0.1:9"}
        assert stat.S_IMODE((self.home / "demo.json").stat().st_mode) == 0o600
        assert (Act.objects.count(), EntryIndex.objects.count()) == before

    def test_agreements_that_somebody_ended_leave_demo_json(self) -> None:
        ended = agreeing.agreement_of(next(plan for plan in PLANS if plan.name == "rental_income"))
        person, department = Person.objects.get(username="hsg-officer"), Department.objects.get(code="HSG")
        suspend(ended, reason="Not needed today", ground="PURPOSE_ENDED", acting_user=person, department=department)
        build(households=HOUSEHOLDS, base_url=URL)
        assert ended.agreement_id in {agreement["id"] for agreement in self.city["agreements"]}
        assert ended.agreement_id not in {agreement["id"] for agreement in read(self.home)["agreements"]}
