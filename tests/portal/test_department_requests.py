"""Requests in the console: asking, checking, deciding and signing by its pages, and who may see and do what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django.fixtures import Settings

from exchange.accounts.actions import grant_role
from exchange.accounts.models import Role
from exchange.sharing import actions
from exchange.sharing.models import Agreement, RequestPart, SharingRequest

if TYPE_CHECKING:
    from tests.world import World

NEW = "/en/console/requests/new?dataset=R14"
WHY = "The allowance depends on it."
ABOUT = {
    "title": "Allowances without papers",
    "purpose": "disability_allowance",
    "reason": "Allowances are decided without papers.",
    "recipients": "Officers who decide allowances.",
    "contact_office": "Relief office",
    "contact_telephone": "028-5550 0100",
}
WISH = {
    "items.grade": "on",
    "items.valid_until": "on",
    "facts.grade_in": "on",
    "facts.grade_in.grades": ["1", "2"],
    "why.items.grade": WHY,
    "why.items.valid_until": WHY,
    "why.facts.grade_in": WHY,
    "methods": ["VERIFY", "QUERY"],
    "systems": ["CAB-relief"],
    "monthly_subjects": "600",
    "period_until": "2030-01-31",
    "per_day": "100",
    "per_minute": "10",
    "fact_answers": "3",
    "fact_days": "30",
    "retention_days": "30",
    "step": "next",
}
REFUSED = {"decision.items.valid_until": "REFUSED", "ground.items.valid_until": "BEYOND_PURPOSE"}
GRANTED = {"decision.items.grade": "GRANTED", "decision.facts.grade_in": "GRANTED"}


@pytest.fixture
def asked(founded: None, settings: Settings) -> World:
    """The world with a submitted request and nothing more."""
    from tests.world import build_world

    settings.ALLOW_HUB_CUSTODY = True
    return build_world(agreed=False)


def signed_in(world: World, name: str) -> Client:
    client = Client()
    client.force_login(world.person(name))
    return client


def page(answer: Any) -> str:
    return str(answer.content.decode())


def begun(world: World, **other: Any) -> str:
    """A request begun on the first page: its address."""
    answer = signed_in(world, "asker").post(NEW, {**ABOUT, "datasets": [world.conditional.pk], **other})
    assert answer.status_code == 302, page(answer)
    return str(answer["Location"]).removesuffix("/R14/edit")


def edited(world: World, place: str, **other: Any) -> Any:
    edition = SharingRequest.objects.get(number=place.rsplit("/", 1)[1]).edition
    return signed_in(world, "asker").post(f"{place}/R14/edit", {**WISH, "edition": edition, **other})


def handed_in(world: World, **other: Any) -> str:
    """A request led through the three steps and sent."""
    place = begun(world)
    answer = edited(world, place, **other)
    assert answer.status_code == 302, page(answer)
    assert signed_in(world, "asker").post(f"{place}/submit").status_code == 302
    return place


def test_a_stranger_is_led_to_the_sign_in(db: None) -> None:
    assert "/accounts/login/" in Client().get("/en/console")["Location"]


def test_the_console_shows_each_person_what_waits_for_that_person(asked: World) -> None:
    number = asked.request.number
    assert number in page(signed_in(asked, "reviewer").get("/en/console"))
    assert number not in page(signed_in(asked, "approver").get("/en/console"))
    part = RequestPart.objects.get(request=asked.request)
    actions.check(part, acting_user=asked.person("reviewer"), department=asked.authority)
    assert number in page(signed_in(asked, "approver").get("/en/console"))
    assert number in page(signed_in(asked, "steward").get("/en/console"))
    assert "limit not yet verified" in page(signed_in(asked, "approver").get("/en/console"))
    assert number not in page(signed_in(asked, "owner_admin").get("/en/console"))


def test_an_item_that_is_not_shared_is_shown_with_its_reason_and_cannot_be_asked_for(asked: World) -> None:
    place = begun(asked)
    form = page(signed_in(asked, "asker").get(f"{place}/R14/edit"))
    assert "Not shared: no request may name it." in form
    assert edited(asked, place, **{"items.diagnosis": "on"}).status_code == 302
    newest = RequestPart.objects.order_by("-pk")[0]
    assert {item.name for item in newest.items.all()} == {"grade", "valid_until"}


def test_going_on_names_every_fault_at_its_place_and_saves_nothing(asked: World) -> None:
    place = begun(asked)
    wish = {
        "systems": [],
        "facts.grade_in.grades": [],
        "items.grade": "",
        "items.valid_until": "",
        "why.facts.grade_in": "",
        "per_day": "0",
    }
    answer = edited(asked, place, **wish)
    summary = page(answer).split("govuk-error-summary", 1)[1].split("<form", 1)[0]
    assert answer.status_code == 422
    for label in ("Systems that will ask", "Grades", "Subjects a day", "QUERY returns items", "say why it is needed"):
        assert label in summary
    assert not RequestPart.objects.order_by("-pk")[0].facts.exists()


def test_a_first_page_that_says_too_little_makes_no_request(asked: World) -> None:
    before = SharingRequest.objects.count()
    answer = signed_in(asked, "asker").post(NEW, {**ABOUT, "title": "", "contact_telephone": "ask me", "recipients": ""})
    summary = page(answer).split("govuk-error-summary", 1)[1].split("<form", 1)[0]
    assert answer.status_code == 422
    for label in ("Name of the project", "Its telephone", "Who in your department will see the data", "Datasets that are asked"):
        assert label in summary
    assert SharingRequest.objects.count() == before


def test_a_request_goes_from_draft_to_an_agreement_in_force_by_pages_alone(asked: World) -> None:
    place = begun(asked)
    assert "Would come back: mend it first" in page(signed_in(asked, "asker").get(f"{place}/send"))
    assert edited(asked, place)["Location"] == f"{place}/send"
    last = page(signed_in(asked, "asker").get(f"{place}/send"))
    assert "The authority checks, then the owner decides" in last
    assert "two officers of the owner approve" in last
    assert signed_in(asked, "asker").post(f"{place}/submit").status_code == 302
    remark = {"note": "", "remark.items.grade": "Is the fact not enough?"}
    assert signed_in(asked, "reviewer").post(f"{place}/R14/check", remark).status_code == 302
    owner, second = signed_in(asked, "approver"), signed_in(asked, "owner_officer")
    shown = page(owner.get(f"{place}/R14/approve"))
    assert "Is the fact not enough?" in shown
    assert WHY in shown
    answer = owner.post(f"{place}/R14/approve", {**GRANTED, **REFUSED})
    assert answer.status_code == 422
    assert "Write why it is refused." in page(answer)
    assert owner.post(f"{place}/R14/approve", {**GRANTED, **REFUSED, "reason.items.valid_until": "The fact answers it."}).status_code == 302
    number = place.rsplit("/", 1)[1]
    assert number in page(second.get("/en/console"))
    assert f"{place}/R14/confirm" not in page(owner.get(place))
    assert owner.post(f"{place}/R14/confirm").status_code == 403
    assert "The fact answers it." in page(second.get(f"{place}/R14/confirm"))
    assert second.post(f"{place}/R14/confirm", {"note": ""}).status_code == 302
    agreement = Agreement.objects.order_by("-pk")[0]
    signer = signed_in(asked, "signer")
    assert agreement.agreement_id in page(signer.get("/en/console"))
    assert signer.post(f"/en/console/agreements/{agreement.agreement_id}/sign", {"signature": ""}).status_code == 302
    agreement.refresh_from_db()
    assert agreement.state == "IN_FORCE"
    assert agreement.document["items"] == ["grade"]
    assert agreement.document["facts"] == [{"fact": "grade_in", "with": {"grades": {"in": [1, 2]}}}]
    shown = page(signer.get(place))
    assert "The fact answers it." in shown
    assert "partly granted" in shown


def test_a_returned_part_is_completed_with_its_list_in_sight(asked: World) -> None:
    place = f"/en/console/requests/{asked.request.number}"
    reviewer = signed_in(asked, "reviewer")
    assert reviewer.post(f"{place}/R14/return", {"missing": ""}).status_code == 422
    answer = reviewer.post(f"{place}/R14/return", {"missing": "Name the article.", "missing.items.grade": "Say why the grade is needed."})
    assert answer.status_code == 302
    part = RequestPart.objects.get(request=asked.request)
    assert [fault["message"] for fault in part.notice] == ["Grade: Say why the grade is needed.", "Name the article."]
    asker = signed_in(asked, "asker")
    assert asked.request.number in page(asker.get("/en/console"))
    assert "Say why the grade is needed." in page(asker.get(f"{place}/R14/edit"))
    assert edited(asked, place).status_code == 302
    assert asker.post(f"{place}/submit").status_code == 302
    part.refresh_from_db()
    assert part.state == "SUBMITTED"
    assert part.per_day == 100


def test_an_edit_of_an_older_edition_changes_nothing_and_says_so(asked: World) -> None:
    place = begun(asked)
    asker = signed_in(asked, "asker")
    assert asker.post(f"{place}/R14/edit", {**WISH, "step": "draft", "edition": 1, "per_day": "77"}).status_code == 302
    answer = asker.post(f"{place}/R14/edit", {**WISH, "step": "draft", "edition": 1, "per_day": "88"}, follow=True)
    assert "Somebody else has changed this request" in page(answer)
    assert RequestPart.objects.order_by("-pk")[0].per_day == 77


def test_a_refusal_needs_ground_and_reason_and_both_are_shown(asked: World) -> None:
    part = RequestPart.objects.get(request=asked.request)
    actions.check(part, acting_user=asked.person("reviewer"), department=asked.authority)
    place = f"/en/console/requests/{asked.request.number}"
    owner = signed_in(asked, "owner_officer")
    assert owner.post(f"{place}/R14/refuse", {"reason": "", "ground": ""}).status_code == 422
    assert owner.post(f"{place}/R14/refuse", {"reason": "Too much.", "ground": "BEYOND_PURPOSE"}).status_code == 302
    shown = page(signed_in(asked, "asker").get(place))
    assert "Too much." in shown
    assert "More is asked for than the purpose needs" in shown


def test_what_is_hidden_is_not_found_and_what_is_forbidden_is_refused(asked: World) -> None:
    place = f"/en/console/requests/{asked.request.number}"
    outsider, asker = signed_in(asked, "outsider"), signed_in(asked, "asker")
    assert [outsider.get(path).status_code for path in (place, f"{place}/R14/check")] == [404, 404]
    assert [asker.get(f"{place}/R14/{step}").status_code for step in ("check", "approve", "refuse", "return")] == [403] * 4
    assert signed_in(asked, "requester_admin").get(NEW).status_code == 403


def test_four_eyes_are_explained_in_words(asked: World) -> None:
    grant_role(asked.person("asker"), department=asked.authority, role=Role.REVIEWER, acting_user=None)
    client = signed_in(asked, "asker")
    assert "For which department do you act?" in page(client.get("/en/console"))
    client.post("/en/accounts/department/", {"department": "DATA"})
    place = f"/en/console/requests/{asked.request.number}"
    shown = page(client.get(place))
    assert "You made this request: a colleague must check it." in shown
    assert "R14/check" not in shown
    assert asked.request.number not in page(client.get("/en/console"))
    assert client.post(f"{place}/R14/check", {"note": ""}).status_code == 403


def test_a_step_that_somebody_else_has_taken_leads_back_with_a_message(asked: World) -> None:
    place = f"/en/console/requests/{asked.request.number}"
    assert signed_in(asked, "reviewer").post(f"{place}/R14/check", {"note": ""}).status_code == 302
    answer = signed_in(asked, "second_reviewer").post(f"{place}/R14/check", {"note": ""}, follow=True)
    assert answer.redirect_chain == [(place, 302)]
    assert "It has moved on meanwhile" in page(answer)


def test_lists_need_the_same_queries_for_one_and_for_many(asked: World) -> None:
    from tests.world import ask

    reviewer = signed_in(asked, "reviewer")
    reviewer.get("/en/console/requests")
    counts = []
    for more in (0, 9):
        for _ in range(more):
            ask(asked.person("asker"), asked.requester, asked.purpose, asked.conditional)
        for path in ("/en/console", "/en/console/requests"):
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert reviewer.get(path).status_code == 200
            counts.append(len(queries))
    assert counts[:2] == counts[2:]


def test_a_list_is_read_page_by_page(asked: World) -> None:
    from exchange.portal.department.lists import PAGE, page_of

    part = RequestPart.objects.get(request=asked.request)
    rows = RequestPart.objects.all()
    for number in range(PAGE + 4):
        request = SharingRequest.objects.create(
            number=f"n{number}", requester=asked.requester, created_by=asked.person("asker"), purpose=asked.purpose
        )
        rows.create(request=request, dataset=asked.conditional, period_from=part.period_from, period_until=part.period_until)
    first = page_of(rows, "")
    second = page_of(rows, first.older)
    assert len(first.rows) == PAGE
    assert [row.pk for row in first.rows + second.rows] == sorted((row.pk for row in rows.all()), reverse=True)
    assert (first.newer, second.older) == ("", "")
    assert page_of(rows, second.newer).rows == first.rows
    assert page_of(rows, "o1x").rows == first.rows


def test_one_request_to_two_owners_is_tracked_as_one_and_answered_in_parts(asked: World) -> None:
    both = [asked.conditional.pk, asked.unconditional.pk]
    place = begun(asked, datasets=both)
    assert edited(asked, place)["Location"] == f"{place}/R90/edit"
    aid = {"items.name": "on", "why.items.name": WHY, "methods": ["QUERY"], "step": "next"}
    numbers = {
        name: WISH[name] for name in ("monthly_subjects", "period_until", "per_minute", "fact_answers", "fact_days", "retention_days")
    }
    edition = SharingRequest.objects.get(number=place.rsplit("/", 1)[1]).edition
    wish = {**numbers, **aid, "per_day": "100", "systems": ["CAB-relief"], "edition": edition}
    assert signed_in(asked, "asker").post(f"{place}/R90/edit", wish)["Location"] == f"{place}/send"
    foreseen = page(signed_in(asked, "asker").get(f"{place}/send"))
    assert "Granted when the check passes" in foreseen
    assert signed_in(asked, "asker").post(f"{place}/submit").status_code == 302
    reviewer = signed_in(asked, "reviewer")
    assert reviewer.post(f"{place}/R90/check", {"note": ""}).status_code == 302
    assert reviewer.post(f"{place}/R14/return", {"missing": "Name the article."}).status_code == 302
    shown = page(signed_in(asked, "asker").get(place))
    overview = shown.split("Where each part stands", 1)[1].split("</table>", 1)[0]
    assert "Returned for completion" in overview
    assert "Approved" in overview
    assert "R14: Name the article." in shown


def test_parties_write_below_the_part_and_others_read_nothing(asked: World) -> None:
    place = f"/en/console/requests/{asked.request.number}"
    assert signed_in(asked, "approver").post(f"{place}/R14/say", {"text": "Which allowance?"}).status_code == 302
    assert "Which allowance?" in page(signed_in(asked, "asker").get(place))
    auditor = page(signed_in(asked, "auditor").get(place))
    assert "Which allowance?" not in auditor
    assert "Write to the other parties" not in auditor
    assert signed_in(asked, "approver").post(f"{place}/R14/say", {"text": " "}).status_code == 422


def test_similar_requests_are_ticked_and_answered_with_this_one(asked: World) -> None:
    from tests.world import ask

    other = ask(asked.person("asker"), asked.requester, asked.purpose, asked.conditional)
    for request in (asked.request, other):
        part = RequestPart.objects.get(request=request)
        actions.check(part, acting_user=asked.person("reviewer"), department=asked.authority)
    place = f"/en/console/requests/{asked.request.number}/R14/approve"
    owner = signed_in(asked, "approver")
    assert other.number in page(owner.get(place))
    wishes = ("items.grade", "items.valid_until", "facts.valid", "facts.grade_in")
    assert owner.post(place, {**{f"decision.{wish}": "GRANTED" for wish in wishes}, "together": [other.number]}).status_code == 302
    assert set(RequestPart.objects.values_list("state", flat=True)) == {"APPROVED_ONCE"}
